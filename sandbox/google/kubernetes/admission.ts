import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { at, isJson, type Json, type KubernetesObject, listAt, textAt } from './manifest.ts';
import type { ResourceType } from './resources.ts';
import { badRequest, invalid } from './status.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

/** A new object with what the server adds: uid, creation time and the defaults of its kind. Fields that are set stay. */
export function admitNew(type: ResourceType, object: KubernetesObject): KubernetesObject {
  const { metadata } = object;
  const name = metadata.name || generatedName(metadata.generateName);
  if (name === '')
    throw invalid(type.group, type.kind, '', 'metadata.name', 'Required value: name or generateName is required');
  return withDefaults({
    ...object,
    metadata: {
      ...metadata,
      name,
      uid: metadata.uid ?? randomUUID(),
      creationTimestamp: metadata.creationTimestamp ?? timestamp(),
      ...(object.spec === undefined ? {} : { generation: metadata.generation ?? 1 }),
    },
  });
}

/** Now, in RFC 3339 with seconds, as the API server writes times. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A changed object with what it keeps of the old one. Throws 422 where an immutable field has changed. */
export function admitChange(type: ResourceType, before: KubernetesObject, after: KubernetesObject): KubernetesObject {
  const { name, namespace, uid, creationTimestamp, generation = 1 } = before.metadata;
  if (after.metadata.name !== name) {
    throw badRequest(`the name of the object (${after.metadata.name}) does not match the name on the URL (${name})`);
  }
  if (after.metadata.uid !== undefined && after.metadata.uid !== uid) {
    throw invalid(type.group, type.kind, name, 'metadata.uid', 'Invalid value: field is immutable');
  }
  const changed = withDefaults({
    ...after,
    ...(type.custom ? {} : { status: after.status ?? before.status }),
    metadata: { ...after.metadata, name, namespace, uid, creationTimestamp },
  });
  if (changed.spec !== undefined) {
    changed.metadata.generation = generation + (isDeepStrictEqual(before.spec, changed.spec) ? 0 : 1);
  }
  if (type.group === rbacGroup && !isDeepStrictEqual(before.roleRef, changed.roleRef)) {
    const kind = textAt(changed, 'roleRef', 'kind');
    const value = `rbac.RoleRef{APIGroup:"${rbacGroup}", Kind:"${kind}", Name:"${textAt(changed, 'roleRef', 'name')}"}`;
    throw invalid(type.group, type.kind, name, 'roleRef', `Invalid value: ${value}: cannot change roleRef`);
  }
  return changed;
}

function generatedName(prefix: unknown): string {
  return typeof prefix === 'string' && prefix !== '' ? `${prefix}${randomBytes(3).toString('hex').slice(0, 5)}` : '';
}

function withDefaults(object: KubernetesObject): KubernetesObject {
  const defaulted = defaults[object.kind]?.(object) ?? object;
  const { labels, annotations, ...metadata } = defaulted.metadata;
  return {
    ...defaulted,
    metadata: { ...metadata, ...unlessEmpty('labels', labels), ...unlessEmpty('annotations', annotations) },
  };
}

/** An empty map is left out, as the API server does. */
function unlessEmpty(field: string, map: Record<string, string> = {}): Json {
  return Object.keys(map).length === 0 ? {} : { [field]: map };
}

/** Defaults that clients rely on, by kind (https://kubernetes.io/docs/reference/kubernetes-api/). */
const defaults: Record<string, (object: KubernetesObject) => KubernetesObject> = {
  RoleBinding: withSubjects,
  ClusterRoleBinding: withSubjects,
  Namespace: namespace => ({
    ...namespace,
    metadata: {
      ...namespace.metadata,
      labels: { 'kubernetes.io/metadata.name': namespace.metadata.name, ...namespace.metadata.labels },
    },
    spec: namespace.spec ?? { finalizers: ['kubernetes'] },
    status: namespace.status ?? { phase: 'Active' },
  }),
  Pod: pod => {
    const spec = asJson(pod.spec);
    const serviceAccountName = textAt(spec, 'serviceAccountName') || 'default';
    return {
      ...pod,
      spec: {
        dnsPolicy: 'ClusterFirst',
        restartPolicy: 'Always',
        ...spec,
        serviceAccountName,
        serviceAccount: serviceAccountName,
      },
      status: pod.status ?? { phase: 'Pending' },
    };
  },
  Deployment: deployment => ({ ...deployment, spec: { replicas: 1, ...asJson(deployment.spec) } }),
  NetworkPolicy: policy => {
    const egress = at(policy, 'spec', 'egress') === undefined ? [] : ['Egress'];
    return { ...policy, spec: { policyTypes: ['Ingress', ...egress], ...asJson(policy.spec) } };
  },
};

const asJson = (value: unknown): Json => (isJson(value) ? value : {});

function withSubjects(binding: KubernetesObject): KubernetesObject {
  const subjects = listAt(binding, 'subjects').map(subject => {
    const named = isJson(subject) && (subject.kind === 'User' || subject.kind === 'Group');
    return named ? { apiGroup: rbacGroup, ...subject } : subject;
  });
  const roleRef = { apiGroup: rbacGroup, ...asJson(binding.roleRef) };
  return { ...binding, roleRef, ...(binding.subjects === undefined ? {} : { subjects }) };
}
