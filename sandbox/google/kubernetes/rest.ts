import { isDeepStrictEqual } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { admitChange, admitNew } from './admission.ts';
import type { Authorizer, Caller } from './authorizer.ts';
import type { Cluster } from './cluster.ts';
import { confirmNoEscalation } from './escalation.ts';
import { isJson, isManifest, type Json, type KubernetesObject } from './manifest.ts';
import { jsonPatch, mergePatch, strategicMergePatch } from './patch.ts';
import { decodeProtobuf } from './protobuf.ts';
import type { RequestInfo } from './requestInfo.ts';
import { apiVersionOf, type ResourceType } from './resources.ts';
import { answerReview } from './reviews.ts';
import { fieldSelector, labelSelector } from './selectors.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  methodNotAllowed,
  noSuchPath,
  notFound,
  StatusError,
  type Subject,
  unsupportedMediaType,
} from './status.ts';
import { validate } from './validation.ts';

/** One authorized call on a resource. */
export interface Call {
  cluster: Cluster;
  authorizer: Authorizer;
  caller: Caller;
  info: RequestInfo;
  type: ResourceType;
  contentType: string;
  body: Buffer;
}

/** The answer to a call: one object, a page of a list, or a Status. */
export interface Answer {
  code: number;
  body: Json;
  /** Set where `body` may be shown as a table. */
  items?: KubernetesObject[];
}

const subjectOf = ({ type, info }: Call): Subject => ({ group: type.group, resource: type.plural, name: info.name });
const isDryRun = ({ info }: Call) => info.query.get('dryRun') === 'All';
const one = (object: KubernetesObject, code = 200): Answer => ({ code, body: object, items: [object] });

/** Executes a call. Throws StatusError. */
export function handleResourceCall(call: Call): Answer {
  const { type, info } = call;
  if (type.review) return review(call);
  if (info.subresource !== '' && info.subresource !== 'status') return missingSubresource(call);
  switch (info.verb) {
    case 'get':
      return one(existing(call));
    case 'list':
      return list(call);
    case 'create':
      return create(call, manifestOf(call));
    case 'update':
      return replace(call, manifestOf(call));
    case 'patch':
      return patch(call);
    case 'delete':
      return remove(call);
    case 'deletecollection':
      return removeCollection(call);
    default:
      throw methodNotAllowed();
  }
}

/** The objects that a list or watch selects. */
export function selectObjects({ cluster, type, info }: Pick<Call, 'cluster' | 'type' | 'info'>): KubernetesObject[] {
  const matchers = [
    labelSelector(info.query.get('labelSelector') ?? ''),
    fieldSelector(info.query.get('fieldSelector') ?? ''),
  ];
  return cluster.store
    .list(type, info.namespace === '' || !type.namespaced ? undefined : info.namespace)
    .filter(object => matchers.every(matches => matches(object)))
    .map(object => inVersion(type, object));
}

/**
 * A stored object in the version that is asked for. Definitions without a conversion webhook change the apiVersion and
 * nothing else (Kubernetes docs, "Versions in CustomResourceDefinitions", strategy None).
 */
function inVersion(type: ResourceType, object: KubernetesObject): KubernetesObject {
  const apiVersion = apiVersionOf(type);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

function review(call: Call): Answer {
  if (call.info.verb !== 'create') throw methodNotAllowed();
  const { cluster, authorizer, caller, type, info } = call;
  const context = { policy: cluster.policy, authorizer, caller, namespace: info.namespace };
  return { code: 201, body: answerReview(type, bodyOf(call), context) };
}

function missingSubresource({ type, info }: Call): never {
  if (!type.subresources.includes(info.subresource)) throw noSuchPath();
  const message = `the sandbox authorizes ${type.plural}/${info.subresource} but does not serve it`;
  throw new StatusError(501, 'NotImplemented', message);
}

function existing(call: Call): KubernetesObject {
  const { cluster, type, info } = call;
  const object = cluster.store.get(type, type.namespaced ? info.namespace : '', info.name);
  if (object === undefined) throw notFound(subjectOf(call));
  return inVersion(type, object);
}

/** A page of a list. The token holds the next position. With a selector, remainingItemCount is left out, as in Kubernetes. */
function list(call: Call): Answer {
  const { cluster, type, info } = call;
  const objects = selectObjects(call);
  const limit = Number(info.query.get('limit') ?? 0);
  const start = startOf(info.query.get('continue'));
  const first = start === undefined ? 0 : objects.findIndex(object => keyOf(object) > start);
  const rest = first < 0 ? [] : objects.slice(first);
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const last = items.at(-1);
  const remaining = rest.length - items.length;
  const hasSelector = info.query.get('labelSelector') !== null || info.query.get('fieldSelector') !== null;
  const metadata = {
    resourceVersion: cluster.store.revision(),
    ...(remaining > 0 && last !== undefined ? { continue: tokenOf(last, cluster.store.revision()) } : {}),
    ...(remaining > 0 && !hasSelector ? { remainingItemCount: remaining } : {}),
  };
  return { code: 200, items, body: { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items } };
}

const keyOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

function tokenOf(last: KubernetesObject, revision: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: Number(revision), start: keyOf(last) })).toString(
    'base64url',
  );
}

function startOf(token: string | null): string | undefined {
  if (token === null || token === '') return undefined;
  try {
    const { start } = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof start === 'string') return start;
  } catch {
    // Answered below like an unknown token.
  }
  throw badRequest(`continue key is not valid: ${token}`);
}

