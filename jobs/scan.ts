/** The job `scan` as a task: many clusters, one thread, one approval for each service account that lacks something. */
import type { ScanJob } from '../src/contracts/jobs.ts';
import { type Report, type Scan, summarize, type Target } from '../src/contracts/report.ts';
import { scan } from '../src/diagnosis/scan.ts';
import { scanFindings, scanMessage } from '../src/slack/messages/scan.ts';
import type { Asked } from './steps/offers.ts';
import type { DiagnoseContext, Task } from './steps/task.ts';

export function scanTask({ config, reports }: DiagnoseContext, job: ScanJob): Task {
  const { id, requester } = job;
  const { language } = job.place;
  const projects = job.projects.length > 0 ? job.projects : config.projects;
  return {
    target: projects.join(', '),
    scan: true,
    async run(session, onProgress) {
      const all = await scan({ id, projects, session, language, onProgress });
      await reports.rememberClusters(all.clusters.map(nameOf));
      return {
        report: problemsOf(all, projects),
        asked: questionsOf(all),
        verdict: () => scanMessage({ scan: all, projects, askedBy: requester.user }, language),
      };
    },
  };
}

/** The problems as one report: what the thread's messages and their buttons refer to. */
function problemsOf(all: Scan, projects: readonly string[]): Report {
  const findings = scanFindings(all).filter(({ status }) => status !== 'pass' && status !== 'not-applicable');
  const { id, startedAt, durationMs, apiCalls } = all;
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
  };
}

function nameOf({ target: { project, location, cluster } }: Report): string {
  return `${project}/${location}/${cluster}`;
}

/**
 * What a worker asks again before it applies anything: the cluster's own findings of that cluster, a project's of a cluster in
 * which they show. What only a shared network's host needs is left to a diagnosis of the cluster that is in that network.
 */
function questionsOf({ findings, clusters, serviceAccounts }: Scan): Asked[] {
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
