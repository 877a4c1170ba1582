/** The job `diagnose`: from a request for one cluster to a report in a thread. */
import type { DiagnoseJob } from '../src/contracts/jobs.ts';
import type { Report } from '../src/contracts/report.ts';
import { diagnose } from '../src/diagnosis/diagnose.ts';
import type { Session } from '../src/diagnosis/facts/session.ts';
import { timeBound } from '../src/remedies/text/time-bound.ts';
import { parentSettled } from '../src/slack/messages/parent.ts';
import type { Run } from '../src/store/job-worker.ts';
import type { Answer } from './steps/answer.ts';
import { attempt, type OnProgress } from './steps/attempt.ts';
import { openApprovals } from './steps/open-approvals.ts';
import { isPublished, publish, publishStopped } from './steps/publish.ts';
import type { DiagnosisServices } from './worker/services.ts';

/** Idempotent: after a crash the next run does what is missing. @throws {FencedError} */
export async function runDiagnosis(services: DiagnosisServices, job: DiagnoseJob, run: Run): Promise<void> {
  if (await isPublished(services, job)) return;
  const outcome = await attempt(services, job, run, (session, onProgress) =>
    diagnoseCluster(services, job, session, onProgress),
  );
  if (outcome.kind !== 'answered') return publishStopped(services, job, run, outcome);
  const answer = outcome.value;
  const approvals = await openApprovals(services, answer, job.requester, run.signal);
  await publish(services, job, run, answer, approvals);
}

/** Finds the cluster, collects facts, runs the checks, plans remedies. @throws as `diagnose` */
export async function diagnoseCluster(
  { config }: Pick<DiagnosisServices, 'config'>,
  { id, request: asked, requester, requestedAt, place: { language } }: DiagnoseJob,
  session: Session,
  onProgress: OnProgress,
): Promise<Answer> {
  const projects = asked.projects.length > 0 ? asked.projects : config.projects;
  const found = await diagnose({ id, request: { ...asked, projects }, session, language, onProgress });
  const { grantMs, symptom } = asked;
  // An approved grant ends `grantMs` after it is made; the commands for granting by hand count from the diagnosis.
  const report = grantMs ? timeBound(found, grantMs) : found;
  const { target, findings } = report;
  const request = { ...asked, cluster: fullName(report) ?? asked.cluster };
  const settled = { report, askedBy: requester.user, durationMs: Date.now() - Date.parse(requestedAt), symptom };
  return {
    report,
    questions: [{ target, request, findings }],
    verdict: parentSettled(settled, language),
    verdictOutside: parentSettled({ ...settled, outside: true }, language),
  };
}

/** The full name, so that the remediating worker checks the same cluster even if another of its name appears. */
function fullName({ target: { project, location, cluster } }: Report): string | undefined {
  return location ? `projects/${project}/locations/${location}/clusters/${cluster}` : undefined;
}
