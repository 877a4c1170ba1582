/** What somebody can do who may write anything into Redis, but holds no key of gke-auth. */
import { Queue } from 'bullmq';
import type { Approval } from '../../src/approvals/approval.ts';
import { FIRST_PREV } from '../../src/approvals/record.ts';
import { type SignerName, sealed } from '../../src/signing/signing.ts';
import { keys } from '../../src/store/keys.ts';
import { QUEUE_PREFIX, QUEUES } from '../../src/store/queue.ts';
import { signingAs } from '../approvals/examples.ts';
import type { Button } from '../system/slack-hands.ts';
import type { System } from '../system/system.ts';
import { until } from '../system/until.ts';

/** The attacker's own keys: the same roles, and nobody trusts them. */
const OWN_SECRET = 'a secret that the attacker made up';
const REDIS_INDEXES = [keys.index.work, keys.index.staleCards, keys.index.unrecorded];

export const MALLORY = { team: 'T0SANDBOX', user: 'U0MALLORY', id: 'U0MALLORY', email: 'mallory@example.com' };

export class Attacker {
  readonly here: System;
  readonly id: string;
  readonly button: Button;

  constructor(here: System, button: Button) {
    this.here = here;
    this.id = button.value;
    this.button = button;
  }

  approval(): Promise<Approval> {
    return this.here.approval(this.id);
  }

  /** A line that follows the last valid event, with the attacker's signature. */
  async event(signer: SignerName, content: Record<string, unknown>): Promise<string> {
    const { events } = await this.approval();
    const place = {
      approval: this.id,
      index: events.length + 1,
      prev: events.at(-1)?.hash ?? FIRST_PREV,
      at: Date.now(),
    };
    return sealed(signingAs(signer, OWN_SECRET), 'event', { ...place, ...content });
  }

  append(...lines: string[]): Promise<unknown> {
    return this.here.store.rpush(keys.events(this.id), ...lines);
  }

  lines(id = this.id): Promise<string[]> {
    return this.here.store.lrange(keys.events(id), 0, -1);
  }

  /** Replaces words in the line at this index. */
  async edit(index: number, from: string | RegExp, to: string): Promise<void> {
    const line = (await this.here.store.lindex(keys.events(this.id), index)) ?? '';
    const edited = line.replaceAll(from, to);
    if (edited === line) throw new Error(`nothing to edit: ${String(from)}`);
    await this.here.store.lset(keys.events(this.id), index, edited);
  }

  /** Keeps only the first events. */
  async cut(count: number): Promise<void> {
    await this.here.store.ltrim(keys.events(this.id), 0, count - 1);
  }

  /** Makes the sweeper look at the approval: its job, its card, its entries in the audit log. */
  async nudge(): Promise<void> {
    for (const index of REDIS_INDEXES) await this.here.store.zadd(index, 1, this.id);
  }

  /** Puts a job on a queue as it is. */
  async job(queue: keyof typeof QUEUES, id: string, data: unknown): Promise<void> {
    const producer = new Queue(QUEUES[queue], { connection: this.here.store, prefix: QUEUE_PREFIX });
    producer.on('error', () => {});
    await producer.add('forged', data, { jobId: id });
    await producer.close();
  }

  /** A job with the attacker's signature. */
  signedJob(queue: keyof typeof QUEUES, id: string, content: unknown, signer: SignerName = 'bot'): Promise<void> {
    return this.job(queue, id, { trace: id, signed: sealed(signingAs(signer, OWN_SECRET), 'job', content) });
  }

  /** Resolves once something is on record about it. */
  async reported(action: string, id = this.id): Promise<void> {
    await until(`${action} of ${id} is on record`, async () => {
      const lines = await this.here.store.lrange(keys.audit.log, 0, -1);
      return lines.some(line => line.includes(`"action":"${action}"`) && line.includes(id));
    });
  }

  /** An approver says yes, and it comes to its end. */
  async approve(): Promise<Approval> {
    await this.here.press(this.here.people.approver, this.button);
    return this.here.reaches(this.id, 'verified');
  }

  async revoke(): Promise<Approval> {
    const { here, button } = this;
    const { approver } = here.people;
    const revoke = await until('a Revoke button', () =>
      here.buttons('revoke', button.channel).find(({ value }) => value === this.id),
    );
    await here.press(approver, revoke);
    await until('the modal', () => here.modal(approver));
    await here.submit(approver, { reason: 'not needed' });
    return here.reaches(this.id, 'revoked');
  }

  async deny(): Promise<Approval> {
    const { here, button } = this;
    const { approver } = here.people;
    const [deny] = here.buttons('deny', button.channel);
    if (!deny) throw new Error('no Deny button');
    await here.press(approver, deny);
    await until('the modal', () => here.modal(approver));
    await here.submit(approver, { reason: 'no' });
    return here.reaches(this.id, 'denied');
  }
}
