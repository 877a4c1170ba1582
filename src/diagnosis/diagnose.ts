/**
 * One diagnosis: find the cluster, collect facts, run the checks, plan remedies, and say it all in one language. The terminal
 * and the worker both come through here; neither Slack nor Redis is known in this file.
 */

import type { DiagnoseRequest } from '../contracts/jobs.ts';
import { type Finding, type Report, summarize, type WorkloadChain } from '../contracts/report.ts';
import type { Language } from '../contracts/text.ts';
import { causesOf } from './causes.ts';
import type { CheckRequest } from './checks/check.ts';
import { CHECKS } from './checks/index.ts';
import { createFacts, type FactContext } from './facts/index.ts';
import type { Session } from './facts/session.ts';
import { parseWorkloadName } from './facts/workload/name.ts';
import { byCheckThenSubject, NothingReadableError, prefetch, runCheck } from './pipeline.ts';
import { type ClusterSearch, findCluster, parseTarget } from './target.ts';

export interface DiagnosisOptions {
  readonly id: string;
  readonly request: DiagnoseRequest;
  readonly session: Session;
  readonly language: Language;
  /** Told after each check; for a progress display. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * @throws {TargetError} where the request names no single cluster.
 * @throws {NothingReadableError} where Google answered nothing at all.
 */
export async function diagnose(options: DiagnosisOptions): Promise<Report> {
  const { request, session, language, id } = options;
  session.stages.begin();
  const target = parseTarget(request.cluster, request.projects);
  const chosen = CHECKS.filter(check => request.only?.includes(check.id) ?? true);
  const find = () => findCluster(session, target.name, target.projects);
  const [only = ''] = target.projects;
  // The other checks apply to some clusters only.
  const certain = chosen.filter(
    check => request.only || check.inScan || (request.workload && check.facts.includes('workload')),
  );
  const search = await (target.projects.length === 1 ? prefetch(session, only, certain, find) : find());
  const context = createFacts(session, search, request);
  const checkRequest = toCheckRequest(request, search);
  const missing = !search.cluster.known && search.cluster.code === 'absent';
  const checks = (missing ? CHECKS.filter(({ id }) => id === 'cluster-not-found') : chosen).filter(
    check => check.appliesTo?.(checkRequest, request.only !== undefined) ?? true,
  );
  let done = 0;
  options.onProgress?.(done, checks.length);
  const results = await Promise.all(
    checks.map(async check => {
      const [judged = []] = await runCheck(session, check, [{ facts: context, request: checkRequest }], language);
      options.onProgress?.(++done, checks.length);
      return judged;
    }),
  );
  // An error that names a project by its number is held against the cluster's.
  const byNumber = request.symptom?.entities.projectNumber !== undefined;
  const numbered = byNumber || checks.some(({ facts }) => facts.includes('project'));
  const project = numbered ? await context.need('project') : undefined;
  const workload = checks.some(({ facts }) => facts.includes('workload')) ? await chainOf(context) : undefined;
  await session.settled();
  const judged = results.flat().sort(byCheckThenSubject);
  const findings = judged.map(({ finding }) => finding);
  refuseIfNothingWasRead(search, findings);
  const { cluster } = search;
  return {
    schema: 'gke-auth/report/v1',
    id,
    startedAt: session.now.toISOString(),
    durationMs: session.stages.elapsed,
    stages: session.stages.ms,
    target: {
      project: search.project,
      ...(project?.known ? { projectNumber: project.value.number } : {}),
      ...locationOf(search),
      cluster: search.name.cluster,
    },
    ...(cluster.known
      ? {
          cluster: {
            version: cluster.value.version || undefined,
            autopilot: cluster.value.autopilot,
            nodePools: cluster.value.nodePools.length,
          },
        }
      : {}),
    ...(workload ? { workload } : {}),
    apiCalls: session.apiCalls(),
    summary: summarize(findings),
    findings,
    causes: causesOf(judged, language),
  };
}

function toCheckRequest(request: DiagnoseRequest, search: ClusterSearch): CheckRequest {
  const { name, project, cluster } = search;
  const workload = parseWorkloadName(request.workload ?? '');
  return {
    project,
    cluster: cluster.known
      ? cluster.value.resource
      : `projects/${project}/locations/${name.location ?? '-'}/clusters/${name.cluster}`,
    ...(request.principal ? { principal: request.principal } : {}),
    ...(request.verb ? { verb: request.verb } : {}),
    ...(request.resource ? { resource: request.resource } : {}),
    ...(request.namespace ? { namespace: request.namespace } : {}),
    ...(request.needs ? { needs: request.needs } : {}),
    ...(request.on ? { on: request.on } : {}),
    ...(request.from ? { from: request.from } : {}),
    ...(request.symptom ? { symptom: request.symptom } : {}),
    ...(workload ? { workload } : {}),
  };
}

/** What was read of the workload, for its picture; undefined where none was asked about, or it could not be read. */
async function chainOf(context: FactContext): Promise<WorkloadChain | undefined> {
  const [workload, identity] = await Promise.all([context.need('workload'), context.need('workloadIdentity')]);
  if (!workload?.known || !identity?.known) return undefined;
  const { namespace, serviceAccount, pods } = workload.value;
  const names = pods.known ? pods.value.map(({ metadata }) => metadata.name) : [];
  const { annotation, account, roles } = identity.value;
  return {
    namespace,
    serviceAccount,
    pods: names.slice(0, 3),
    podCount: names.length,
    ...(annotation === undefined ? {} : { annotation }),
    ...(account ? { iamServiceAccount: account.email } : {}),
    roles: roles.known ? roles.value.map(({ role, resource }) => ({ role, resource })) : [],
  };
}

function locationOf({ cluster, name }: ClusterSearch): { location?: string } {
  if (cluster.known) return { location: cluster.value.location };
  return name.location ? { location: name.location } : {};
}

/** Without the cluster and with nothing but unknowns there is nothing to report, only why. */
function refuseIfNothingWasRead({ cluster }: ClusterSearch, findings: readonly Finding[]): void {
  if (cluster.known || cluster.code === 'absent') return;
  if (findings.every(({ status }) => status === 'unknown')) throw new NothingReadableError(cluster);
}
