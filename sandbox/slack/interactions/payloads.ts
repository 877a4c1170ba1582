import { copyOf, type JsonObject } from '../json.ts';
import { escapeText } from '../markup.ts';
import { type Message, messageForApp, type View } from '../model.ts';
import { app, type Channel, credentials, team, type User } from '../people.ts';
import type { World } from '../world.ts';

/** The fields of all interaction payloads (https://docs.slack.dev/reference/interaction-payloads). */
export function interaction(type: string, user: User): JsonObject {
  return {
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team_id },
    api_app_id: app.id,
    token: credentials.verificationToken,
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** The channel field of a payload. Direct messages and private channels have generic names there. */
export function channelField(channel: Channel): { id: string; name: string } {
  const name = channel.is_im ? 'directmessage' : channel.is_private ? 'privategroup' : channel.name;
  return { id: channel.id, name };
}

/** The fields of a slash command, all strings (https://docs.slack.dev/interactivity/implementing-slash-commands). */
export function slashCommand(user: User, channel: Channel, command: string, text: string): JsonObject {
  const { id, name } = channelField(channel);
  return {
    token: credentials.verificationToken,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: id,
    channel_name: name,
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: app.id,
    is_enterprise_install: 'false',
  };
}

/** Seconds since 1970 with six decimals. */
export function actionTs(world: World): string {
  return (world.now() / 1000).toFixed(6);
}

/** The payload fields for an interaction in a message. */
export function messageFields(channel: Channel, message: Message): JsonObject {
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: false,
      ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    },
    channel: channelField(channel),
    message: messageForApp(message),
  };
}

/** The payload fields for an interaction in a view. */
export function viewFields(view: View): JsonObject {
  return { container: { type: 'view', view_id: view.id }, view: copyOf(view) };
}

/** The event app_home_opened in the envelope of the Events API (https://docs.slack.dev/reference/events/app_home_opened). */
export function homeOpened(world: World, user: User, channel: Channel, view: View | undefined): JsonObject {
  return {
    token: credentials.verificationToken,
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event: {
      type: 'app_home_opened',
      user: user.id,
      channel: channel.id,
      tab: 'home',
      ...(view ? { view: copyOf(view) } : {}),
      event_ts: actionTs(world),
    },
    type: 'event_callback',
    event_id: world.workspace.nextId('Ev'),
    event_time: Math.floor(world.now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: team.id, user_id: app.botUser, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: world.workspace.nextId('EC'),
  };
}

const tokens = /https?:\/\/[^\s<>|]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|@[\w.-]+|#[\w-]+/g;

/**
 * The text of a slash command with `should_escape`: people, channels, addresses and links become Slack's tokens
 * (https://docs.slack.dev/interactivity/implementing-slash-commands). That mail addresses are escaped as in messages is
 * an assumption.
 */
export function escapedCommandText(world: World, text: string): string {
  const { users, channels, userGroups } = world.workspace;
  return escapeText(text).replace(tokens, token => {
    if (token.startsWith('http')) return `<${token}>`;
    if (token.startsWith('@')) {
      const user = [...users.values()].find(one => `@${one.name}` === token);
      const group = [...userGroups.values()].find(one => `@${one.handle}` === token);
      if (group) return `<!subteam^${group.id}|${token}>`;
      return user ? `<@${user.id}|${user.name}>` : token;
    }
    if (token.startsWith('#')) {
      const channel = [...channels.values()].find(one => `#${one.name}` === token);
      return channel ? `<#${channel.id}|${channel.name}>` : token;
    }
    return `<mailto:${token}|${token}>`;
  });
}
