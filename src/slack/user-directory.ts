/** Looks up users and user groups in Slack, anew for every decision (docs/slack.md#identity-of-who-clicks). */
import type { WebClient } from '@slack/web-api';
import type { UserDirectory } from '../approvals/decide.ts';
import { type Actor, actorOf, type ClickOrigin } from '../approvals/policy.ts';
import { failureOf } from './answers.ts';

const HANDLES_KEPT_MS = 600_000;
const GROUP_KEPT_MS = 60_000;

/** The workspace doesn't offer the method, or the bot lacks its scope; the answer then is unknown. */
const NOT_OFFERED: ReadonlySet<string> = new Set([
  'missing_scope',
  'unknown_method',
  'channel_not_found',
  'method_not_supported_for_channel_type',
  'not_allowed_token_type',
  'http_404',
]);

/** The handles of user groups (`gke-admins`), for messages only. Empty where Slack doesn't provide them. */
export class UserGroupHandles {
  readonly #client: WebClient;
  #known: { until: number; handles: Promise<Readonly<Record<string, string>>> } | undefined;

  constructor(client: WebClient) {
    this.#client = client;
  }

  /** By group id. Never throws: after a failure the result is empty for a minute. */
  all(): Promise<Readonly<Record<string, string>>> {
    const now = Date.now();
    if (!this.#known || now > this.#known.until) {
      const handles = this.#ask().catch(() => {
        this.#known = { until: now + GROUP_KEPT_MS, handles: Promise.resolve({}) };
        return {};
      });
      this.#known = { until: now + HANDLES_KEPT_MS, handles };
    }
    return this.#known.handles;
  }

  async #ask(): Promise<Readonly<Record<string, string>>> {
    const { usergroups = [] } = await this.#client.usergroups.list({ include_disabled: false });
    return Object.fromEntries(usergroups.flatMap(({ id, handle }) => (id && handle ? [[id, handle]] : [])));
  }
}

export class SlackUserDirectory implements UserDirectory {
  readonly #client: WebClient;
  readonly #handles: UserGroupHandles;
  readonly #groups = new Map<string, { at: number; members: Promise<readonly string[]> }>();

  constructor(client: WebClient, handles: UserGroupHandles) {
    this.#client = client;
    this.#handles = handles;
  }

  async user(origin: ClickOrigin): Promise<Actor> {
    const [{ user }, shared] = await Promise.all([
      this.#client.users.info({ user: origin.user }),
      origin.channel ? this.#isShared(origin.channel) : undefined,
    ]);
    if (!user?.id || user.id !== origin.user) throw new Error('users.info returned no user or another one');
    return actorOf({ ...user, id: user.id }, origin, shared);
  }

  async group(id: string): Promise<{ members: readonly string[]; handle?: string }> {
    const [members, handles] = await Promise.all([this.#members(id), this.#handles.all()]);
    this.#groups.set(id, { at: Date.now(), members: Promise.resolve(members) });
    return { members, ...(handles[id] && { handle: handles[id] }) };
  }

  /** The same directory with groups up to 60 s old: for lists, never for a decision. */
  get recent(): UserDirectory {
    return { user: origin => this.user(origin), group: id => this.#recentGroup(id) };
  }

  async #recentGroup(id: string): Promise<{ members: readonly string[]; handle?: string }> {
    const known = this.#groups.get(id);
    if (!known || Date.now() - known.at > GROUP_KEPT_MS) return this.group(id);
    return { members: await known.members };
  }

  async #members(id: string): Promise<readonly string[]> {
    const { users } = await this.#client.usergroups.users.list({ usergroup: id });
    if (!users) throw new Error(`usergroups.users.list returned no users for ${id}`);
    return users;
  }

  /** Undefined where the bot can't ask. @throws for every other failure. */
  async #isShared(channel: string): Promise<boolean | undefined> {
    try {
      const { channel: info } = await this.#client.conversations.info({ channel });
      return Boolean(info?.is_ext_shared || info?.is_pending_ext_shared);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'refused' && NOT_OFFERED.has(failure.reason)) return undefined;
      throw error;
    }
  }
}
