import { randomBytes } from 'node:crypto';
import { type JsonObject, objectsOf } from './json.ts';
import { findMarkup } from './markup.ts';
import type { Change, Ephemeral, Message, SlackFile, View } from './model.ts';
import {
  app,
  type Channel,
  directMessage,
  seedChannels,
  seedUserGroups,
  seedUsers,
  team,
  type User,
  type UserGroup,
} from './people.ts';

const rememberedVersions = 5;

/** The state of the simulated workspace. Readers get the live objects and must not modify them. */
export class Workspace {
  readonly team = team;
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly userGroups = new Map<string, UserGroup>();
  readonly messages = new Map<string, Message[]>();
  readonly ephemerals: Ephemeral[] = [];
  /** The stack of open views of each person, the root first. */
  readonly modals = new Map<string, View[]>();
  readonly homes = new Map<string, View>();
  readonly files = new Map<string, { file: SlackFile; bytes: Buffer; shared: boolean }>();
  private readonly versions = new Map<string, JsonObject[][]>();
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly now: () => number;
  private lastTick = 0;

  constructor(now: () => number) {
    this.now = now;
    this.reset();
  }

  /** Resets to the people and channels at the start. */
  reset(): void {
    const collections = [this.users, this.channels, this.userGroups, this.messages, this.modals, this.homes];
    for (const collection of [...collections, this.files, this.versions]) collection.clear();
    this.ephemerals.length = 0;
    for (const user of seedUsers()) this.users.set(user.id, user);
    for (const channel of seedChannels()) this.channels.set(channel.id, channel);
    for (const group of seedUserGroups()) this.userGroups.set(group.id, group);
    this.emit({ kind: 'reset' });
  }

  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  /** A unique message id as Slack makes it: Unix seconds with six decimals. */
  nextTs(): string {
    this.lastTick = Math.max(this.lastTick + 1, Math.floor(this.now() * 1000));
    return `${Math.floor(this.lastTick / 1_000_000)}.${String(this.lastTick % 1_000_000).padStart(6, '0')}`;
  }

  /** A unique id in Slack's form: a prefix for the kind and ten more characters. */
  nextId(prefix: string): string {
    return prefix + randomBytes(5).toString('hex').toUpperCase();
  }

