import { copyOf, type JsonObject } from '../json.ts';
import { type Message, messageForApp } from '../model.ts';
import { app, type Channel, team } from '../people.ts';
import {
  type Call,
  flag,
  joinedChannel,
  knownChannel,
  type Method,
  optional,
  page,
  required,
  SlackError,
} from './method.ts';

const kinds = ['channels', 'groups', 'im', 'mpim'];

/** `<kind>:read` or `<kind>:history`, by the kind of conversation in the call. */
function scopesFor(right: 'read' | 'history'): (call: Call) => string[] {
  return call => {
    const channel = call.world.workspace.channel(optional(call, 'channel') ?? '');
    return channel ? [`${kindOf(channel)}:${right}`] : kinds.map(kind => `${kind}:${right}`);
  };
}

function kindOf(channel: Channel): string {
  if (channel.is_im) return 'im';
  return channel.is_private ? 'groups' : 'channels';
}

/** A conversation as Slack sends it to the app, without the list of members. */
export function channelForApp(channel: Channel): JsonObject {
  const { members, ...fields } = channel;
  const shared = { context_team_id: team.id, is_member: members.includes(app.botUser), num_members: members.length };
  return { ...copyOf(fields), name_normalized: channel.name, ...shared };
}

function list(call: Call): JsonObject {
  const types = (optional(call, 'types') ?? 'public_channel').split(',').map(type => type.trim());
  const wanted = [...call.world.workspace.channels.values()].filter(channel => {
    if (channel.is_im) return types.includes('im');
    if (!channel.is_private) return types.includes('public_channel');
    return types.includes('private_channel') && channel.members.includes(app.botUser);
  });
  const visible = flag(call, 'exclude_archived') ? wanted.filter(channel => !channel.is_archived) : wanted;
  const { items, next_cursor } = page(call, visible, 100);
  return { channels: items.map(channelForApp), response_metadata: { next_cursor } };
}

function members(call: Call): JsonObject {
  const { items, next_cursor } = page(call, knownChannel(call).members, 100);
  return { members: items, response_metadata: { next_cursor } };
}

function open(call: Call): JsonObject {
  const { workspace } = call.world;
  const users = (optional(call, 'users') ?? '').split(',').filter(Boolean);
  const existing = optional(call, 'channel');
  if (users.length === 0 && existing === undefined) throw new SlackError('users_list_not_supplied');
  if (users.length > 1) throw new SlackError('invalid_users');
  const user = users[0];
  if (user !== undefined && !workspace.users.has(user)) throw new SlackError('user_not_found');
  if (user !== undefined && workspace.users.get(user)?.deleted) throw new SlackError('user_disabled');
  const channel = user === undefined ? knownChannel(call) : workspace.openDirectMessage(user);
  return { channel: flag(call, 'return_im') ? channelForApp(channel) : { id: channel.id } };
}

/** Messages between `oldest` and `latest`; with `inclusive` also those at the bounds. */
function between(call: Call, messages: Message[]): Message[] {
  const oldest = optional(call, 'oldest');
  const latest = optional(call, 'latest');
  const inclusive = flag(call, 'inclusive');
  return messages.filter(
    ({ ts }) =>
      (oldest === undefined || Number(ts) > Number(oldest) || (inclusive && ts === oldest)) &&
      (latest === undefined || Number(ts) < Number(latest) || (inclusive && ts === latest)),
  );
}

/** A message as the app reads it. Metadata is included on request. */
function shownMessage(call: Call, message: Message): JsonObject {
  const { metadata, ...fields } = messageForApp(message);
  return { ...fields, ...(metadata && flag(call, 'include_all_metadata') ? { metadata } : {}) };
}

function history(call: Call): JsonObject {
  const channel = joinedChannel(call);
  const topLevel = call.world.workspace
    .list(channel.id)
    .filter(message => message.thread_ts === undefined || message.thread_ts === message.ts);
  const { items, next_cursor } = page(call, between(call, topLevel).reverse(), 100);
  return {
    messages: items.map(message => shownMessage(call, message)),
    has_more: next_cursor !== '',
    ...(next_cursor === '' ? {} : { response_metadata: { next_cursor } }),
  };
}

function replies(call: Call): JsonObject {
  const { workspace } = call.world;
  const channel = joinedChannel(call);
  const asked = workspace.message(channel.id, required(call, 'ts', 'thread_not_found'));
  const parent = asked?.thread_ts === undefined ? asked : workspace.message(channel.id, asked.thread_ts);
  if (!parent) throw new SlackError('thread_not_found');
  const { items, next_cursor } = page(call, between(call, workspace.replies(channel.id, parent.ts)), 1000);
  return {
    messages: [parent, ...items].map(message => shownMessage(call, message)),
    has_more: next_cursor !== '',
    ...(next_cursor === '' ? {} : { response_metadata: { next_cursor } }),
  };
}

export const conversationMethods: Record<string, Method> = {
  'conversations.open': { tier: 3, scopes: ['im:write', 'mpim:write'], run: open },
  'conversations.info': {
    tier: 3,
    scopesFor: scopesFor('read'),
    run: call => ({ channel: channelForApp(knownChannel(call)) }),
  },
  'conversations.list': { tier: 2, scopes: kinds.map(kind => `${kind}:read`), run: list },
  'conversations.members': { tier: 4, scopesFor: scopesFor('read'), run: members },
  'conversations.history': { tier: 3, scopesFor: scopesFor('history'), run: history },
  'conversations.replies': { tier: 3, scopesFor: scopesFor('history'), run: replies },
};
