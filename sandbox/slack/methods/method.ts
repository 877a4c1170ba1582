import type { Problem } from '../blockkit/rules.ts';
import { flagOf, type JsonObject, textOf } from '../json.ts';
import type { Tier } from '../limits.ts';
import { app, type Channel } from '../people.ts';
import type { World } from '../world.ts';

/** Slack's `ok: false`: the code and what else the answer carries. */
export class SlackError extends Error {
  readonly code: string;
  readonly more: JsonObject;

  constructor(code: string, more: JsonObject = {}) {
    super(code);
    this.name = 'SlackError';
    this.code = code;
    this.more = more;
  }
}

/** The arguments of one call: strings where they came in a form, JSON where they came as JSON. */
export type Call = { world: World; args: JsonObject };

/** One Web API method: which token and scopes it asks for, its rate limit, and what it does. */
export type Method = {
  tier: Tier;
  /** Any one of these is enough; none: no scope needed. */
  scopes?: string[];
  /** Which scope is needed can depend on the conversation. */
  scopesFor?: (call: Call) => string[];
  /** The app-level token instead of the bot's; `none`: no token at all. */
  token?: 'app' | 'none';
  run(call: Call): JsonObject;
};

/** The string argument `name`; throws `missing` (invalid_arguments by default) where it isn't there. */
export function required(call: Call, name: string, missing = 'invalid_arguments'): string {
  const value = textOf(call.args[name]);
  if (value !== undefined && value !== '') return value;
  const messages = [`[ERROR] missing required field: ${name}`];
  throw new SlackError(missing, missing === 'invalid_arguments' ? { response_metadata: { messages } } : {});
}

export function optional(call: Call, name: string): string | undefined {
  const value = textOf(call.args[name]);
  return value === '' ? undefined : value;
}

export function flag(call: Call, name: string): boolean {
  return flagOf(call.args[name]);
}

/** The conversation that the argument names, where the app can know of it; else `channel_not_found`. */
export function knownChannel(call: Call, name = 'channel'): Channel {
  const reference = required(call, name, 'channel_not_found');
  const channel = call.world.workspace.channel(reference);
  if (!channel || (channel.is_private && !channel.members.includes(app.botUser))) {
    throw new SlackError('channel_not_found');
  }
  return channel;
}

/** The conversation that the argument names, where the app is a member; else Slack's error. */
export function joinedChannel(call: Call, name = 'channel'): Channel {
  const channel = knownChannel(call, name);
  if (!channel.members.includes(app.botUser)) throw new SlackError('not_in_channel');
  return channel;
}

/** The refusal of blocks or views in Slack's shape; nothing where there is nothing to refuse. */
export function refuseProblems(problems: Problem[], code: 'invalid_blocks' | 'invalid_arguments'): void {
  if (problems.length === 0) return;
  const errors = [...new Set(problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`))];
  const messages = errors.map(error => `[ERROR] ${error}`);
  throw new SlackError(code, { ...(code === 'invalid_blocks' ? { errors } : {}), response_metadata: { messages } });
}

/** One page of `items`: docs.slack.dev, "Pagination". */
export function page<T>(call: Call, items: T[], defaultLimit: number): { items: T[]; next_cursor: string } {
  const limit = Math.max(1, Math.min(1000, Number(optional(call, 'limit') ?? defaultLimit) || defaultLimit));
  const cursor = optional(call, 'cursor');
  const start = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString());
  if (!Number.isInteger(start) || start < 0 || start > items.length) throw new SlackError('invalid_cursor');
  const end = start + limit;
  return {
    items: items.slice(start, end),
    next_cursor: end < items.length ? Buffer.from(String(end)).toString('base64') : '',
  };
}
