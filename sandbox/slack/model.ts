import { copyOf, type JsonObject } from './json.ts';
import type { Link, Mention } from './markup.ts';

export type Reaction = { name: string; users: string[]; count: number };

/** A message of a channel or a thread reply. `mentions` and `links` are those that Slack creates from its text. */
export type Message = {
  type: 'message';
  subtype?: string;
  ts: string;
  user: string;
  bot_id?: string;
  app_id?: string;
  team: string;
  text: string;
  blocks?: JsonObject[];
  attachments?: JsonObject[];
  thread_ts?: string;
  parent_user_id?: string;
  reply_count?: number;
  reply_users?: string[];
  reply_users_count?: number;
  latest_reply?: string;
  edited?: { user: string; ts: string };
  reactions?: Reaction[];
  metadata?: JsonObject;
  files?: SlackFile[];
  client_msg_id?: string;
  hidden?: boolean;
  mentions: Mention[];
  links: Link[];
};

/** An ephemeral message to one person, outside the channel's history. `user` is the sender. */
export type Ephemeral = {
  id: string;
  to: string;
  user: string;
  channel: string;
  thread_ts?: string;
  ts: string;
  text: string;
  blocks?: JsonObject[];
  mentions: Mention[];
  links: Link[];
};

/** A modal or a Home tab. */
export type View = {
  id: string;
  team_id: string;
  type: string;
  title?: JsonObject;
  submit?: JsonObject | null;
  close?: JsonObject | null;
  blocks: JsonObject[];
  private_metadata: string;
  callback_id: string;
  external_id: string;
  state: { values: JsonObject };
  hash: string;
  clear_on_close: boolean;
  notify_on_close: boolean;
  root_view_id: string;
  previous_view_id: string | null;
  app_id: string;
  app_installed_team_id: string;
  bot_id: string;
};

export type SlackFile = {
  id: string;
  created: number;
  name: string;
  title: string;
  mimetype: string;
  filetype: string;
  size: number;
  user: string;
  alt_txt?: string;
  url_private: string;
  permalink: string;
};

/** A change of the workspace. `user` or `channel` limits who can see it. */
export type Change = { kind: string; channel?: string; user?: string; [key: string]: unknown };

/** A message as Slack sends it to the app, without the simulator's own fields. */
export function messageForApp(message: Message): JsonObject {
  const { mentions: _mentions, links: _links, ...fields } = message;
  return copyOf(fields);
}
