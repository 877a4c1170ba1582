/** The job of a watch: the first run shows how things are, later ones only what appeared, changed or went away. */
import type { DiagnosisJob } from '../src/contracts/jobs.ts';
import type { Report } from '../src/contracts/report.ts';
import type { Language } from '../src/contracts/text.ts';
import type { Session } from '../src/diagnosis/facts/session.ts';
import { workerText } from '../src/locales/worker.ts';
import { changesBetween, changesMessage, type Digest, digestOf } from '../src/slack/messages/change.ts';
import type { Run } from '../src/store/job-worker.ts';
import { savingDigest, Watches } from '../src/store/watches.ts';
import { diagnoseCluster } from './diagnose.ts';
import { scanProjects } from './scan.ts';
import type { Answer, Outcome } from './steps/answer.ts';
import { attempt, type OnProgress } from './steps/attempt.ts';
import { parentOf } from './steps/messages.ts';
import { openApprovals } from './steps/open-approvals.ts';
import { isPublished, publish, publishStopped } from './steps/publish.ts';
import type { DiagnosisServices } from './worker/services.ts';

/** The digest's entry for a run that could not look: it appears and goes away like a finding. */
const COULD_NOT_LOOK = 'could-not-look';

/** Safe to repeat, as `runDiagnosis`. Does nothing where the watch ended while the job waited. */
export async function runWatch(services: DiagnosisServices, job: DiagnosisJob, run: Run, id: string): Promise<void> {
  if (await isPublished(services, job)) return;
  const watches = new Watches(services.redis);
  const [watch, last] = await Promise.all([watches.get(id), watches.digest(id)]);
  if (!watch) return;
  const look = (session: Session, onProgress: OnProgress) =>
    job.kind === 'scan'
      ? scanProjects(services, job, session, onProgress)
      : diagnoseCluster(services, job, session, onProgress);
  const outcome = await attempt(services, job, run, look, { silent: last !== undefined });
  if (!last && outcome.kind !== 'answered') return publishStopped(services, job, run, outcome);
  if (outcome.kind === 'cancelled') return;
  const digest = digestAfter(outcome, last ?? {}, job.place.language);
  const changes = last && changesBetween(last, digest);
  const news = changes && changesMessage({ target: watch.target, watch: watch.id, changes }, job.place.language);
  const also = [savingDigest(watch.id, digest)];
  if (outcome.kind === 'failed' || (last && !news)) {
    return services.outbox.send(news ? [parentOf(job, news)] : [], { fence: run.fence, also });
  }
  const answer = last && news ? onlyNew(outcome.value, last, news) : outcome.value;
  const approvals = await openApprovals(services, answer, job.requester);
  await publish(services, job, run, answer, approvals, also);
}

/** Of an answer what was not so the last time, below what changed. */
function onlyNew(answer: Answer, last: Digest, news: Answer['verdict']): Answer {
  const isNew = (finding: Report['findings'][number]) =>
    Object.entries(digestOf({ findings: [finding] })).some(([key, { status }]) => last[key]?.status !== status);
  const findings = answer.report.findings.filter(isNew);
  return { ...answer, report: { ...answer.report, findings }, verdict: news, verdictOutside: news };
}

/** Where nothing could be looked at, what was found before still stands, and that is said once. */
function digestAfter(
  outcome: Exclude<Outcome<Answer>, { kind: 'cancelled' }>,
  last: Digest,
  language: Language,
): Digest {
  if (outcome.kind === 'answered') return digestOf(outcome.value.report);
  const headline = outcome.why.text[language];
  return { ...last, [COULD_NOT_LOOK]: { status: 'unknown', headline, title: workerText.readableAgain[language] } };
}
