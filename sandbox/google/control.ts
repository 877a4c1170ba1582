import type { Cloud } from './cloud.ts';
import type { Fault } from './faults.ts';
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
  type Policy,
  type World,
} from './world.ts';

export type Reply = { status: number; body: JsonObject };

const ok = (body: JsonObject = {}): Reply => ({ status: 200, body });
const wrong = (message: string): Reply => ({ status: 400, body: { error: message } });

const unitMs: { [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span of time in ms: a number of seconds, or text such as `90s`, `7m`, `1d`. */
function span(value: Json): number | undefined {
  if (typeof value === 'number') return value * 1_000;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(asString(value)) ?? [];
  return amount && unit ? Number(amount) * (unitMs[unit] ?? 1) : undefined;
}

/** JSON of the state's own types, as it goes out. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

function policyHolder(world: World, resource: string): { policy: Policy } | undefined {
  const account = /^projects\/[^/]+\/serviceAccounts\/(.+)$/.exec(resource)?.[1];
  if (account) return findServiceAccount(world, account)?.account;
  const [kind, id = ''] = resource.split('/');
  if (kind === 'projects') return world.projects[id];
  return kind === 'folders' ? world.folders[resource] : world.organizations[resource];
}

/** A writer besides the product: adds or removes a binding behind everybody's back. */
function changeBinding(world: World, body: JsonObject, remove: boolean): Reply {
  const holder = policyHolder(world, asString(body.resource));
  if (!holder) return wrong('resource: there is no such project, folder, organization or service account');
  const condition = isObject(body.condition) ? body.condition : undefined;
  const binding: Binding = {
    role: asString(body.role),
    members: [asString(body.member)],
    ...(condition && { condition: { title: asString(condition.title), expression: asString(condition.expression) } }),
  };
  const { policy } = holder;
  if (remove) {
    for (const kept of policy.bindings.filter(kept => kept.role === binding.role)) {
      kept.members = kept.members.filter(member => member !== binding.members[0]);
    }
    policy.bindings = policy.bindings.filter(kept => kept.members.length > 0);
  } else policy.bindings.push(binding);
  policy.etag = newEtag(world);
  return ok({ etag: policy.etag });
}

function clock(cloud: Cloud, body: JsonObject): Reply {
  if (body.frozen !== undefined) cloud.clock.freeze(body.frozen === true);
  if (body.set !== undefined) {
    const time = Date.parse(asString(body.set));
    if (Number.isNaN(time)) return wrong('set: an RFC 3339 time');
    cloud.clock.set(time);
  }
  if (body.advance !== undefined) {
    const ms = span(body.advance);
    if (ms === undefined) return wrong('advance: seconds, or text such as "7m"');
    cloud.clock.advance(ms);
  }
  cloud.settle();
  return ok({ now: new Date(cloud.clock.now()).toISOString(), frozen: cloud.clock.frozen });
}

function token(cloud: Cloud, body: JsonObject): Reply {
  const email = asString(body.email);
  if (!email.includes('@')) return wrong('email: whose token it is');
  cloud.world.serial += 1;
  const value = asString(body.token) || `ya29.sandbox-${cloud.world.serial}-${email.split('@')[0]}`;
  cloud.world.tokens[value] = {
    email,
    expiresAt: cloud.clock.now() + (span(body.expiresIn) ?? 3_600_000),
    scopes: ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/userinfo.email'],
  };
  return ok({ token: value });
}

async function cluster(cloud: Cloud, body: JsonObject): Promise<Reply> {
  const name = asString(body.cluster);
  const found = findCluster(cloud.world, name)?.cluster;
  if (!found) return wrong('cluster: projects/P/locations/L/clusters/C');
  const { down, networksClosed, rotatedCa } = { ...found.apiServer, ...body };
  found.apiServer = { down: down === true, networksClosed: networksClosed === true, rotatedCa: rotatedCa === true };
  await cloud.applyApiServerState(name);
  return ok({ cluster: name, ...found.apiServer });
}

function operations(world: World, body: JsonObject): Reply {
  const [pending, running] = [span(body.pending), span(body.running)];
  if (pending !== undefined) world.operationTimes.pending = pending;
  if (running !== undefined) world.operationTimes.running = running;
  return ok({ pendingMs: world.operationTimes.pending, runningMs: world.operationTimes.running });
}

type Handler = (cloud: Cloud, body: JsonObject) => Reply | Promise<Reply>;

/** Every switch: method and path below `/_sandbox/`. `sandbox/README.md` describes them. */
const switches: { [route: string]: Handler } = {
  'GET latency': cloud => ok({ ms: cloud.latency }),
  'PUT latency': (cloud, body) => {
    cloud.latency = Number(body.ms ?? 0);
    return ok({ ms: cloud.latency });
  },
  'GET faults': cloud => ok({ faults: plain(cloud.faults.list()) }),
  'POST faults': (cloud, body) => ok(asObject(plain(cloud.faults.add(body as Fault)))),
  'DELETE faults': (cloud, body) => {
    cloud.faults.clear(typeof body.id === 'number' ? body.id : undefined);
    return ok();
  },
  'GET calls': cloud => {
    const { byService, calls } = cloud.calls();
    return ok({ total: Object.values(byService).reduce((sum, n) => sum + n, 0), byService, calls: plain(calls) });
  },
  'DELETE calls': cloud => {
    cloud.resetCalls();
    return ok();
  },
  'GET unknown': cloud => ok({ unknown: plain(cloud.calls().calls.filter(call => call.service === 'unknown')) }),
  'GET clock': cloud => clock(cloud, {}),
  'POST clock': clock,
  'GET state': cloud => ok({ world: plain(cloud.snapshot()) }),
  'PUT state': async (cloud, body) => {
    if (!isObject(body.world)) return wrong('world: what GET state gave');
    await cloud.replace(body.world as World);
    return ok();
  },
  'POST bindings': (cloud, body) => changeBinding(cloud.world, body, false),
  'DELETE bindings': (cloud, body) => changeBinding(cloud.world, body, true),
  'POST tokens': token,
  'POST clusters': cluster,
  'PUT operations': (cloud, body) => operations(cloud.world, body),
};

/** Answers a call to a switch; the list of switches to any other path. */
export async function handleControl(cloud: Cloud, method: string, path: string, body: JsonObject): Promise<Reply> {
  const name = path.replace(/^\/_sandbox\/?/, '').replace(/\/$/, '');
  const handler = switches[`${method} ${name}`];
  if (handler) return handler(cloud, body);
  return {
    status: name === '' ? 200 : 404,
    body: { switches: Object.keys(switches).map(route => route.replace(' ', ' /_sandbox/')) },
  };
}
