/**
 * The audit log: append-only, each entry bound to the one before it by its hash and signed by the process that wrote it. Who
 * can write to Redis but has no key can neither change, drop, insert nor cut off entries unseen. A whole older copy put back,
 * head included, shows against a checkpoint (`audit-tail.ts`).
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { canonicalJson } from '../contracts/canonical-json.ts';
import type { Text } from '../contracts/text.ts';
import { Seal, type SignerName, type Signing } from '../signing/signing.ts';
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
  /** Of an approval's event: its place in the approval's history, and the hash of its signed line. */
  index: z.number().int().positive().optional(),
  eventHash: z.string().optional(),
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
  seal: Seal,
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** Where the log ends. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** The head with the signature of whoever wrote the last entry: nobody else can set it back. */
export const SignedHead = z.object({ seq: z.coerce.number().int().positive(), hash: z.string(), seal: Seal });
export type SignedHead = z.infer<typeof SignedHead>;

export interface AuditLog {
  /** Appends what is not recorded yet under its key, in this order. @throws where Redis doesn't take it. */
  append(records: readonly { readonly key: string; readonly event: AuditEvent }[]): Promise<void>;
  /** Every entry as it is stored, oldest first: one line of JSON each (the export). `after`: this many are left out. */
  lines(after?: number): AsyncGenerator<string>;
  /** Where the log ends, for `verifyChain`; undefined where none is stored or it is unreadable. */
  head(): Promise<SignedHead | undefined>;
  /** Writes the first entry of an empty log, so that a log without entries is one that was removed. */
  begin(): Promise<void>;
}

export interface AuditOptions {
  readonly redis: Redis;
  readonly signing: Signing;
  /** Takes secrets out of an event before it is stored. */
  readonly redact: <Value>(value: Value) => Value;
}

const ZEROS = '0'.repeat(64);
const PAGE = 500;
const ATTEMPTS = 100;

/**
 * An approval's event in the place of another one that is on record: the history was cut and goes on differently. Both are
 * recorded, and that it happened.
 */
function asReplacement({ key, event }: Unwritten): Unwritten[] {
  const { approval, index, eventHash } = event;
  const detail = { what: `event ${index} stands in the place of another one that is on record` };
  return [
    { key: `tampered ${key} ${eventHash}`, event: { action: 'approval.tampered', at: event.at, approval, detail } },
    { key: `${key} ${eventHash}`, event },
  ];
}

/** Written where the log does not end as its head says: by whoever notices it, so that it stays on record. */
export const ALTERED = 'audit.altered';

const End = z.tuple([z.string().nullable(), z.number(), z.record(z.string(), z.string())]);

interface Unwritten {
  readonly key: string;
  readonly event: AuditEvent;
}

