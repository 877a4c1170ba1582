/** The jobs of a watch: the first posts how things are, later ones only what appeared, changed or went away. */
import type { DiagnosisJob } from '../src/contracts/jobs.ts';
import type { Report } from '../src/contracts/report.ts';
import type { Language } from '../src/contracts/text.ts';
import { workerText } from '../src/locales/worker.ts';
import type { Message } from '../src/slack/messages/blocks.ts';
import { changesBetween, changesMessage, type Digest, digestOf } from '../src/slack/messages/change.ts';
import { type Watch, Watches } from '../src/store/watches.ts';
import type { DiagnoseContext, Outcome } from './steps/task.ts';

export interface WatchContext {
  readonly watch: Watch;
  /** What the last run found; absent in the first. */
  readonly last?: Digest;
}

/** What is new in a run: the findings to post, and the message above them. */
export interface News {
  readonly report: Report;
  verdict(): Message;
}

type Looked = Exclude<Outcome, { kind: 'cancelled' }>;

/** The digest's entry for a run that could not look: it appears and goes away like a finding. */
const COULD_NOT_LOOK = 'could-not-look';

/** Undefined where the job belongs to no watch; `stopped` where its watch ended while it waited. */
export async function watchOf(
  { redis }: DiagnoseContext,
  job: DiagnosisJob,
): Promise<WatchContext | 'stopped' | undefined> {
  if (job.watch === undefined) return undefined;
  const watches = new Watches(redis);
  const [watch, last] = await Promise.all([watches.get(job.watch), watches.digest(job.watch)]);
  return watch ? { watch, ...(last ? { last } : {}) } : 'stopped';
}

/** Undefined where all is as it was. */
export function compare(
  { watch, last = {} }: WatchContext,
  outcome: Looked,
  language: Language,
): (Partial<News> & Pick<News, 'verdict'>) | undefined {
  const changes = changesBetween(last, digestAfter(outcome, last, language));
  if (!changes) return undefined;
  const verdict = () => changesMessage({ target: watch.target, watch: watch.id, changes }, language);
  if (outcome.kind !== 'found') return { verdict };
  const { report } = outcome.found;
  const isNew = (finding: Report['findings'][number]) =>
    Object.entries(digestOf({ findings: [finding] })).some(([key, { status }]) => last[key]?.status !== status);
  return { report: { ...report, findings: report.findings.filter(isNew) }, verdict };
}

/** Keeps what this run found for the next one to compare with. Nothing to do where there is no watch. */
export async function remember(
  { redis }: DiagnoseContext,
  watching: WatchContext | undefined,
  outcome: Outcome,
  language: Language,
): Promise<void> {
  if (!watching || outcome.kind === 'cancelled') return;
  await new Watches(redis).saveDigest(watching.watch.id, digestAfter(outcome, watching.last ?? {}, language));
}

/** Where nothing could be looked at, what was found before still stands, and that is said once. */
function digestAfter(outcome: Looked, last: Digest, language: Language): Digest {
  if (outcome.kind === 'found') return digestOf(outcome.found.report);
  const headline = outcome.why.text[language];
  return { ...last, [COULD_NOT_LOOK]: { status: 'unknown', headline, title: workerText.canLook[language] } };
}