  /** By id (`C…`, `D…`), by name (`gke-help`, `#gke-help`), or a person's id for the direct message with them. */
  channel(reference: string): Channel | undefined {
    const found = this.channels.get(reference);
    if (found) return found;
    if (this.users.has(reference)) return this.openDirectMessage(reference);
    const name = reference.replace(/^#/, '');
    return [...this.channels.values()].find(channel => channel.name !== '' && channel.name === name);
  }

  openDirectMessage(user: string): Channel {
    const fresh = directMessage(user);
    const existing = this.channels.get(fresh.id);
    if (existing) return existing;
    this.channels.set(fresh.id, fresh);
    this.emit({ kind: 'channel', channel: fresh.id });
    return fresh;
  }

  /** Whether `user` may read and write in `channel`: members, and every full member of the team in a public one. */
  canSee(user: string, channel: Channel): boolean {
    if (channel.members.includes(user)) return true;
    const who = this.users.get(user);
    return !channel.is_private && who !== undefined && who.team_id === team.id && !who.is_restricted && !who.deleted;
  }

  list(channel: string): Message[] {
    const existing = this.messages.get(channel);
    if (existing) return existing;
    const empty: Message[] = [];
    this.messages.set(channel, empty);
    return empty;
  }

  message(channel: string, ts: string): Message | undefined {
    return this.list(channel).find(message => message.ts === ts);
  }

  replies(channel: string, threadTs: string): Message[] {
    return this.list(channel).filter(message => message.thread_ts === threadTs && message.ts !== threadTs);
  }

  /** Adds a message, and counts a reply at its parent. A reply to a deleted message becomes a top-level message. */
  post(channel: string, draft: Omit<Message, 'type' | 'ts' | 'team' | 'mentions' | 'links'>): Message {
    const parent = draft.thread_ts === undefined ? undefined : this.threadParent(channel, draft.thread_ts);
    const { thread_ts: _, ...rest } = draft;
    const message: Message = {
      type: 'message',
      ...rest,
      ts: this.nextTs(),
      team: team.id,
      ...findMarkup(draft.text, draft.blocks),
    };
    if (parent) {
      message.thread_ts = parent.ts;
      message.parent_user_id = parent.user;
    }
    this.list(channel).push(message);
    this.emit({ kind: 'message', channel, message });
    if (parent) this.recount(channel, parent);
    return message;
  }

  /** Replaces text and blocks. Earlier blocks are kept, because people may click on what their client still shows. */
  edit(channel: string, message: Message, change: Partial<Message>): void {
    if (message.blocks) {
      const key = `${channel}:${message.ts}`;
      this.versions.set(key, [message.blocks, ...(this.versions.get(key) ?? [])].slice(0, rememberedVersions));
    }
    Object.assign(message, change);
    Object.assign(message, findMarkup(message.text, message.blocks));
    this.emit({ kind: 'message', channel, message });
  }

  earlierBlocks(channel: string, ts: string): JsonObject[][] {
    return this.versions.get(`${channel}:${ts}`) ?? [];
  }

  /** Removes a message. A parent with replies leaves a tombstone, as in Slack. */
  remove(channel: string, message: Message): void {
    const replies = this.replies(channel, message.ts);
    if (replies.length > 0) {
      const tombstone = { subtype: 'tombstone', text: 'This message was deleted.', user: 'USLACKBOT', hidden: true };
      Object.assign(message, tombstone, { blocks: undefined, attachments: undefined, files: undefined });
      Object.assign(message, { bot_id: undefined, app_id: undefined, metadata: undefined, mentions: [], links: [] });
      this.emit({ kind: 'message', channel, message });
      return;
    }
    const list = this.list(channel);
    list.splice(list.indexOf(message), 1);
    this.emit({ kind: 'message_deleted', channel, ts: message.ts, thread_ts: message.thread_ts });
    const parent = message.thread_ts === undefined ? undefined : this.message(channel, message.thread_ts);
    if (parent) this.recount(channel, parent);
  }

  whisper(draft: Omit<Ephemeral, 'id' | 'ts' | 'mentions' | 'links'>): Ephemeral {
    const ts = this.nextTs();
    const ephemeral = { ...draft, id: ts, ts, ...findMarkup(draft.text, draft.blocks) };
    this.ephemerals.push(ephemeral);
    this.emit({ kind: 'ephemeral', user: draft.to, channel: draft.channel, ephemeral });
    return ephemeral;
  }

  editEphemeral(ephemeral: Ephemeral, text: string, blocks: JsonObject[] | undefined): void {
    Object.assign(ephemeral, { text, blocks }, findMarkup(text, blocks));
    this.emit({ kind: 'ephemeral', user: ephemeral.to, channel: ephemeral.channel, ephemeral });
  }

  removeEphemeral(ephemeral: Ephemeral): void {
    this.ephemerals.splice(this.ephemerals.indexOf(ephemeral), 1);
    const { id, to, channel } = ephemeral;
    this.emit({ kind: 'ephemeral_deleted', user: to, channel, id });
  }

  /** Adds ids to blocks without a block_id, as Slack does, and to interactive elements without an action_id. */
  named(blocks: JsonObject[]): JsonObject[] {
    return blocks.map(block => {
      const named: JsonObject = { ...block, block_id: block.block_id ?? randomBytes(3).toString('base64url') };
      if (named.type === 'actions') named.elements = objectsOf(named.elements).map(withActionId);
      return named;
    });
  }

  /** The message fields of the app as an author. */
  get author(): { user: string; bot_id: string; app_id: string } {
    return { user: app.botUser, bot_id: app.botId, app_id: app.id };
  }

  private threadParent(channel: string, threadTs: string): Message | undefined {
    const target = this.message(channel, threadTs);
    if (!target?.thread_ts || target.thread_ts === target.ts) return target;
    return this.message(channel, target.thread_ts);
  }

  private recount(channel: string, parent: Message): void {
    const replies = this.replies(channel, parent.ts);
    const users = [...new Set(replies.map(reply => reply.user))];
    parent.thread_ts = parent.ts;
    parent.reply_count = replies.length;
    parent.reply_users = users;
    parent.reply_users_count = users.length;
    const latest = replies.at(-1)?.ts;
    if (latest !== undefined) parent.latest_reply = latest;
    this.emit({ kind: 'message', channel, message: parent });
  }
}

function withActionId(element: JsonObject): JsonObject {
  return { ...element, action_id: element.action_id ?? randomBytes(3).toString('base64url') };
}
