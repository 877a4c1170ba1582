import type { Ack } from '../delivery.ts';
import { isObject, type JsonObject } from '../json.ts';
import { escapeText } from '../markup.ts';
import { SlackError } from '../methods/method.ts';
import { messageForApp } from '../model.ts';
import { type Channel, ids, team, type User } from '../people.ts';
import { respond } from '../respond.ts';
import type { ResponseTarget } from '../tickets.ts';
import type { World } from '../world.ts';
import { actingChannel, actingUser, type Result, requireText } from './acting.ts';
import { actionTs, channelField, escapedCommandText, homeOpened, interaction, slashCommand } from './payloads.ts';

/** A person sends a slash command. Slack's own errors appear as an ephemeral message from Slackbot. */
export async function sendCommand(world: World, body: JsonObject): Promise<Result> {
  const user = actingUser(world, body);
  const channel = actingChannel(world, user, body);
  const [, command = '', rest = ''] = /^(\/\S+)\s*([\s\S]*)$/.exec(requireText(body, 'text')) ?? [];
  const known = world.manifest.commands.find(one => one.command === command);
  // Commands belong to the workspace that the app is installed in; people from elsewhere don't have them.
  if (!known || user.team_id !== team.id) {
    return refused(world, user, channel, 'unknown_command', `\`${escapeText(command)}\` is not a valid command.`);
  }
  if (body.thread_ts !== undefined) {
    const threadTs = requireText(body, 'thread_ts');
    return refused(world, user, channel, 'thread', `${command} is not supported in threads. Sorry!`, threadTs);
  }
  const target: ResponseTarget = { user: user.id, channel: channel.id };
  const argument = known.should_escape ? escapedCommandText(world, rest.trim()) : rest.trim();
  const ack = await world.delivery.send('slash_commands', {
    ...slashCommand(user, channel, command, argument),
    response_url: world.origin + world.responseUrls.issue('commands', target),
    trigger_id: world.triggers.issue(user.id),
  });
  return completeCommand(world, user, channel, command, ack);
}

function completeCommand(world: World, user: User, channel: Channel, command: string, ack: Ack): Result {
  if (!ack.ok) {
    world.ledger.violated(ack.error, command, 'ack');
    return refused(world, user, channel, ack.error, `${command} failed with the error "${ack.error}"`);
  }
  const answer = typeof ack.payload === 'string' ? { text: ack.payload } : ack.payload;
  const says = isObject(answer) && (answer.text !== undefined || answer.blocks !== undefined);
  if (!says) return { ok: true, ack: answer };
  try {
    respond(world, { user: user.id, channel: channel.id }, answer);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    world.ledger.violated(error.code, JSON.stringify(error.more), 'ack');
    const code = 'invalid_command_response';
    return refused(world, user, channel, code, `${command} failed with the error "${code}"`);
  }
  return { ok: true, ack: answer };
}

function refused(
  world: World,
  user: User,
  channel: Channel,
  error: string,
  message: string,
  threadTs?: string,
): Result {
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  world.workspace.whisper({ to: user.id, user: ids.slackbot, channel: channel.id, text: message, ...thread });
  return { ok: false, error, message };
}

/** A person posts a message. `text` has `&`, `<` and `>` escaped, as Slack's clients send it. */
export function sendMessage(world: World, body: JsonObject): Result {
  const user = actingUser(world, body);
  const channel = actingChannel(world, user, body);
  const message = world.workspace.post(channel.id, {
    user: user.id,
    text: requireText(body, 'text'),
    ...(typeof body.thread_ts === 'string' ? { thread_ts: body.thread_ts } : {}),
  });
  return { ok: true, ts: message.ts };
}

/** A person runs a message shortcut. */
export async function runShortcut(world: World, body: JsonObject): Promise<Result> {
  const user = actingUser(world, body);
  const channel = actingChannel(world, user, body);
  const message = world.workspace.message(channel.id, requireText(body, 'message_ts'));
  if (!message) return { ok: false, error: 'message_not_found' };
  const callbackId = requireText(body, 'callback_id');
  if (!world.manifest.shortcuts.some(shortcut => shortcut.callback_id === callbackId)) {
    return { ok: false, error: 'unknown_shortcut' };
  }
  const target: ResponseTarget = { user: user.id, channel: channel.id };
  const ack = await world.delivery.send('interactive', {
    ...interaction('message_action', user),
    callback_id: callbackId,
    trigger_id: world.triggers.issue(user.id),
    response_url: world.origin + world.responseUrls.issue('actions', target),
    action_ts: actionTs(world),
    message_ts: message.ts,
    message: messageForApp(message),
    channel: channelField(channel),
  });
  return ackResult(world, user, callbackId, ack);
}

/** A person opens the app's Home tab. */
export async function openHome(world: World, body: JsonObject): Promise<Result> {
  const user = actingUser(world, body);
  const channel = world.workspace.openDirectMessage(user.id);
  if (!world.manifest.botEvents.includes('app_home_opened')) return { ok: true };
  const ack = await world.delivery.event(homeOpened(world, user, channel, world.workspace.homes.get(user.id)));
  return ack.ok ? { ok: true } : { ok: false, error: ack.error };
}

/** The result of an acknowledgement. Without one, the person gets a notice, not a message. */
export function ackResult(world: World, user: User, what: string, ack: Ack): Result {
  if (ack.ok) return { ok: true, ack: ack.payload };
  world.ledger.violated(ack.error, what, 'ack');
  const message = 'This app is not responding. Try again.';
  world.workspace.emit({ kind: 'notice', user: user.id, level: 'error', text: message, error: ack.error });
  return { ok: false, error: ack.error, message };
}