export function createAuditLog({ redis, signing, redact }: AuditOptions): AuditLog {
  let queue: Promise<unknown> = Promise.resolve();

  async function head(): Promise<SignedHead | undefined> {
    const { seal, ...stored } = await redis.hgetall(keys.audit.head);
    const parsed = SignedHead.safeParse({ ...stored, seal: json(seal) });
    return parsed.success ? parsed.data : undefined;
  }

  /** The last entry as it is stored, and what was altered where the head says otherwise. */
  async function end(): Promise<{ last: Head; altered?: Unwritten }> {
    const replies = await redis.multi().lindex(keys.audit.log, -1).llen(keys.audit.log).hgetall(keys.audit.head).exec();
    const [line, seq, stored] = End.parse(replies?.map(([error, reply]) => error ?? reply));
    const last: Head = line === null ? { seq: 0, hash: ZEROS } : { seq, hash: parseEntry(line)?.hash ?? '' };
    const { seal, ...claimed } = stored;
    if (line === null && Object.keys(stored).length === 0) return { last };
    const before = SignedHead.safeParse({ ...claimed, seal: json(seal) });
    const signed =
      before.success &&
      signing.signerOf('audit head', { seq: before.data.seq, hash: before.data.hash }, before.data.seal);
    if (signed && before.data.seq === last.seq && before.data.hash === last.hash) return { last };
    const head = before.success ? { seq: before.data.seq, hash: before.data.hash } : null;
    const event = { action: ALTERED, at: new Date().toISOString(), detail: { end: last, head } };
    return { last, altered: { key: `altered ${last.seq} ${last.hash}`, event } };
  }

  /** Which of these are in the log. Somebody without a key may have marked what is not. */
  async function missing(records: readonly Unwritten[]): Promise<Unwritten[]> {
    const marks = await redis.hmget(keys.audit.recorded, ...records.map(({ key }) => key));
    const lookUp = redis.pipeline();
    for (const mark of marks) lookUp.lindex(keys.audit.log, mark === null ? -1 : Number(mark) - 1 || 0);
    const lines = (await lookUp.exec())?.map(([error, reply]) => (error ? null : reply));
    const wrong: string[] = [];
    const fresh: Unwritten[] = [];
    const replacing: Unwritten[] = [];
    for (const [i, record] of records.entries()) {
      const line = marks[i] === null ? undefined : lines?.[i];
      const entry = typeof line === 'string' ? parseEntry(line) : undefined;
      if (entry?.key !== record.key) {
        if (marks[i] !== null) wrong.push(record.key);
        fresh.push(record);
      } else if (entry.event.eventHash !== record.event.eventHash) replacing.push(...asReplacement(record));
    }
    if (wrong.length > 0) await redis.hdel(keys.audit.recorded, ...wrong);
    return replacing.length > 0 ? [...fresh, ...(await missing(replacing))] : fresh;
  }

  async function appendOnce(records: readonly Unwritten[]): Promise<boolean> {
    const fresh = await missing(records);
    if (fresh.length === 0) return true;
    const { last: before, altered } = await end();
    // What is hashed must be what is read again: JSON drops and turns some values.
    const clean = [...(altered ? [altered] : []), ...fresh].map(({ key, event }) => ({
      key,
      event: AuditEvent.parse(plain(redact(event))),
    }));
    let last = before;
    const entries = clean.map(({ key, event }) => {
      const content = { seq: last.seq + 1, key, event, prev: last.hash };
      const hash = hashOf(content);
      const entry: AuditEntry = { ...content, hash, seal: signing.seal('audit entry', hash) };
      last = entry;
      return entry;
    });
    const { seq, hash } = last;
    const seal = JSON.stringify(signing.seal('audit head', { seq, hash }));
    const pairs = entries.flatMap(entry => [entry.key, JSON.stringify(entry)]);
    const reply = await scripts.append.run(
      redis,
      [keys.audit.log, keys.audit.head, keys.audit.recorded],
      [before.seq, seq, hash, seal, ...pairs],
    );
    return reply === 1;
  }

  async function append(records: readonly Unwritten[]): Promise<void> {
    if (records.length === 0) return;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (await appendOnce(records)) return;
      await sleep(Math.random() * Math.min(attempt * 2, 50));
    }
    throw new Error('The audit log is written by too many at once: an entry found no place.');
  }

  const log: AuditLog = {
    head,
    append(records) {
      // One writer per process: only other processes can be in the way.
      const turn = queue.then(() => append(records));
      queue = turn.catch(() => {});
      return turn;
    },
    async *lines(after = 0) {
      for (let start = after; ; start += PAGE) {
        const page = await redis.lrange(keys.audit.log, start, start + PAGE - 1);
        yield* page;
        if (page.length < PAGE) return;
      }
    },
    async begin() {
      const event = { action: 'audit.begin', at: new Date().toISOString() };
      if ((await end()).last.seq === 0) await log.append([{ key: 'begin', event }]);
    },
  };
  return log;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const hashOf = ({ seq, key, event, prev }: Pick<AuditEntry, 'seq' | 'key' | 'event' | 'prev'>): string =>
  createHash('sha256').update(canonicalJson({ seq, key, event, prev })).digest('hex');

export type ChainVerdict =
  | { readonly ok: true; readonly count: number; readonly head: string }
  | { readonly ok: false /** `seq` of the first entry that is wrong. */; readonly at: number; readonly reason: Text };

