import { randomBytes } from 'node:crypto';
import { app, team } from './people.ts';

/** docs.slack.dev, "Handling user interaction": a trigger lives three seconds and opens one view. */
const triggerMs = 3_000;
/** docs.slack.dev, "Message responses": five uses within thirty minutes. */
const responseUrlMs = 30 * 60_000;
const responseUrlUses = 5;

type Trigger = { user: string; expires: number; used: boolean; fromModal: boolean };

/** The trigger ids that were given out. */
export class Triggers {
  private readonly issued = new Map<string, Trigger>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** A trigger for something that `user` did just now; `fromModal` where it was done in an open modal. */
  issue(user: string, fromModal = false): string {
    const id = `${Math.floor(this.now())}.${app.id}.${randomBytes(16).toString('hex')}`;
    this.issued.set(id, { user, expires: this.now() + triggerMs, used: false, fromModal });
    return id;
  }

  /** Uses a trigger up: whose it was, or Slack's error. */
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

/** What a response_url answers to: where its messages go, and the message that it can replace. */
export type ResponseTarget = {
  user: string;
  channel: string;
  threadTs?: string;
  messageTs?: string;
  ephemeral?: string;
};

type ResponseUrl = { target: ResponseTarget; expires: number; left: number };

/** The response URLs that were given out. */
export class ResponseUrls {
  private readonly issued = new Map<string, ResponseUrl>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** The path of a new response URL. `kind` is Slack's: commands or actions. */
  issue(kind: 'commands' | 'actions', target: ResponseTarget): string {
    const path = `/${kind}/${team.id}/${Math.floor(this.now())}/${randomBytes(12).toString('hex')}`;
    this.issued.set(path, { target, expires: this.now() + responseUrlMs, left: responseUrlUses });
    return path;
  }

  /** Uses a response URL once: its target, or Slack's error; undefined where the path is none of ours. */
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
