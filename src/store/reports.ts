/** What Slack shows again later: past jobs (to run them again), reports (history, all results, the text of a fix). */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { DiagnosisJob } from '../contracts/jobs.ts';
import { MessageRef } from '../contracts/outgoing.ts';
import { type Remedy, Report, Summary } from '../contracts/report.ts';
import { LANGUAGES } from '../contracts/text.ts';
import { type SignerName, type Signing, sealed, unsealed } from '../signing/signing.ts';
import { type Command, writeTogether } from './fence.ts';

const DAY_S = 24 * 3600;
const KEEP_S = 30 * DAY_S;
/** The messages of its approvals are made of it, for as long as a grant can be revoked. */
const KEEP_WITH_APPROVALS_S = 120 * DAY_S;
const LISTED = 200;
const key = (name: string) => `{gke-auth}:${name}`;

const keys = {
  job: (id: string) => key(`job:${id}`),
  report: (id: string) => key(`report:${id}`),
  past: (id: string) => key(`past:${id}`),
  thread: (id: string) => key(`report:${id}:thread`),
  all: key('reports'),
  ofCluster: (cluster: string) => key(`reports:cluster:${cluster}`),
  ofUser: (user: string) => key(`reports:user:${user}`),
  clusters: key('clusters'),
};

export const StoredReport = z.object({
  report: Report,
  /** Slack user id. */
  askedBy: z.string(),
  /** Where its thread is; `ts` is empty while nothing is posted. */
  channel: z.string(),
  ts: z.string(),
  /** Of its thread. */
  language: z.enum(LANGUAGES),
  /** Ids of the approvals it opened. */
  approvals: z.array(z.string()),
  /** How many problems each message of its thread holds, and how many approvals each of the approvals channel. Absent: one. */
  pages: z
    .object({ thread: z.array(z.number().int()), approvalsChannel: z.array(z.number().int()) })
    .default({ thread: [], approvalsChannel: [] }),
});
export type StoredReport = z.infer<typeof StoredReport>;

/** One line of the history. */
export const PastReport = z.object({
  id: z.string(),
  at: z.string(),
  project: z.string(),
  location: z.string().optional(),
  cluster: z.string(),
  askedBy: z.string(),
  channel: z.string(),
  ts: z.string(),
  summary: Summary,
});
export type PastReport = z.infer<typeof PastReport>;

/** A cluster that was seen: `project/location/cluster`. */
export type KnownCluster = string;

export class Reports {
  readonly #redis: Redis;
  readonly #signing: Signing;

  constructor(redis: Redis, signing: Signing) {
    this.#redis = redis;
    this.#signing = signing;
  }

  /** So that it can be run again; its response URL, which lets anyone post, is left out. */
  async saveJob(job: DiagnosisJob): Promise<void> {
    const { responseUrl: _, ...place } = job.place;
    await this.#redis.set(keys.job(job.id), sealed(this.#signing, 'job', { ...job, place }), 'EX', KEEP_S);
  }

  async job(id: string): Promise<DiagnosisJob | undefined> {
    const job = this.#read(DiagnosisJob, 'job', await this.#redis.get(keys.job(id)), ['bot']);
    return job?.id === id ? job : undefined;
  }