/** One entry read, verified and bound to the one before it; else why not. */
export function nextEntry(line: string, last: Head, signing: Signing): (AuditEntry & { signer: SignerName }) | Text {
  const entry = parseEntry(line);
  if (!entry) return reasons.unreadable;
  if (entry.seq !== last.seq + 1 || entry.prev !== last.hash) return reasons.link;
  if (entry.hash !== hashOf(entry)) return reasons.hash;
  const signer = signing.signerOf('audit entry', entry.hash, entry.seal);
  return signer ? { ...entry, signer } : reasons.seal;
}

/**
 * Proves the chain unbroken: every hash, every link, every signature, its end where the head is given, and that it contains
 * what the checkpoints say.
 * @param lines as `AuditLog.lines()` gives them, or an exported file.
 */
export async function verifyChain(
  lines: AsyncIterable<string> | Iterable<string>,
  {
    head,
    checkpoints = [],
    signing,
  }: { readonly head?: SignedHead; readonly checkpoints?: readonly Head[]; readonly signing: Signing },
): Promise<ChainVerdict> {
  const wanted = new Map(checkpoints.map(({ seq, hash }) => [seq, hash]));
  let last: Head = { seq: 0, hash: ZEROS };
  for await (const line of lines) {
    const at = last.seq + 1;
    const entry = nextEntry(line, last, signing);
    if (!('seq' in entry)) return broken(at, entry);
    if ((wanted.get(at) ?? entry.hash) !== entry.hash) return broken(at, reasons.checkpoint);
    if (entry.event.action === ALTERED) return broken(at, reasons.altered);
    last = entry;
  }
  const beyond = checkpoints.find(({ seq }) => seq > last.seq);
  if (beyond) return broken(last.seq + 1, reasons.checkpoint);
  if (head && (head.seq !== last.seq || head.hash !== last.hash)) return broken(last.seq + 1, reasons.end);
  if (head && !signing.signerOf('audit head', { seq: head.seq, hash: head.hash }, head.seal)) {
    return broken(last.seq + 1, reasons.end);
  }
  return { ok: true, count: last.seq, head: last.hash };
}

const READS = 10;

/**
 * Proves a living log unbroken. One that grows while it is read seems to end in the wrong place: then it is read again. A log
 * without a head, or without entries, was removed: every process begins it at its start.
 */
export async function verifyLog(
  audit: AuditLog,
  signing: Signing,
  checkpoints: readonly Head[] = [],
): Promise<ChainVerdict> {
  for (let attempt = 1; ; attempt++) {
    const head = await audit.head();
    const verdict = await verifyChain(audit.lines(), { head, checkpoints, signing });
    if (!head && verdict.ok) return broken(verdict.count + 1, reasons.head);
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

function json(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const broken = (at: number, reason: Text): ChainVerdict => ({ ok: false, at, reason });

const reasons = {
  unreadable: { en: 'this entry is not readable', ja: 'この記録を読み取れません' },
  link: {
    en: 'this entry does not follow the one before it: an entry was removed, inserted or moved',
    ja: 'この記録は直前の記録につながりません。記録が削除、挿入、または移動されています',
  },
  hash: { en: 'this entry was changed after it was written', ja: 'この記録は書き込み後に変更されています' },
  seal: {
    en: 'this entry was not signed with a key of gke-auth, or the keys here are others',
    ja: 'この記録は gke-auth の鍵で署名されていないか、ここの鍵が異なります',
  },
  head: {
    en: 'the log has no head: it was removed, or Redis is another one',
    ja: '記録の末尾の情報がありません。削除されたか、別の Redis です',
  },
  altered: {
    en: 'before this entry, the log was cut off, removed or given entries without a key',
    ja: 'この記録より前で、ログが切り取られたか、削除されたか、鍵のない記録が追加されています',
  },
  checkpoint: {
    en: 'the log is not the one that the checkpoint was made of: it was cut off, replaced or put back from a copy',
    ja: 'チェックポイントの時点の記録と一致しません。切り取られたか、置き換えられたか、古いコピーに戻されています',
  },
  end: {
    en: 'the log does not end where its head says: entries were cut off or added',
    ja: '記録の末尾が一致しません。記録が切り取られたか、追加されています',
  },
} as const satisfies Record<string, Text>;
