/** The job `watch`: the first run publishes a full report, later runs only findings that appeared, changed or were resolved. */
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

/** The digest's entry for a run that failed to diagnose: it appears and goes away like a finding. */
const COULD_NOT_DIAGNOSE = 'could-not-diagnose';

/** Idempotent, as `runDiagnosis`. Does nothing if the watch was stopped while the job waited. */
export async function runWatch(services: DiagnosisServices, job: DiagnosisJob, run: Run, id: string): Promise<void> {
  if (await isPublished(services, job)) return;
  const watches = new Watches(services.redis, services.signing);
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

/** The answer with only the findings that are new since the last run, below the list of changes. */
function onlyNew(answer: Answer, last: Digest, news: Answer['verdict']): Answer {
  const isNew = (finding: Report['findings'][number]) =>
    Object.entries(digestOf({ findings: [finding] })).some(([key, { status }]) => last[key]?.status !== status);
  const findings = answer.report.findings.filter(isNew);
  return { ...answer, report: { ...answer.report, findings }, verdict: news, verdictOutside: news };
}

/** The digest of this run. A failed run keeps the earlier findings and adds one entry, so that the failure is reported once. */
function digestAfter(
  outcome: Exclude<Outcome<Answer>, { kind: 'cancelled' }>,
  last: Digest,
  language: Language,
): Digest {
  if (outcome.kind === 'answered') return digestOf(outcome.value.report);
  const headline = outcome.why.text[language];
  return { ...last, [COULD_NOT_DIAGNOSE]: { status: 'unknown', headline, title: workerText.readableAgain[language] } };
}