  async save(stored: z.input<typeof StoredReport>): Promise<void> {
    await writeTogether(this.#redis, savingReport(this.#signing, StoredReport.parse(stored)));
  }

  /** Where its thread is, once it is posted. */
  async saveThread(id: string, ref: MessageRef): Promise<void> {
    await this.#redis.set(keys.thread(id), JSON.stringify(ref), 'EX', KEEP_WITH_APPROVALS_S);
  }

  async report(id: string): Promise<StoredReport | undefined> {
    const [report, thread] = await this.#redis.mget(keys.report(id), keys.thread(id));
    const stored = this.#read(StoredReport, 'report', report, ['diagnoser']);
    return stored?.report.id === id ? { ...stored, ...placeIn(thread) } : undefined;
  }

  async isStored(id: string): Promise<boolean> {
    return (await this.#redis.exists(keys.report(id))) === 1;
  }

  /** Newest first. */
  async past(of: { cluster?: string; user?: string }, limit: number): Promise<PastReport[]> {
    const list = of.cluster ? keys.ofCluster(of.cluster) : of.user ? keys.ofUser(of.user) : keys.all;
    const ids = await this.#redis.zrevrange(list, 0, limit - 1);
    if (ids.length === 0) return [];
    const stored = await this.#redis.mget([...ids.map(keys.past), ...ids.map(keys.thread)]);
    return ids.flatMap((_, i) => {
      const past = this.#read(PastReport, 'report', stored[i], ['diagnoser']);
      return past ? [{ ...past, ...placeIn(stored[ids.length + i]) }] : [];
    });
  }

  /** Clusters that a worker saw while it listed them; for the picker. */
  async rememberClusters(clusters: readonly KnownCluster[], at = Date.now()): Promise<void> {
    if (clusters.length > 0) await writeTogether(this.#redis, rememberingClusters(clusters, at));
  }

  /** Those whose name contains the text, the ones seen last first. */
  async clusters(text: string, limit: number): Promise<KnownCluster[]> {
    const all = await this.#redis.zrevrange(keys.clusters, 0, 4_999);
    const wanted = text.trim().toLowerCase();
    return all.filter(cluster => cluster.toLowerCase().includes(wanted)).slice(0, limit);
  }

  /** What somebody without a key wrote is as if it were not there. */
  #read<Schema extends z.ZodType>(
    schema: Schema,
    purpose: 'job' | 'report',
    text: string | null | undefined,
    by: readonly SignerName[],
  ): z.infer<Schema> | undefined {
    if (!text) return undefined;
    const parsed = schema.safeParse(unsealed(this.#signing, purpose, text, by));
    return parsed.success ? parsed.data : undefined;
  }
}

/** Where a thread is, as Redis has it; nothing where that is no place. */
function placeIn(text: string | null | undefined): Partial<MessageRef> {
  if (!text) return {};
  try {
    return MessageRef.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

/** The commands that store a report, signed by this process. */
export function savingReport(signing: Signing, stored: StoredReport): Command[] {
  const { report, askedBy, channel, ts, approvals } = stored;
  const { project, location, cluster } = report.target;
  const past: PastReport = {
    id: report.id,
    at: report.startedAt,
    project,
    ...(location && { location }),
    cluster,
    askedBy,
    channel,
    ts,
    summary: report.summary,
  };
  const at = String(Date.parse(report.startedAt));
  const kept = String(approvals.length > 0 ? KEEP_WITH_APPROVALS_S : KEEP_S);
  const lists = [keys.all, keys.ofCluster(cluster), keys.ofUser(askedBy)];
  return [
    ['SET', keys.report(report.id), sealed(signing, 'report', stored), 'EX', kept],
    ['SET', keys.past(report.id), sealed(signing, 'report', past), 'EX', String(KEEP_S)],
    ...lists.flatMap((list): Command[] => [
      ['ZADD', list, at, report.id],
      ['ZREMRANGEBYRANK', list, '0', String(-LISTED - 1)],
      ['EXPIRE', list, String(KEEP_S)],
    ]),
    ...(location ? rememberingClusters([`${project}/${location}/${cluster}`], Date.parse(report.startedAt)) : []),
  ];
}

function rememberingClusters(clusters: readonly KnownCluster[], at: number): Command[] {
  return [
    ...clusters.map((cluster): Command => ['ZADD', keys.clusters, String(at), cluster]),
    ['ZREMRANGEBYRANK', keys.clusters, '0', '-5001'],
  ];
}

/** What `remedyReference` names. */
export function remedyAt(stored: StoredReport, finding: number, remedy: number): Remedy | undefined {
  return stored.report.findings[finding]?.remedies[remedy];
}
