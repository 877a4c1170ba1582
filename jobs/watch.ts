/** The job of a watch: the first run shows how things are, later ones only what appeared, changed or went away. */
import type { DiagnosisJob } from '../src/contracts/jobs.ts';
import type { Report } from '../src/contracts/report.ts';
import type { Language } from '../src/contracts/text.ts';
import { workerText } from '../src/locales/worker.ts';
import { changesBetween, changesMessage, type Digest, digestOf } from '../src/slack/messages/change.ts';
import { Watches } from '../src/store/watches.ts';
import { diagnoseCluster } from './diagnose.ts';
import { scanProjects } from './scan.ts';
import type { Answer, Outcome } from './steps/answer.ts';
import { attempt } from './steps/attempt.ts';
import { openApprovals } from './steps/open-approvals.ts';
import { postReport, postStopped, settleParent, startParent } from './steps/post.ts';
import { publishedEarlier, store } from './steps/store.ts';
import type { DiagnosisServices } from './worker/services.ts';

/** The digest's entry for a run that could not look: it appears and goes away like a finding. */
const COULD_NOT_LOOK = 'could-not-look';

/** Safe to repeat, as `runDiagnosis`. Does nothing where the watch ended while the job waited. */
export async function runWatch(services: DiagnosisServices, job: DiagnosisJob, id: string): Promise<void> {
  const earlier = await publishedEarlier(services, job.id);
  if (earlier) return postReport(services, job, earlier);
  const watches = new Watches(services.redis, services.signing);
  const [watch, last] = await Promise.all([watches.get(id), watches.digest(id)]);
  if (!watch) return;
  const { language } = job.place;
  const parent = last ? undefined : await startParent(services, job);
  const outcome = await attempt(services, job, parent, (session, onProgress) =>
    job.kind === 'scan'
      ? scanProjects(services, job, session, onProgress)
      : diagnoseCluster(services, job, session, onProgress),
  );
  if (outcome.kind !== 'answered' && (!last || outcome.kind === 'cancelled')) {
    return last ? undefined : postStopped(services, job, outcome, parent);
  }
  const digest = digestAfter(outcome, last ?? {}, language);
  const changes = last && changesBetween(last, digest);
  const news = changes && changesMessage({ target: watch.target, watch: watch.id, changes }, language);
  if (last && !news) return watches.saveDigest(watch.id, digest);
  if (outcome.kind !== 'answered') {
    if (news) await settleParent(services, job, undefined, news);
    return watches.saveDigest(watch.id, digest);
  }
  const answer = last && news ? onlyNew(outcome.value, last, news) : outcome.value;
  const approvals = await openApprovals(services, answer, job.requester);
  const stored = await store(services, job, answer, approvals, parent);
  await watches.saveDigest(watch.id, digest);
  await postReport(services, job, stored);
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
  return { ...last, [COULD_NOT_LOOK]: { status: 'unknown', headline, title: workerText.canLook[language] } };
}
