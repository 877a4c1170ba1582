import { type Fault, faultKinds } from './faults.ts';
import { flagOf, type JsonObject, listOf, textOf } from './json.ts';
import { SlackError } from './methods/method.ts';
import { app, type Channel, type User } from './people.ts';
import { type DisconnectReason, disconnectReasons } from './socketmode.ts';
import { dump } from './state.ts';
import { setSwitch } from './switches.ts';
import { resetWorld, type World } from './world.ts';

/** A control route below `/_sandbox/slack/`. It throws SlackError for invalid input. */
export type Route = (world: World, body: JsonObject) => unknown;

export const controlRoutes: Record<string, Route> = {
  'GET switches': world => world.switches,
  'POST switches': (world, body) => {
    for (const [name, value] of Object.entries(body)) {
      const wrong = setSwitch(world.switches, name, value);
      if (wrong !== undefined) throw new SlackError('invalid_switch', { message: wrong });
    }
    return world.switches;
  },
  'GET faults': world => ({ faults: world.faults.list() }),
  'POST faults': (world, body) => ({ fault: world.faults.add(readFault(body)) }),
  'DELETE faults': world => {
    world.faults.clear();
    return {};
  },
  'POST disconnect': (world, body) => {
    const reason = readReason(body.reason);
    const index = body.connection === undefined ? undefined : Number(body.connection);
    return { told: world.socketMode.disconnect(reason, index) };
  },
  'GET connections': world => ({ connections: world.socketMode.connections.length }),
  'POST request-url': async (world, body) => {
    const url = textOf(body.url);
    if (url !== undefined) return { verified: await world.requestUrl.verify(url) };
    world.requestUrl.clear();
    return { verified: false };
  },
  'POST membership': (world, body) => {
    const channel = channelOf(world, body);
    const user = textOf(body.user) ?? app.botUser;
    const others = channel.members.filter(member => member !== user);
    channel.members = flagOf(body.member) ? [...others, user] : others;
    world.workspace.emit({ kind: 'channel', channel: channel.id });
    return { members: channel.members };
  },
  'POST archive': (world, body) => {
    const channel = channelOf(world, body);
    channel.is_archived = body.archived !== false;
    return { is_archived: channel.is_archived };
  },
  'POST user': (world, body) => ({ user: patchUser(world, body) }),
  'POST user-group': (world, body) => {
    const group = world.workspace.userGroups.get(textOf(body.id) ?? '');
    if (!group) throw new SlackError('no_such_subteam');
    group.users = listOf(body.users).filter(user => typeof user === 'string');
    return { users: group.users };
  },
  'POST scopes': (world, body) => {
    world.scopes = listOf(body.scopes).filter(scope => typeof scope === 'string');
    return { scopes: world.scopes };
  },
  'POST delete-message': (world, body) => {
    const channel = channelOf(world, body);
    const message = world.workspace.message(channel.id, textOf(body.ts) ?? '');
    if (!message) throw new SlackError('message_not_found');
    world.workspace.remove(channel.id, message);
    return {};
  },
  'GET counts': world => ({
    calls: world.ledger.calls,
    errors: world.ledger.errors,
    violations: world.ledger.violations,
  }),
  'GET dump': (world, body) => {
    const everything = dump(world);
    const reference = textOf(body.channel);
    if (reference === undefined) return everything;
    const channel = channelOf(world, body);
    return { ...everything, messages: { [channel.id]: world.workspace.list(channel.id) } };
  },
  'POST reset': world => {
    resetWorld(world);
    return {};
  },
};

function channelOf(world: World, body: JsonObject): Channel {
  const channel = world.workspace.channel(textOf(body.channel) ?? '');
  if (!channel) throw new SlackError('channel_not_found');
  return channel;
}

function readReason(value: unknown): DisconnectReason | 'drop' {
  const reasons = [...disconnectReasons, 'drop'] as const;
  const reason = reasons.find(one => one === (value ?? 'refresh_requested'));
  if (!reason) throw new SlackError('invalid_reason', { message: `reason takes ${reasons.join(', ')}` });
  return reason;
}

function readFault(body: JsonObject): Omit<Fault, 'id'> {
  const kind = faultKinds.find(one => one === body.kind);
  const method = textOf(body.method);
  if (!kind || method === undefined) {
    throw new SlackError('invalid_fault', { message: `needs method and kind (${faultKinds.join(', ')})` });
  }
  const channel = textOf(body.channel);
  const error = textOf(body.error);
  return {
    method,
    kind,
    when: body.when === 'after' ? 'after' : 'before',
    times: Number(body.times ?? 1),
    skip: Number(body.skip ?? 0),
    ...(channel === undefined ? {} : { channel }),
    ...(error === undefined ? {} : { error }),
    ...(body.status === undefined ? {} : { status: Number(body.status) }),
    ...(body.retryAfter === undefined ? {} : { retryAfter: Number(body.retryAfter) }),
  };
}

/** Changes fields of a person; `email` is in the profile. Unknown fields are rejected. */
function patchUser(world: World, body: JsonObject): User {
  const { id, email, ...fields } = body;
  const user = world.workspace.users.get(textOf(id) ?? '');
  if (!user) throw new SlackError('user_not_found');
  const unknown = Object.keys(fields).filter(name => !Object.hasOwn(user, name) && name !== 'is_stranger');
  if (unknown.length > 0) throw new SlackError('unknown_field', { message: unknown.join(', ') });
  Object.assign(user, fields);
  if (email === null) delete user.profile.email;
  else if (typeof email === 'string') user.profile.email = email;
  world.workspace.emit({ kind: 'user', id: user.id });
  return user;
}
