import type { JsonObject } from '../json.ts';
import { type Message, messageForApp } from '../model.ts';
import { app, type Channel } from '../people.ts';
import { contentOf, isEmpty, metadataOf } from './content.ts';
import { type Call, joinedChannel, type Method, optional, required, SlackError } from './method.ts';

/** Longer text is `msg_too_long` (https://docs.slack.dev/reference/methods/chat.update). */
const maxUpdateText = 4_000;

const scopes = ['chat:write'];

function postMessage(call: Call): JsonObject {
  const { workspace, switches } = call.world;
  const channel = joinedChannel(call);
  if (channel.is_archived) throw new SlackError('is_archived');
  const content = contentOf(call);
  if (isEmpty(content)) throw new SlackError('no_text');
  const metadata = metadataOf(call.args.metadata);
  const clientMsgId = optional(call, 'client_msg_id');
  const twin = switches.clientMsgIdDedupe ? postedAs(workspace.list(channel.id), clientMsgId) : undefined;
  const message =
    twin ??
    workspace.post(channel.id, {
      ...workspace.author,
      text: content.text ?? '',
      ...(content.blocks ? { blocks: workspace.named(content.blocks) } : {}),
      ...(content.attachments ? { attachments: content.attachments } : {}),
      ...(metadata && Object.keys(metadata).length > 0 ? { metadata } : {}),
      ...(clientMsgId === undefined ? {} : { client_msg_id: clientMsgId }),
      ...threadOf(call),
    });
  return { channel: channel.id, ts: message.ts, message: messageForApp(message) };
}

function postedAs(messages: Message[], clientMsgId: string | undefined): Message | undefined {
  return clientMsgId === undefined ? undefined : messages.find(message => message.client_msg_id === clientMsgId);
}

function threadOf(call: Call): { thread_ts?: string } {
  const threadTs = optional(call, 'thread_ts');
  if (threadTs === undefined) return {};
  if (!/^\d{10}\.\d{6}$/.test(threadTs)) throw new SlackError('invalid_thread_ts');
  return { thread_ts: threadTs };
}

/** The app's own message in a conversation where it is a member. */
function ownMessage(call: Call, channel: Channel, refusal: string): Message {
  const message = call.world.workspace.message(channel.id, required(call, 'ts', 'message_not_found'));
  if (!message || message.subtype === 'tombstone') throw new SlackError('message_not_found');
  if (message.bot_id !== app.botId) throw new SlackError(refusal);
  return message;
}

function update(call: Call): JsonObject {
  const { workspace } = call.world;
  const channel = joinedChannel(call);
  const message = ownMessage(call, channel, 'cant_update_message');
  const content = contentOf(call);
  if (content.text === undefined && content.blocks === undefined && content.attachments === undefined) {
    throw new SlackError('no_text');
  }
  if ((content.text?.length ?? 0) > maxUpdateText) throw new SlackError('msg_too_long');
  const metadata = metadataOf(call.args.metadata);
  // Text without blocks removes the old blocks; blocks without text keep the text (same page).
  const blocks = content.blocks ?? (content.text === undefined ? message.blocks : []);
  const text = content.text ?? message.text;
  if (text === '' && blocks?.length === 0 && !content.attachments?.length) throw new SlackError('no_text');
  workspace.edit(channel.id, message, {
    text,
    blocks: blocks && blocks.length > 0 ? workspace.named(blocks) : undefined,
    attachments: content.attachments ?? message.attachments,
    ...(metadata ? { metadata: Object.keys(metadata).length > 0 ? metadata : undefined } : {}),
    ...(content.blocks ? {} : { edited: { user: app.botUser, ts: `${Math.floor(call.world.now() / 1000)}.000000` } }),
  });
  return { channel: channel.id, ts: message.ts, text: message.text, message: messageForApp(message) };
}

function postEphemeral(call: Call): JsonObject {
  const { workspace } = call.world;
  const channel = joinedChannel(call);
  if (channel.is_archived) throw new SlackError('is_archived');
  const user = required(call, 'user');
  if (!workspace.users.has(user)) throw new SlackError('user_not_in_channel');
  if (!workspace.canSee(user, channel)) throw new SlackError('user_not_in_channel');
  const content = contentOf(call);
  if (isEmpty(content)) throw new SlackError('no_text');
  const ephemeral = workspace.whisper({
    to: user,
    user: app.botUser,
    channel: channel.id,
    text: content.text ?? '',
    ...(content.blocks ? { blocks: workspace.named(content.blocks) } : {}),
    ...threadOf(call),
  });
  return { message_ts: ephemeral.ts };
}

function remove(call: Call): JsonObject {
  const channel = joinedChannel(call);
  const message = ownMessage(call, channel, 'cant_delete_message');
  const { ts } = message;
  call.world.workspace.remove(channel.id, message);
  return { channel: channel.id, ts };
}

function getPermalink(call: Call): JsonObject {
  const channel = joinedChannel(call);
  const ts = required(call, 'message_ts', 'message_not_found');
  const message = call.world.workspace.message(channel.id, ts);
  if (!message) throw new SlackError('message_not_found');
  const thread = message.thread_ts === undefined ? '' : `?thread_ts=${message.thread_ts}&cid=${channel.id}`;
  return {
    channel: channel.id,
    permalink: `${call.world.origin}/archives/${channel.id}/p${ts.replace('.', '')}${thread}`,
  };
}

function addReaction(call: Call): JsonObject {
  const channel = joinedChannel(call);
  const message = call.world.workspace.message(channel.id, required(call, 'timestamp', 'no_item_specified'));
  if (!message) throw new SlackError('message_not_found');
  const name = required(call, 'name', 'invalid_name').replace(/^:|:$/g, '');
  const reactions = message.reactions ?? [];
  const existing = reactions.find(reaction => reaction.name === name);
  if (existing?.users.includes(app.botUser)) throw new SlackError('already_reacted');
  const users = [...(existing?.users ?? []), app.botUser];
  const others = reactions.filter(reaction => reaction !== existing);
  call.world.workspace.edit(channel.id, message, { reactions: [...others, { name, users, count: users.length }] });
  return {};
}

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': { tier: 'special', scopes, run: postMessage },
  'chat.update': { tier: 3, scopes, run: update },
  'chat.postEphemeral': { tier: 4, scopes, run: postEphemeral },
  'chat.delete': { tier: 3, scopes, run: remove },
  'chat.getPermalink': { tier: 'special', run: getPermalink },
  'reactions.add': { tier: 3, scopes: ['reactions:write'], run: addReaction },
};
