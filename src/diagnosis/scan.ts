/**
 * One scan: every cluster of some projects at once, with what can be decided without their API servers. The number of calls does
 * not grow with clusters or node pools: clusters, service accounts and recommendations are read as lists, policies and roles
 * once, and each account is decided once however many pools use it. The terminal and the worker both come through here.
 */
import { randomUUID } from 'node:crypto';
import { type Finding, type Report, type Scan, summarize } from '../contracts/report.ts';
import type { Language } from '../contracts/text.ts';
import { causesOf, type Judged } from './causes.ts';
import type { Check } from './checks/check.ts';
import { CHECKS } from './checks/index.ts';
import { type Fact, known, type Unknown, unknown } from './facts/fact.ts';
import { type Cluster, listClusters, listLocations } from './facts/google/cluster.ts';
import { readProject } from './facts/google/project.ts';
import { readRecommendations } from './facts/google/recommendations.ts';
import { listServiceAccounts } from './facts/google/service-account.ts';
import { createFacts } from './facts/index.ts';
import type { Session } from './facts/session.ts';
import { accountMatrix } from './matrix.ts';
import { byCheckThenSubject, type Case, NothingReadableError, prefetch, runCheck } from './pipeline.ts';
import { idOf, TargetError } from './target.ts';

export interface ScanOptions {
  readonly id?: string;
  readonly projects: readonly string[];
  /** Opened for a scan (`SessionOptions.scan`). */
  readonly session: Session;
  readonly language: Language;
  /** Told after each check; for a progress display. */
  readonly onProgress?: (done: number, total: number) => void;
}

interface ProjectScan {
  readonly judged: readonly Judged[];
  readonly clusters: readonly { readonly cluster: Cluster; readonly judged: readonly Judged[] }[];
  readonly projectNumber?: string;
  readonly accounts: Scan['serviceAccounts'];
  /** Why not all of the project's clusters could be seen. */
  readonly unseen?: Unknown;
}

/**
 * @throws {TargetError} where no project is named.
 * @throws {NothingReadableError} where Google answered nothing at all.
 */
export async function scan(options: ScanOptions): Promise<Scan> {
  const { session, language, id = randomUUID() } = options;
  const started = performance.now();
  const named = projectsToScan(options.projects);
  const projects = [...new Set(await Promise.all(named.map(project => idOf(session, project))))];
  const checks = CHECKS.filter(({ inScan }) => inScan !== undefined);
  let done = 0;
  const total = checks.length * projects.length;
  options.onProgress?.(done, total);
  const onCheck = () => options.onProgress?.(++done, total);
  const scanned = await Promise.all(projects.map(project => scanProject(session, project, checks, language, onCheck)));
  await session.settled();
  refuseIfNothingWasRead(scanned);
  const durationMs = Math.round(performance.now() - started);
  const startedAt = session.now.toISOString();
  const ofProjects = distinct(scanned.flatMap(({ judged }) => judged));
  const clusters = scanned.flatMap(project =>
    project.clusters.map(({ cluster, judged }) => ({ cluster, judged, projectNumber: project.projectNumber })),
  );
  return {
    schema: 'gke-auth/scan/v1',
    id,
    startedAt,
    durationMs,
    apiCalls: session.apiCalls(),
    findings: findingsOf(ofProjects),
    causes: causesOf([...ofProjects, ...clusters.flatMap(({ judged }) => judged)], language),
    // The calls were made for all of them together: they are counted in the scan, not in a cluster's report.
    clusters: clusters.map(
      ({ cluster, judged, projectNumber }, index): Report => ({
        schema: 'gke-auth/report/v1',
        id: `${id}.${index}`,
        startedAt,
        durationMs,
        target: { project: cluster.project, projectNumber, location: cluster.location, cluster: cluster.name },
        cluster: {
          version: cluster.version || undefined,
          autopilot: cluster.autopilot,
          nodePools: cluster.nodePools.length,
        },
        apiCalls: {},
        summary: summarize(findingsOf(judged)),
        findings: findingsOf(judged),
        causes: causesOf(judged, language),
      }),
    ),
    serviceAccounts: scanned.flatMap(({ accounts }) => accounts),
  };
}