function create(call: Call, given: KubernetesObject): Answer {
  const { cluster, type, info } = call;
  const metadata = type.namespaced ? { ...given.metadata, namespace: info.namespace } : given.metadata;
  const { resourceVersion: _, uid: __, creationTimestamp: ___, ...own } = metadata;
  const object = admitNew(type, { ...given, metadata: own });
  const subject = { ...subjectOf(call), name: object.metadata.name };
  const namespaces = cluster.type('', 'namespaces');
  if (type.namespaced && namespaces && cluster.store.get(namespaces, '', info.namespace) === undefined) {
    throw notFound({ group: '', resource: 'namespaces', name: info.namespace });
  }
  if (cluster.store.get(type, object.metadata.namespace ?? '', object.metadata.name)) throw alreadyExists(subject);
  validate(type, object);
  guardRoles(call, object);
  return one(isDryRun(call) ? object : cluster.store.put(type, object), 201);
}

function replace(call: Call, given: KubernetesObject): Answer {
  const before = existing(call);
  const { resourceVersion } = given.metadata;
  if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion) {
    throw conflict(subjectOf(call));
  }
  const wanted =
    call.info.subresource === 'status'
      ? { ...before, status: given.status }
      : { ...given, ...(given.status !== undefined && before.status !== undefined ? { status: before.status } : {}) };
  const object = admitChange(call.type, before, wanted);
  const unchanged = isDeepStrictEqual(
    { ...object, metadata: { ...object.metadata, resourceVersion: undefined } },
    { ...before, metadata: { ...before.metadata, resourceVersion: undefined } },
  );
  if (unchanged) return one(before);
  validate(call.type, object);
  if (!isDeepStrictEqual(before.rules, object.rules) || before.roleRef !== undefined) guardRoles(call, object);
  return one(isDryRun(call) ? object : call.cluster.store.put(call.type, object));
}

function guardRoles({ cluster, authorizer, caller, type }: Call, object: KubernetesObject): void {
  confirmNoEscalation(cluster.policy, authorizer, caller, type, object);
}

/** The patch function of each media type of PATCH. */
const patches: Record<string, (before: unknown, patch: unknown) => unknown> = {
  'application/merge-patch+json': mergePatch,
  'application/strategic-merge-patch+json': strategicMergePatch,
  'application/json-patch+json': jsonPatch,
  'application/apply-patch+yaml': strategicMergePatch,
};

function patch(call: Call): Answer {
  const apply = patches[call.contentType];
  if (apply === undefined || (call.type.custom && call.contentType.startsWith('application/strategic'))) {
    throw unsupportedMediaType();
  }
  const change = parsed(call);
  const { cluster, type, info } = call;
  const before = cluster.store.get(type, type.namespaced ? info.namespace : '', info.name);
  if (before === undefined && call.contentType === 'application/apply-patch+yaml' && isManifest(change)) {
    return create(call, { ...change, metadata: { ...change.metadata, name: info.name } });
  }
  const after = apply(before ?? existing(call), change);
  if (!isManifest(after)) throw badRequest('the patch leaves no object');
  return replace(call, after);
}

function remove(call: Call): Answer {
  const object = existing(call);
  if (!isDryRun(call)) discard(call, object);
  const { group, plural, kind } = call.type;
  if (kind === 'Pod' || kind === 'ServiceAccount') return one(object);
  const details = { name: object.metadata.name, group, kind: plural, uid: object.metadata.uid };
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}

function removeCollection(call: Call): Answer {
  const answer = list(call);
  if (!isDryRun(call)) for (const object of answer.items ?? []) discard(call, object);
  return answer;
}

function discard({ cluster, type }: Call, object: KubernetesObject): void {
  const { name, namespace = '' } = object.metadata;
  if (type.kind === 'Namespace') {
    if (['default', 'kube-system', 'kube-public'].includes(name)) {
      throw forbidden({ group: '', resource: 'namespaces', name }, 'this namespace may not be deleted');
    }
    // The Namespace goes before its objects, so that no controller recreates them.
    cluster.store.remove(type, '', name);
    for (const inside of cluster.types().filter(candidate => candidate.namespaced && !candidate.review)) {
      for (const content of cluster.store.list(inside, name)) cluster.store.remove(inside, name, content.metadata.name);
    }
    return;
  }
  cluster.store.remove(type, namespace, name);
}

function parsed({ contentType, body }: Call): unknown {
  try {
    return contentType.endsWith('yaml') ? parseYaml(body.toString()) : JSON.parse(body.toString());
  } catch (error) {
    throw badRequest(`error decoding the body: ${error instanceof Error ? error.message : error}`);
  }
}

function bodyOf(call: Call): Json {
  const isProtobuf = call.contentType === 'application/vnd.kubernetes.protobuf';
  const body = isProtobuf ? decodeProtobuf(call.body) : parsed(call);
  if (body === undefined) throw unsupportedMediaType();
  if (!isJson(body)) throw badRequest('the body is not an object');
  return body;
}

function manifestOf(call: Call): KubernetesObject {
  const body = bodyOf(call);
  const { type } = call;
  const object = { apiVersion: apiVersionOf(type), kind: type.kind, ...body };
  if (!isManifest(object)) throw badRequest("Object 'Kind' is missing or metadata is not an object");
  if (object.kind !== type.kind || object.apiVersion !== apiVersionOf(type)) {
    throw badRequest(
      `${object.kind} in version "${object.apiVersion}" cannot be handled as a ${type.kind}: no kind "${object.kind}" is registered for version "${object.apiVersion}"`,
    );
  }
  return object;
}
