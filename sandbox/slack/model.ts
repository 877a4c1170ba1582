import { copyOf, type JsonObject } from './json.ts';
import type { Link, Mention } from './markup.ts';

export type Reaction = { name: string; users: string[]; count: number };

/** A message of a channel, thread replies included. `mentions` and `links` are what Slack would make of its text. */
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

/** What only the person `to` sees; it has no place in the channel's history. `user` is who it is from. */
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

/** A modal or a Home tab as Slack keeps it. */
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

/** What a change tells; `user` or `channel` says who may see it. */
export type Change = { kind: string; channel?: string; user?: string; [key: string]: unknown };

/** A message as Slack sends it to the app: without what only this workspace notes about it. */
export function messageForApp(message: Message): JsonObject {
  const { mentions: _mentions, links: _links, ...fields } = message;
  return copyOf(fields);
}
