import type { Cloud } from './cloud.ts';
import type { Fault } from './faults.ts';
import { findResource } from './iam/resources.ts';
import type { FaultSpec } from './kubernetes/server.ts';
import {
  asObject,
  asString,
  type Binding,
  findCluster,
  findServiceAccount,
  isObject,
  type Json,
  type JsonObject,
  newEtag,
  nextSerial,
  own,
  type Policy,
  type World,
} from './world.ts';

/** The worlds that can be loaded, by name. */
export type Worlds = { [name: string]: () => World };
export type Reply = { status: number; body: JsonObject };
type Sandbox = { cloud: Cloud; worlds: Worlds };

const ok = (body: JsonObject = {}): Reply => ({ status: 200, body });
const wrong = (message: string): Reply => ({ status: 400, body: { error: message } });

const unitMs: { [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration in ms, from a number of seconds or a text such as `90s`, `7m`, `1d`. */
function parseDuration(value: Json): number | undefined {
  if (typeof value === 'number') return value * 1_000;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(asString(value)) ?? [];
  return amount && unit ? Number(amount) * (unitMs[unit] ?? 1) : undefined;
}

/** A value of the sandbox's own types as JSON. */
function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

function policyHolder(world: World, resource: string): { policy: Policy } | undefined {
  if (resource.startsWith('//')) {
    const policy = findResource(world, resource)?.entry.policy;
    return policy && { policy };
  }
  const account = /^projects\/[^/]+\/serviceAccounts\/(.+)$/.exec(resource)?.[1];
  if (account) return findServiceAccount(world, account)?.account;
  const [kind, id = ''] = resource.split('/');
  if (kind === 'projects') return own(world.projects, id);
  return kind === 'folders' ? own(world.folders, resource) : own(world.organizations, resource);
}

/** Adds or removes a binding directly, as another writer of the same policy would. */
function changeBinding(world: World, body: JsonObject, remove: boolean): Reply {
  const holder = policyHolder(world, asString(body.resource));
  if (!holder) return wrong('resource: there is no such project, folder, organization, service account or resource');
  const { policy } = holder;
  const [role, member] = [asString(body.role), asString(body.member)];
  if (remove) {
    const without = policy.bindings.map(binding =>
      binding.role === role ? { ...binding, members: binding.members.filter(other => other !== member) } : binding,
    );
    policy.bindings = without.filter(binding => binding.members.length > 0);
  } else {
    const condition = isObject(body.condition) ? body.condition : undefined;
    const binding: Binding = { role, members: [member] };
    if (condition) binding.condition = { title: asString(condition.title), expression: asString(condition.expression) };
    policy.bindings.push(binding);
  }
  policy.etag = newEtag(world);
  return ok({ etag: policy.etag });
}

function changeClock({ cloud }: Sandbox, body: JsonObject): Reply {
  if (body.frozen !== undefined) cloud.clock.freeze(body.frozen === true);
  if (body.set !== undefined) {
    const time = Date.parse(asString(body.set));
    if (Number.isNaN(time)) return wrong('set: an RFC 3339 time');
    cloud.clock.set(time);
  }
  if (body.advance !== undefined) {
    const ms = parseDuration(body.advance);
    if (ms === undefined) return wrong('advance: seconds, or text such as "7m"');
    cloud.clock.advance(ms);
  }
  cloud.completeDueOperations();
  return ok({ now: new Date(cloud.clock.now()).toISOString(), frozen: cloud.clock.frozen });
}

function mintToken({ cloud }: Sandbox, body: JsonObject): Reply {
  const email = asString(body.email);
  if (!email.includes('@')) return wrong('email: the account that the token is for');
  const token = asString(body.token) || `ya29.sandbox-${nextSerial(cloud.world)}-${email.split('@')[0]}`;
  const scopes = ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/userinfo.email'];
  const expiresAt = cloud.clock.now() + (parseDuration(body.expiresIn) ?? 3_600_000);
  cloud.world.tokens[token] = { email, expiresAt, scopes };
  return ok({ token });
}

async function changeCluster({ cloud }: Sandbox, body: JsonObject): Promise<Reply> {
  const name = asString(body.cluster);
  const found = findCluster(cloud.world, name)?.cluster;
  if (!found) return wrong('cluster: projects/P/locations/L/clusters/C');
  const { down, networksClosed, rotatedCa } = { ...found.apiServer, ...body };
  found.apiServer = { down: down === true, networksClosed: networksClosed === true, rotatedCa: rotatedCa === true };
  await cloud.apiServers.applyState(name);
  return ok({ cluster: name, ...found.apiServer });
}

function changeOperations({ cloud }: Sandbox, body: JsonObject): Reply {
  const times = cloud.world.operationTimes;
  times.pending = parseDuration(body.pending) ?? times.pending;
  times.running = parseDuration(body.running) ?? times.running;
  return ok({ pendingMs: times.pending, runningMs: times.running });
}

const kubernetesFaults = ['status', 'html', 'malformed', 'empty', 'hang', 'reset'] as const;

/** Adds a fault to API servers of clusters. Its `path` is a prefix of path and query, not a regular expression. */
function addKubernetesFault({ cloud }: Sandbox, body: JsonObject): Reply {
  const kind = kubernetesFaults.find(candidate => candidate === (body.kind ?? 'status'));
  if (!kind) return wrong(`kind: one of ${kubernetesFaults.join(', ')}`);
  const spec: FaultSpec = { kind };
  if (typeof body.code === 'number') spec.code = body.code;
  if (typeof body.times === 'number') spec.times = body.times;
  if (typeof body.message === 'string') spec.message = body.message;
  if (typeof body.method === 'string') spec.method = body.method;
  if (typeof body.path === 'string') spec.path = body.path;
  cloud.apiServers.fault(spec, typeof body.cluster === 'string' ? body.cluster : undefined);
  return ok(asObject(toJson(spec)));
}

function addFault(sandbox: Sandbox, body: JsonObject): Reply {
  if (body.service === 'kubernetes') return addKubernetesFault(sandbox, body);
  try {
    new RegExp(asString(body.path));
  } catch (error) {
    return wrong(`path: ${String(error)}`);
  }
  return ok(asObject(toJson(sandbox.cloud.faults.add(body as Fault))));
}

function clearFaults({ cloud }: Sandbox, body: JsonObject): Reply {
  cloud.faults.clear(typeof body.id === 'number' ? body.id : undefined);
  if (body.id === undefined) cloud.apiServers.clearFaults();
  return ok();
}

async function putWorld({ cloud, worlds }: Sandbox, body: JsonObject): Promise<Reply> {
  const name = asString(body.name);
  const make = own(worlds, name);
  if (!make) return wrong(`name: one of ${Object.keys(worlds).join(', ')}`);
  await cloud.replace(make());
  return ok({ name });
}

async function putState({ cloud }: Sandbox, body: JsonObject): Promise<Reply> {
  if (!isObject(body.world)) return wrong('world: the `world` of GET /_sandbox/state');
  await cloud.replace(body.world as World);
  return ok();
}

/** The control routes below `/_sandbox/`, by method and path. `sandbox/README.md` documents them. */
const controlRoutes: { [route: string]: (sandbox: Sandbox, body: JsonObject) => Reply | Promise<Reply> } = {
  'GET latency': ({ cloud }) => ok({ ms: cloud.latency }),
  'PUT latency': ({ cloud }, body) => {
    cloud.latency = Number(body.ms ?? 0);
    return ok({ ms: cloud.latency });
  },
  'GET faults': ({ cloud }) => ok({ faults: toJson(cloud.faults.list()) }),
  'POST faults': addFault,
  'DELETE faults': clearFaults,
  'GET calls': ({ cloud }) => {
    const { byService, calls } = cloud.calls();
    const total = Object.values(byService).reduce((sum, count) => sum + count, 0);
    return ok({ total, byService, calls: toJson(calls) });
  },
  'DELETE calls': ({ cloud }) => {
    cloud.resetCalls();
    return ok();
  },
  'GET unknown': ({ cloud }) => ok({ unknown: toJson(cloud.calls().calls.filter(call => call.service === 'unknown')) }),
  'GET clock': changeClock,
  'POST clock': changeClock,
  'GET state': ({ cloud }) => ok({ world: toJson(cloud.snapshot()) }),
  'PUT state': putState,
  'GET world': ({ worlds }) => ok({ names: Object.keys(worlds) }),
  'POST world': putWorld,
  'POST bindings': ({ cloud }, body) => changeBinding(cloud.world, body, false),
  'DELETE bindings': ({ cloud }, body) => changeBinding(cloud.world, body, true),
  'POST tokens': mintToken,
  'POST clusters': changeCluster,
  'PUT operations': changeOperations,
  'GET authority': ({ cloud }) => ok({ certificate: cloud.apiServers.authority.certificate }),
};

/** Handles a call below `/_sandbox/`. Any other path there is answered with the list of routes. */
export async function handleControl(sandbox: Sandbox, method: string, path: string, body: JsonObject): Promise<Reply> {
  const name = path.replace(/^\/_sandbox\/?/, '').replace(/\/$/, '');
  const handler = own(controlRoutes, `${method} ${name}`);
  if (handler) return handler(sandbox, body);
  const known = Object.keys(controlRoutes).map(route => route.replace(' ', ' /_sandbox/'));
  return { status: name === '' ? 200 : 404, body: { switches: known } };
}
