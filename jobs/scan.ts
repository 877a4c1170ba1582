/** The job `scan`: many clusters, one thread, one approval for each service account that lacks a role. */
import type { ScanJob } from '../src/contracts/jobs.ts';
import { type Report, type Scan, summarize, type Target } from '../src/contracts/report.ts';
import type { Session } from '../src/diagnosis/facts/session.ts';
import { scan } from '../src/diagnosis/scan.ts';
import { scanFindings, scanMessage } from '../src/slack/messages/scan.ts';
import type { Run } from '../src/store/job-worker.ts';
import type { Answer, Question } from './steps/answer.ts';
import { attempt, type OnProgress } from './steps/attempt.ts';
import { openApprovals } from './steps/open-approvals.ts';
import { isPublished, publish, publishStopped } from './steps/publish.ts';
import type { DiagnosisServices } from './worker/services.ts';

/** Idempotent, as `runDiagnosis`. */
export async function runScan(services: DiagnosisServices, job: ScanJob, run: Run): Promise<void> {
  if (await isPublished(services, job)) return;
  const outcome = await attempt(services, job, run, (session, onProgress) =>
    scanProjects(services, job, session, onProgress),
  );
  if (outcome.kind !== 'answered') return publishStopped(services, job, run, outcome);
  const answer = outcome.value;
  const approvals = await openApprovals(services, answer, job.requester, run.signal);
  await publish(services, job, run, answer, approvals);
}

/** Lists the clusters, collects facts of all of them, runs the checks, plans remedies. @throws as `scan` */
export async function scanProjects(
  { config, reports }: Pick<DiagnosisServices, 'config' | 'reports'>,
  { id, projects: named, requester, place: { language } }: ScanJob,
  session: Session,
  onProgress: OnProgress,
): Promise<Answer> {
  const projects = named.length > 0 ? named : config.projects;
  const all = await scan({ id, projects, session, language, onProgress });
  await reports.rememberClusters(all.clusters.map(nameOf));
  const verdict = scanMessage({ scan: all, projects, askedBy: requester.user }, language);
  return { report: problemsOf(all, projects), questions: questionsOf(all), verdict, verdictOutside: verdict };
}

/** All problems as one report, which the thread's messages and buttons refer to. */
function problemsOf(all: Scan, projects: readonly string[]): Report {
  const findings = scanFindings(all).filter(({ status }) => status !== 'pass' && status !== 'not-applicable');
  const { id, startedAt, durationMs, apiCalls, causes } = all;
  const target = { project: projects.join(', ') || '-', cluster: '*' };
  return {
    schema: 'gke-auth/report/v1',
    id,
    startedAt,
    durationMs,
    target,
    apiCalls,
    summary: summarize(findings),
    findings,
    causes,
  };
}

function nameOf({ target: { project, location, cluster } }: Report): string {
  return `${project}/${location}/${cluster}`;
}

/**
 * What the remediating worker diagnoses again before it applies a fix: for a cluster's finding that cluster, for a project's finding
 * one of the clusters that show it. Fixes in the host project of a Shared VPC are left to a diagnosis of a cluster in that network.
 */
function questionsOf({ findings, clusters, serviceAccounts }: Scan): Question[] {
  const ofClusters = clusters.map(({ target, findings }) => ({ target, request: requestFor(target), findings }));
  const ofProjects = findings.flatMap(finding => {
    const email = finding.subject.match(/\/serviceAccounts\/(.+)$/)?.[1];
    const users = serviceAccounts.filter(row => row.email === email).flatMap(({ usedBy }) => usedBy);
    const home = clusters.find(({ target }) =>
      email === undefined
        ? finding.subject === `projects/${target.project}`
        : users.some(user => `${user}/`.startsWith(`${fullName(target)}/`)),
    );
    if (!home || finding.remedies.some(({ params }) => isElsewhere(params, home.target))) return [];
    return [{ target: home.target, request: requestFor(home.target), findings: [finding] }];
  });
  return [...ofProjects, ...ofClusters];
}

function isElsewhere(params: Readonly<Record<string, unknown>>, { project }: Target): boolean {
  return typeof params.project === 'string' && params.project !== project;
}

function fullName({ project, location, cluster }: Target): string {
  return `projects/${project}/locations/${location}/clusters/${cluster}`;
}

function requestFor(target: Target) {
  return { cluster: fullName(target), projects: [target.project] };
}
