/** From what the user typed to one cluster: found, not found, several, or not readable. */
import { type ClusterName, parseClusterName } from '../contracts/cluster-name.ts';
import type { Text } from '../contracts/text.ts';
import { UserFacingError } from '../contracts/user-facing-error.ts';
import { type Fact, known, unknown } from './facts/fact.ts';
import { type Cluster, type ClusterList, listClusters, readCluster } from './facts/google/cluster.ts';
import { readProject } from './facts/google/project.ts';
import type { Session } from './facts/session.ts';

/** What the search for the cluster gave; `cluster-not-found` judges it. */
export interface ClusterSearch {
  readonly name: ClusterName;
  readonly project: string;
  readonly cluster: Fact<Cluster>;
  /** The lists that were read, by project; absent where the cluster was read by its full name and is there. */
  readonly lists: ReadonlyMap<string, Fact<ClusterList>>;
}

/** The request can't be answered as it stands; nothing is wrong with the cluster. */
export class TargetError extends UserFacingError {
  /** `choices`: for an ambiguous name, the clusters it could be, as full resource names. */
  constructor(
    code: 'bad-cluster-name' | 'no-project' | 'ambiguous-cluster' | 'no-workload',
    text: Text,
    next: Text,
    choices: readonly string[] = [],
  ) {
    super({ code, text, next, choices, wrongUsage: true });
  }
}

/** @throws {TargetError} where the name can't be one, there is no project to look in, or several clusters match. */
export function parseTarget(
  input: string,
  projects: readonly string[],
): { name: ClusterName; projects: readonly string[] } {
  const name = parseClusterName(input);
  if ('problem' in name) {
    throw new TargetError('bad-cluster-name', name.problem, {
      en: 'Check the name with: gcloud container clusters list',
      ja: '名前は次のコマンドで確認できます: gcloud container clusters list',
    });
  }
  const searched = name.project ? [name.project] : [...new Set(projects)];
  if (searched.length === 0) {
    throw new TargetError(
      'no-project',
      { en: 'No project to look in is given.', ja: 'どのプロジェクトを探せばよいかわかりません。' },
      {
        en: 'Name it: --project PROJECT, or project/location/cluster; or list projects in gke-auth.yaml, or set GOOGLE_CLOUD_PROJECT.',
        ja: '--project PROJECT か project/location/cluster の形で指定するか、gke-auth.yaml の projects または GOOGLE_CLOUD_PROJECT を設定してください。',
      },
    );
  }
  return { name, projects: searched };
}

export async function findCluster(
  session: Session,
  name: ClusterName,
  named: readonly string[],
): Promise<ClusterSearch> {
  const projects = await Promise.all(named.map(project => idOf(session, project)));
  const found = name.location ? await byLocation(session, name, projects) : await byName(session, name, projects);
  const hits = found.filter(search => search.cluster.known);
  if (hits.length > 1)
    throw ambiguous(
      name,
      hits.flatMap(hit => (hit.cluster.known ? [hit.cluster.value.resource] : [])),
    );
  const [hit] = hits;
  if (hit) return hit;
  // Of several places where it is not, one that could not be read says more than one where it is certainly absent.
  const first = found.find(({ cluster }) => !cluster.known && cluster.code !== 'absent') ?? found[0];
  if (!first) throw new Error('no project was searched');
  const lists = new Map(found.flatMap(search => [...search.lists]));
  return { ...first, project: first.project, lists };
}

/** A project's number becomes its id, which workload pools, accounts and reports are called by; it stays where it can't be looked up. */
export async function idOf(session: Session, project: string): Promise<string> {
  if (!/^\d+$/.test(project)) return project;
  const fact = await readProject(session, project);
  return fact.known ? fact.value.id : project;
}

async function byLocation(session: Session, name: ClusterName, projects: readonly string[]): Promise<ClusterSearch[]> {
  return Promise.all(
    projects.map(async project => {
      const cluster = await readCluster(
        session,
        `projects/${project}/locations/${name.location}/clusters/${name.cluster}`,
      );
      if (cluster.known || cluster.code !== 'absent') return { name, project, cluster, lists: new Map() };
      return { name, project, cluster, lists: new Map([[project, await listClusters(session, project)]]) };
    }),
  );
}

async function byName(session: Session, name: ClusterName, projects: readonly string[]): Promise<ClusterSearch[]> {
  const searches = projects.map(async project => {
    const list = await listClusters(session, project);
    const lists = new Map([[project, list]]);
    if (!list.known) return [{ name, project, cluster: list, lists }];
    const hits = list.value.clusters.filter(cluster => cluster.name === name.cluster);
    if (hits.length > 0) return hits.map(hit => ({ name, project, cluster: known(hit, list.source), lists }));
    return [{ name, project, cluster: absent(project, name, list.source), lists }];
  });
  return (await Promise.all(searches)).flat();
}

function absent(project: string, name: ClusterName, source: string): Extract<Fact<Cluster>, { known: false }> {
  return unknown({
    code: 'absent',
    source,
    resource: `projects/${project}/locations/-/clusters/${name.cluster}`,
    reason: {
      en: `There is no cluster ${name.cluster} in project ${project}.`,
      ja: `プロジェクト ${project} にクラスタ ${name.cluster} はありません。`,
    },
  });
}

function ambiguous(name: ClusterName, choices: readonly string[]): TargetError {
  return new TargetError(
    'ambiguous-cluster',
    {
      en: `${choices.length} clusters are called ${name.cluster}:\n${choices.map(choice => `  ${choice}`).join('\n')}`,
      ja: `${name.cluster} という名前のクラスタが ${choices.length} 個あります:\n${choices.map(choice => `  ${choice}`).join('\n')}`,
    },
    {
      en: 'Name one of them with its location (and project): project/location/cluster.',
      ja: 'project/location/cluster の形で、どれか 1 つを指定してください。',
    },
    choices,
  );
}
