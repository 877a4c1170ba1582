import type { JsonObject } from '../json.ts';
import { textOf } from '../json.ts';
import { SlackError } from '../methods/method.ts';
import type { Channel, User } from '../people.ts';
import type { World } from '../world.ts';

/** The answer to the page or a test for something that a person does. */
export type Result = { ok: boolean; error?: string; [key: string]: unknown };

/** The string field `name`. Throws `missing_<name>` without it. */
export function requireText(body: JsonObject, name: string): string {
  const value = textOf(body[name]);
  if (value === undefined) throw new SlackError(`missing_${name}`);
  return value;
}

/** The acting person: `user` of the request. */
export function actingUser(world: World, body: JsonObject): User {
  const user = world.workspace.users.get(requireText(body, 'user'));
  if (!user) throw new SlackError('user_not_found');
  return user;
}

/** The channel of the request, which this person must be able to see. */
export function actingChannel(world: World, user: User, body: JsonObject): Channel {
  const channel = world.workspace.channel(requireText(body, 'channel'));
  if (!channel || !world.workspace.canSee(user.id, channel)) throw new SlackError('channel_not_found');
  return channel;
}