async function scanProject(
  session: Session,
  project: string,
  checks: readonly Check[],
  language: Language,
  onCheck: () => void,
): Promise<ProjectScan> {
  const listing = prefetch(session, project, checks, async () => {
    void listLocations(session, project).then(locations => {
      for (const location of locations) void readRecommendations(session, project, location);
    });
    const listed = listClusters(session, project);
    void listServiceAccounts(session, project);
    return listed;
  });
  const numbered = readProject(session, project);
  const ask = async (where: Check['inScan'], cases: readonly Case[]) =>
    Promise.all(
      checks
        .filter(({ inScan }) => inScan === where)
        .map(async check => {
          const findings = await runCheck(session, check, cases, language);
          onCheck();
          return findings;
        }),
    );
  // What a project is asked mostly needs no cluster, and begins at once.
  const inProject = ask('project', [
    projectCase(
      session,
      project,
      listing.then(list => (list.known ? known(list.value.clusters, list.source) : list)),
    ),
  ]);
  const inClusters = listing.then(async list => {
    const clusters = list.known ? list.value.clusters.toSorted((a, b) => (a.resource < b.resource ? -1 : 1)) : [];
    const cases = clusters.map(cluster => clusterCase(session, cluster, list.source));
    // What can't be seen of the project's clusters is said once, about the project.
    const unseen = list.known ? silentZones(project, list.value.missingZones) : list;
    const hidden = unseen ? [projectCase(session, project, Promise.resolve(unseen), unseen)] : [];
    const byCheck = ask('cluster', [...cases, ...hidden]);
    const number = await numbered;
    const projectNumber = number.known ? number.value.number : undefined;
    const accounts = accountMatrix(session, project, clusters, projectNumber);
    return { clusters, unseen, projectNumber, byCheck: await byCheck, accounts: await accounts };
  });
  const [ofProject, { clusters, unseen, projectNumber, byCheck, accounts }] = await Promise.all([
    inProject,
    inClusters,
  ]);
  const ofHidden = byCheck.flatMap(byCase => byCase[clusters.length] ?? []);
  return {
    judged: [...ofProject.flat(2), ...ofHidden].sort(byCheckThenSubject),
    clusters: clusters.map((cluster, index) => ({
      cluster,
      judged: byCheck.flatMap(byCase => byCase[index] ?? []).sort(byCheckThenSubject),
    })),
    projectNumber,
    accounts,
    unseen,
  };
}

function clusterCase(session: Session, cluster: Cluster, source: string): Case {
  const { project, location, name, resource } = cluster;
  const search = {
    name: { project, location, cluster: name },
    project,
    cluster: known(cluster, source),
    lists: new Map(),
  };
  return {
    facts: createFacts(session, search, { cluster: resource, projects: [project] }),
    request: { project, cluster: resource },
  };
}

/** `cluster`: why there is none to speak of. */
function projectCase(
  session: Session,
  project: string,
  clusters: Promise<Fact<readonly Cluster[]>>,
  cluster: Unknown = NO_SINGLE_CLUSTER,
): Case {
  const search = { name: { project, cluster: '-' }, project, cluster, lists: new Map() };
  const resource = `projects/${project}`;
  return {
    facts: createFacts(session, search, { cluster: resource, projects: [project] }, clusters),
    request: { project, cluster: resource },
  };
}

const NO_SINGLE_CLUSTER = unknown({
  code: 'not-asked',
  source: 'container clusters.list',
  reason: { en: 'No single cluster was asked about.', ja: '個別のクラスタは対象にしていません。' },
});

function silentZones(project: string, zones: readonly string[]): Unknown | undefined {
  if (zones.length === 0) return undefined;
  const list = zones.join(', ');
  return unknown({
    code: 'server-error',
    source: 'container clusters.list',
    resource: `projects/${project}`,
    reason: {
      en: `These locations didn't answer: ${list}. Clusters there are not in this scan.`,
      ja: `次のロケーションが応答しませんでした: ${list}。そこにあるクラスタはこのスキャンに含まれていません。`,
    },
  });
}

/** One finding for each check and subject: two projects may use the same account of a third. */
function distinct(judged: readonly Judged[]): Judged[] {
  return [...new Map(judged.map(one => [`${one.finding.check} ${one.finding.subject}`, one])).values()];
}

function findingsOf(judged: readonly Judged[]): Finding[] {
  return judged.map(({ finding }) => finding);
}

function refuseIfNothingWasRead(scanned: readonly ProjectScan[]): void {
  const [first] = scanned.flatMap(({ unseen }) => unseen ?? []);
  const blind = scanned.every(
    ({ clusters, judged }) => clusters.length === 0 && judged.every(({ finding }) => finding.status === 'unknown'),
  );
  if (first && blind) throw new NothingReadableError(first);
}

/** Each project once. @throws {TargetError} where there is none. */
export function projectsToScan(projects: readonly string[]): string[] {
  if (projects.length > 0) return [...new Set(projects)];
  throw new TargetError(
    'no-project',
    { en: 'No project to scan is given.', ja: 'スキャンするプロジェクトがわかりません。' },
    {
      en: 'Name it: scan PROJECT; or list projects in gke-auth.yaml, or set GOOGLE_CLOUD_PROJECT.',
      ja: 'scan PROJECT の形で指定するか、gke-auth.yaml の projects または GOOGLE_CLOUD_PROJECT を設定してください。',
    },
  );
}
