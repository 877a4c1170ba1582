/**
 * The audit log: append-only, each entry bound to the one before it by its hash, and to the plan key by an HMAC where there
 * is a key. Who can write to Redis but has no key can neither change, drop, insert nor cut off entries unseen. (A whole
 * older copy put back, head included, shows only against an exported copy.)
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { canonicalJson } from '../contracts/plan.ts';
import type { Text } from '../contracts/text.ts';
import { keys } from '../store/keys.ts';
import { scripts } from '../store/scripts.ts';
import { Person } from './approval.ts';

/** What happened. `detail` holds evidence, policies before and after with their etags, verification. */
export const AuditEvent = z.object({
  /** `approval.open`, `approval.approve`, `approval.refused` … */
  action: z.string().min(1),
  /** RFC 3339. */
  at: z.string(),
  /** Absent where gke-auth itself did it. */
  who: Person.partial({ id: true, team: true }).optional(),
  approval: z.string().optional(),
  planHash: z.string().optional(),
  reason: z.string().optional(),
  /** Why it was refused, as a code. */
  refusal: z.string().optional(),
  detail: z.record(z.string(), z.unknown()).optional(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

export const AuditEntry = z.object({
  /** 1, 2, 3 … */
  seq: z.number().int().positive(),
  /** What was appended under a key is never appended under it again. */
  key: z.string(),
  event: AuditEvent,
  /** Hash of the entry before; 64 zeros in the first. */
  prev: z.string(),
  /** SHA-256 of the canonical JSON of the four above. */
  hash: z.string(),
  /** HMAC-SHA256 of `hash` with the plan key. */
  mac: z.string().optional(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly mac?: string;
}

export interface AuditLog {
  /** Appends what is not recorded yet under its key, in this order. @throws where Redis doesn't take it. */
  append(records: readonly { readonly key: string; readonly event: AuditEvent }[]): Promise<void>;
  /** Every entry as it is stored, oldest first: one line of JSON each (the export). */
  lines(): AsyncGenerator<string>;
  /** Where the log ends, for `verifyChain`; undefined while it is empty. */
  head(): Promise<Head | undefined>;
}

export interface AuditOptions {
  readonly redis: Redis;
  /** `GKE_AUTH_PLAN_KEY`. */
  readonly planKey?: string;
  /** Takes secrets out of an event before it is stored. */
  readonly redact: <Value>(value: Value) => Value;
}

const ZEROS = '0'.repeat(64);
const PAGE = 500;
const ATTEMPTS = 100;

export function createAuditLog({ redis, planKey, redact }: AuditOptions): AuditLog {
  let queue: Promise<unknown> = Promise.resolve();

  async function head(): Promise<Head | undefined> {
    const stored = await redis.hgetall(keys.audit.head);
    return stored.seq && stored.hash ? { seq: Number(stored.seq), hash: stored.hash, mac: stored.mac } : undefined;
  }

  async function appendOnce(records: readonly { key: string; event: AuditEvent }[]): Promise<boolean> {
    const recorded = await redis.hmget(keys.audit.recorded, ...records.map(({ key }) => key));
    const fresh = records.filter((_, i) => recorded[i] === null);
    if (fresh.length === 0) return true;
    // What is hashed must be what is read again: JSON drops and turns some values.
    const clean = fresh.map(({ key, event }) => ({ key, event: AuditEvent.parse(plain(redact(event))) }));
    const before = await head();
    let last: Head = before ?? { seq: 0, hash: ZEROS };
    const entries = clean.map(({ key, event }) => {
      const entry = seal({ seq: last.seq + 1, key, event, prev: last.hash }, planKey);
      last = entry;
      return entry;
    });
    const args = [before?.seq ?? 0, before?.hash ?? '', last.seq, last.hash, headMac(last, planKey) ?? ''];
    const pairs = entries.flatMap(entry => [entry.key, JSON.stringify(entry)]);
    const reply = await scripts.append.run(
      redis,
      [keys.audit.log, keys.audit.head, keys.audit.recorded],
      [...args, ...pairs],
    );
    return reply === 1;
  }

  async function append(records: readonly { key: string; event: AuditEvent }[]): Promise<void> {
    if (records.length === 0) return;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (await appendOnce(records)) return;
      await sleep(Math.random() * Math.min(attempt * 2, 50));
    }
    throw new Error('The audit log is written by too many at once: an entry found no place.');
  }

  return {
    head,
    append(records) {
      // One writer per process: only other processes can be in the way.
      const turn = queue.then(() => append(records));
      queue = turn.catch(() => {});
      return turn;
    },
    async *lines() {
      for (let start = 0; ; start += PAGE) {
        const page = await redis.lrange(keys.audit.log, start, start + PAGE - 1);
        yield* page;
        if (page.length < PAGE) return;
      }
    },
  };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function seal(content: Pick<AuditEntry, 'seq' | 'key' | 'event' | 'prev'>, planKey: string | undefined): AuditEntry {
  const hash = createHash('sha256').update(canonicalJson(content)).digest('hex');
  return { ...content, hash, mac: hmac(hash, planKey) };
}

const hmac = (text: string, key: string | undefined) =>
  key === undefined ? undefined : createHmac('sha256', key).update(text).digest('hex');

const headMac = ({ seq, hash }: Head, key: string | undefined) => hmac(`head ${seq} ${hash}`, key);

export type ChainVerdict =
  | { readonly ok: true; readonly count: number; readonly head: string }
  | { readonly ok: false /** `seq` of the first entry that is wrong. */; readonly at: number; readonly reason: Text };

/**
 * Proves the chain unbroken: every hash, every link, every HMAC where there is a key, and its end where the head is given.
 * @param lines as `AuditLog.lines()` gives them, or an exported file.
 */
export async function verifyChain(
  lines: AsyncIterable<string> | Iterable<string>,
  { head, planKey }: { readonly head?: Head; readonly planKey?: string } = {},
): Promise<ChainVerdict> {
  let last: Head = { seq: 0, hash: ZEROS };
  for await (const line of lines) {
    const at = last.seq + 1;
    const entry = parseEntry(line);
    if (!entry) return broken(at, reasons.unreadable);
    const expected = seal({ seq: at, key: entry.key, event: entry.event, prev: last.hash }, planKey);
    if (entry.seq !== at || entry.prev !== last.hash) return broken(at, reasons.link);
    if (entry.hash !== expected.hash) return broken(at, reasons.hash);
    if (planKey !== undefined && !same(entry.mac, expected.mac)) return broken(at, reasons.mac);
    last = entry;
  }
  if (head && (head.seq !== last.seq || head.hash !== last.hash)) return broken(last.seq + 1, reasons.end);
  if (head && planKey !== undefined && !same(head.mac, headMac(head, planKey)))
    return broken(last.seq + 1, reasons.end);
  return { ok: true, count: last.seq, head: last.hash };
}

const READS = 10;

/** Proves a living log unbroken. One that grows while it is read seems to end in the wrong place: then it is read again. */
export async function verifyLog(audit: AuditLog, planKey?: string): Promise<ChainVerdict> {
  for (let attempt = 1; ; attempt++) {
    const head = await audit.head();
    const verdict = await verifyChain(audit.lines(), { head, planKey });
    if (verdict.ok || attempt === READS || (await audit.head())?.hash === head?.hash) return verdict;
  }
}

function parseEntry(line: string): AuditEntry | undefined {
  try {
    return AuditEntry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

const broken = (at: number, reason: Text): ChainVerdict => ({ ok: false, at, reason });

const reasons = {
  unreadable: { en: 'this entry is not readable', ja: 'この記録を読み取れません' },
  link: {
    en: 'this entry does not follow the one before it: an entry was removed, inserted or moved',
    ja: 'この記録は直前の記録につながりません。記録が削除、挿入、または移動されています',
  },
  hash: { en: 'this entry was changed after it was written', ja: 'この記録は書き込み後に変更されています' },
  mac: {
    en: 'this entry was not written with the plan key (GKE_AUTH_PLAN_KEY), or the key here is another',
    ja: 'この記録は計画の鍵（GKE_AUTH_PLAN_KEY）で書き込まれていないか、ここの鍵が異なります',
  },
  end: {
    en: 'the log does not end where its head says: entries were cut off or added',
    ja: '記録の末尾が一致しません。記録が切り取られたか、追加されています',
  },
} as const satisfies Record<string, Text>;
