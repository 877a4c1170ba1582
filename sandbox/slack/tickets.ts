import { randomBytes } from 'node:crypto';
import { app, team } from './people.ts';

/** A trigger is valid for three seconds and opens one view (https://docs.slack.dev/interactivity/handling-user-interaction). */
const triggerMs = 3_000;
/** A response URL can be used five times within thirty minutes (same page, message responses). */
const responseUrlMs = 30 * 60_000;
const responseUrlUses = 5;

type Trigger = { user: string; expires: number; used: boolean; fromModal: boolean };

/** The issued trigger ids. */
export class Triggers {
  private readonly issued = new Map<string, Trigger>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Issues a trigger for an interaction of `user`; `fromModal` for one in an open modal. */
  issue(user: string, fromModal = false): string {
    const id = `${Math.floor(this.now())}.${app.id}.${randomBytes(16).toString('hex')}`;
    this.issued.set(id, { user, expires: this.now() + triggerMs, used: false, fromModal });
    return id;
  }

  /** Consumes a trigger. Returns it, or Slack's error. */
  exchange(id: string): Trigger | { error: string } {
    const trigger = this.issued.get(id);
    if (!trigger) return { error: 'invalid_trigger_id' };
    if (trigger.used) return { error: 'exchanged_trigger_id' };
    if (this.now() > trigger.expires) return { error: 'expired_trigger_id' };
    trigger.used = true;
    return trigger;
  }

  reset(): void {
    this.issued.clear();
  }
}

/** The target of a response_url: where its messages go, and the message that it can replace. */
export type ResponseTarget = {
  user: string;
  channel: string;
  threadTs?: string;
  messageTs?: string;
  ephemeral?: string;
};

type ResponseUrl = { target: ResponseTarget; expires: number; left: number };

/** The issued response URLs. */
export class ResponseUrls {
  private readonly issued = new Map<string, ResponseUrl>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Issues a response URL and returns its path. `kind` is its first part, as in Slack's URLs. */
  issue(kind: 'commands' | 'actions', target: ResponseTarget): string {
    const path = `/${kind}/${team.id}/${Math.floor(this.now())}/${randomBytes(12).toString('hex')}`;
    this.issued.set(path, { target, expires: this.now() + responseUrlMs, left: responseUrlUses });
    return path;
  }

  /** Counts one use of a response URL. Returns its target, or Slack's error; undefined for an unknown path. */
  use(path: string): ResponseTarget | { error: string } | undefined {
    const url = this.issued.get(path);
    if (!url) return undefined;
    if (this.now() > url.expires) return { error: 'expired_url' };
    if (url.left === 0) return { error: 'used_url' };
    url.left -= 1;
    return url.target;
  }

  reset(): void {
    this.issued.clear();
  }
}
