/** What Slack shows again later: past jobs (to run them again), reports (history, all results, the text of a fix). */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { DiagnosisJob } from '../contracts/jobs.ts';
import { type Remedy, Report, Summary } from '../contracts/report.ts';
import { LANGUAGES } from '../contracts/text.ts';
import { type SignerName, type Signing, sealed, unsealed } from '../signing/signing.ts';
import type { Message } from '../slack/messages/blocks.ts';

const KEEP_S = 30 * 24 * 3600;
/** A job is over long before. */
const KEEP_VERDICT_S = 24 * 3600;
const LISTED = 200;
const key = (name: string) => `{gke-auth}:${name}`;

const keys = {
  job: (id: string) => key(`job:${id}`),
  report: (id: string) => key(`report:${id}`),
  verdict: (id: string) => key(`verdict:${id}`),
  all: key('reports'),
  ofCluster: (cluster: string) => key(`reports:cluster:${cluster}`),
  ofUser: (user: string) => key(`reports:user:${user}`),
  clusters: key('clusters'),
};

export const StoredReport = z.object({
  report: Report,
  /** Slack user id. */
  askedBy: z.string(),
  /** Where its thread is. */
  channel: z.string(),
  ts: z.string(),
  /** Of its thread. */
  language: z.enum(LANGUAGES),
  /** Ids of the approvals it opened. */
  approvals: z.array(z.string()),
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

const StoredVerdict = z.object({ id: z.string(), verdict: z.unknown() });

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

  /** Called by the worker once the report's thread is there; again with the approvals, or when it is posted anew. */
  async save(stored: StoredReport): Promise<void> {
    const { report, askedBy, channel, ts } = stored;
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
    const at = Date.parse(report.startedAt);
    const write = this.#redis
      .multi()
      .set(keys.report(report.id), sealed(this.#signing, 'report', stored), 'EX', KEEP_S);
    write.set(key(`past:${report.id}`), sealed(this.#signing, 'report', past), 'EX', KEEP_S);
    for (const list of [keys.all, keys.ofCluster(cluster), keys.ofUser(askedBy)]) {
      write
        .zadd(list, at, report.id)
        .zremrangebyrank(list, 0, -LISTED - 1)
        .expire(list, KEEP_S);
    }
    if (location) this.#remember(write, [`${project}/${location}/${cluster}`], at);
    const failed = (await write.exec())?.find(([error]) => error);
    if (failed?.[0]) throw failed[0];
  }

  /** The message that says it all, for a worker that has to post it after another one died. */
  async saveVerdict(id: string, verdict: Message): Promise<void> {
    await this.#redis.set(keys.verdict(id), sealed(this.#signing, 'report', { id, verdict }), 'EX', KEEP_VERDICT_S);
  }

  async verdict(id: string): Promise<Message | undefined> {
    const text = await this.#redis.get(keys.verdict(id));
    const stored = this.#read(StoredVerdict, 'report', text, ['diagnoser']);
    // Signed by saveVerdict alone; what Slack takes has no schema of ours.
    return stored?.id === id ? (stored.verdict as Message) : undefined;
  }

  async report(id: string): Promise<StoredReport | undefined> {
    const stored = this.#read(StoredReport, 'report', await this.#redis.get(keys.report(id)), ['diagnoser']);
    return stored?.report.id === id ? stored : undefined;
  }

  /** Newest first. */
  async past(of: { cluster?: string; user?: string }, limit: number): Promise<PastReport[]> {
    const list = of.cluster ? keys.ofCluster(of.cluster) : of.user ? keys.ofUser(of.user) : keys.all;
    const ids = await this.#redis.zrevrange(list, 0, limit - 1);
    if (ids.length === 0) return [];
    const stored = await this.#redis.mget(ids.map(id => key(`past:${id}`)));
    return stored.map(text => this.#read(PastReport, 'report', text, ['diagnoser'])).filter(past => past !== undefined);
  }

  /** Clusters that a worker saw while it listed them; for the picker. */
  async rememberClusters(clusters: readonly KnownCluster[], at = Date.now()): Promise<void> {
    if (clusters.length === 0) return;
    await this.#remember(this.#redis.multi(), clusters, at).exec();
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

  #remember<Write extends ReturnType<Redis['multi']>>(
    write: Write,
    clusters: readonly KnownCluster[],
    at: number,
  ): Write {
    for (const cluster of clusters) write.zadd(keys.clusters, at, cluster);
    write.zremrangebyrank(keys.clusters, 0, -5_001);
    return write;
  }
}

/** What `remedyReference` names. */
export function remedyAt(stored: StoredReport, finding: number, remedy: number): Remedy | undefined {
  return stored.report.findings[finding]?.remedies[remedy];
}
