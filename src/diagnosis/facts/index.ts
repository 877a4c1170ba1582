/** The facts that checks may ask for, each with where it comes from. A new fact is a line in both. */

import type { DiagnoseRequest } from '../../contracts/jobs.ts';
import type { ComputeClass, Node, Review } from '../../kubernetes/objects.ts';
import type { Caller } from '../iam/kubernetes-access.ts';
import type { Policy } from '../iam/model.ts';
import type { ClusterSearch } from '../target.ts';
import { readCaller, readReview } from './caller.ts';
import { type Fact, known } from './fact.ts';
import type { Cluster } from './google/cluster.ts';
import { type NodeAccountState, readNodeAccountStates } from './google/node-account-states.ts';
import { isAbout, type Operation, poolToRecreate, readOperations } from './google/operations.ts';
import { type Enforcement, readAutomaticGrantsDisabled } from './google/org-policy.ts';
import { readPolicy } from './google/policy.ts';
import { type Project, readProject } from './google/project.ts';
import { type Recommendation, readRecommendations } from './google/recommendations.ts';
import { readServices } from './google/services.ts';
import { type Health, type KubernetesReads, readKubernetes } from './kubernetes/api-server.ts';
import { type Mesh, readMesh } from './kubernetes/mesh.ts';
import { type MetadataServers, readMetadataServers } from './kubernetes/metadata-servers.ts';
import { readGrantableRoles } from './resources/grantable-roles.ts';
import { type Needed, readNeeded } from './resources/needed.ts';
import type { Session } from './session.ts';
import { readWorkloadIdentity, type WorkloadIdentity } from './workload/identity.ts';
import { type LogLine, readMetadataServerLogs, readWorkloadLogs, type WorkloadLogs } from './workload/logs.ts';
import { hasSidecar } from './workload/marks.ts';
import { parseWorkloadName } from './workload/name.ts';
import { readWorkloadNetwork, type WorkloadNetwork } from './workload/network.ts';
import { readWorkload, readWorkloadStart, type Workload } from './workload/workload.ts';

export interface Facts {
  readonly search: ClusterSearch;
  readonly cluster: Fact<Cluster>;
  /** What is looked at: the cluster of a diagnosis, every cluster of a scanned project. */
  readonly clusters: Fact<readonly Cluster[]>;
  readonly project: Fact<Project>;
  readonly projectPolicy: Fact<Policy>;
  /** State by API: `ENABLED`, `DISABLED`. */
  readonly services: Fact<ReadonlyMap<string, string>>;
  readonly nodeAccountStates: readonly NodeAccountState[];
  /** Whether default service accounts are kept from getting Editor by themselves. */
  readonly automaticGrantsDisabled: Fact<Enforcement>;
  readonly recommendations: Fact<readonly Recommendation[]>;
  /** The way to the cluster's API server. For other facts to read through; checks are pure and only see whether there is one. */
  readonly kubernetes: Fact<KubernetesReads>;
  /** Whether the API server answers us. */
  readonly health: Fact<Health>;
  readonly computeClasses: Fact<readonly ComputeClass[]>;
  /** Operations in the cluster's location, of other clusters too. */
  readonly operations: Fact<readonly Operation[]>;
  /** The cluster's nodes; undefined unless an error text or an operation says that a node pool has to be recreated. */
  readonly recreationNodes: Fact<readonly Node[]> | undefined;
  /** Who the request is about; undefined where it names nobody, or nobody that a cluster knows. */
  readonly caller: Caller | undefined;
  /** What RBAC says of the request that is asked about; undefined where none is. */
  readonly review: Fact<Review['status']> | undefined;
  /** The workload that is asked about; this and the facts below that begin with its name are undefined where none is. */
  readonly workload: Fact<Workload> | undefined;
  readonly workloadIdentity: Fact<WorkloadIdentity> | undefined;
  readonly workloadNetwork: Fact<WorkloadNetwork> | undefined;
  readonly workloadLogs: Fact<WorkloadLogs> | undefined;
  /** What the metadata servers wrote about the API server; undefined where no workload is asked about. */
  readonly metadataServerLogs: Fact<readonly LogLine[]> | undefined;
  /** Undefined also where none of its Pods has a sidecar. */
  readonly mesh: Fact<Mesh> | undefined;
  readonly metadataServers: Fact<MetadataServers>;
  /** The permission on a resource that is asked about, by `--needs` and `--on` or by an error text; undefined where none is. */
  readonly needed: Needed | undefined;
  /** Roles of the permission's own service that can be granted on the resource; undefined where no resource is asked about. */
  readonly grantableRoles: Fact<readonly string[]> | undefined;
}

export type FactName = keyof Facts;

/** What a source can build on. */
export interface FactContext {
  readonly session: Session;
  readonly search: ClusterSearch;
  readonly request: DiagnoseRequest;
  readonly clusters: Promise<Fact<readonly Cluster[]>>;
  need<Name extends FactName>(name: Name): Promise<Facts[Name]>;
}

/** The problem of an error text by which GKE asks for a recreation. */
const RECREATION = 'nodepool-requires-recreation';

type Sources = { readonly [Name in FactName]: (context: FactContext) => Promise<Facts[Name]> };

const SOURCES: Sources = {
  search: async ({ search }) => search,
  cluster: async ({ search }) => search.cluster,
  clusters: ({ clusters }) => clusters,
  project: ({ session, search }) => readProject(session, search.project),
  projectPolicy: ({ session, search }) => readPolicy(session, `projects/${search.project}`),
  services: ({ session, search }) => readServices(session, search.project),
  nodeAccountStates: async ({ session, search, clusters, need }) =>
    readNodeAccountStates(session, await clusters, search.project, await need('project'), await need('computeClasses')),
  automaticGrantsDisabled: ({ session, search }) => readAutomaticGrantsDisabled(session, search.project),
  recommendations: async ({ session, search: { cluster, project } }) =>
    cluster.known ? readRecommendations(session, project, cluster.value.location) : cluster,
  kubernetes: ({ session, search }) => readKubernetes(session, search.cluster),
  health: async ({ need }) => whenKnown(await need('kubernetes'), reads => reads.health()),
  computeClasses: async ({ need }) => whenKnown(await need('kubernetes'), reads => reads.computeClasses()),
  operations: ({ session, search: { cluster } }) =>
    whenKnown(cluster, ({ project, location }) => readOperations(session, project, location)),
  recreationNodes: async ({ need, request, search: { cluster } }) => {
    const operations = await need('operations');
    const asked =
      request.symptom?.problem === RECREATION ||
      (cluster.known &&
        operations.known &&
        operations.value.some(one => isAbout(one, cluster.value) && poolToRecreate(one) !== undefined));
    return asked ? whenKnown(await need('kubernetes'), reads => reads.nodes()) : undefined;
  },
  caller: ({ session, search, request }) => readCaller(session, search.project, request),
  review: async ({ need, request }) => readReview(await need('kubernetes'), request),
  workload: async context => {
    const start = await workloadStart(context);
    return start && whenKnown(start, readWorkload);
  },
  workloadIdentity: async context => {
    const { session, search } = context;
    const start = await workloadStart(context);
    return (
      start &&
      whenKnown(search.cluster, value =>
        whenKnown(start, async one => known(await readWorkloadIdentity(session, value, one), start.source)),
      )
    );
  },
  workloadNetwork: async ({ need, search: { cluster }, request }) => {
    const name = parseWorkloadName(request.workload ?? '');
    if (!name) return undefined;
    return whenKnown(cluster, async value =>
      whenKnown(await need('kubernetes'), async reads =>
        known(await readWorkloadNetwork(reads, value, name.namespace), 'kubernetes networkPolicies.list'),
      ),
    );
  },
  workloadLogs: async ({ session, need, search: { cluster } }) => {
    const workload = await need('workload');
    return workload && whenKnown(cluster, value => whenKnown(workload, one => readWorkloadLogs(session, value, one)));
  },
  metadataServerLogs: async ({ session, search: { cluster }, request }) =>
    request.workload ? whenKnown(cluster, value => readMetadataServerLogs(session, value)) : undefined,
  mesh: async ({ need }) => {
    const workload = await need('workload');
    const meshed = workload?.known && workload.value.pods.known && workload.value.pods.value.some(hasSidecar);
    return meshed ? whenKnown(await need('kubernetes'), readMesh) : undefined;
  },
  metadataServers: async ({ need, session }) =>
    whenKnown(await need('kubernetes'), async reads =>
      known(await readMetadataServers(reads, session.now), 'kubernetes pods.list'),
    ),
  needed: ({ session, request }) => readNeeded(session, request),
  grantableRoles: async ({ session, need }) => {
    const needed = await need('needed');
    return needed && readGrantableRoles(session, needed);
  },
};

/** Undefined where no workload is asked about. */
async function workloadStart({ session, need, request, search: { cluster } }: FactContext) {
  const name = parseWorkloadName(request.workload ?? '');
  if (!name) return undefined;
  return session.once('workload', async () =>
    whenKnown(cluster, async value =>
      whenKnown(await need('kubernetes'), reads => readWorkloadStart(reads, value, name)),
    ),
  );
}

/** Goes on from a fact; what is unknown stays so. */
async function whenKnown<T, U>(fact: Fact<T>, read: (value: T) => Promise<Fact<U>>): Promise<Fact<U>> {
  return fact.known ? read(fact.value) : fact;
}

/** Reads facts when they are first needed, each once. `clusters`: what is looked at; by default the cluster that was found. */
export function createFacts(
  session: Session,
  search: ClusterSearch,
  request: DiagnoseRequest,
  clusters: FactContext['clusters'] = Promise.resolve(
    search.cluster.known ? known([search.cluster.value], search.cluster.source) : search.cluster,
  ),
): FactContext {
  const read = new Map<FactName, Promise<unknown>>();
  const context: FactContext = {
    session,
    search,
    request,
    clusters,
    need<Name extends FactName>(name: Name): Promise<Facts[Name]> {
      const running = read.get(name) ?? SOURCES[name](context);
      read.set(name, running);
      // The map is keyed by name, and SOURCES types what each name gives.
      return running as Promise<Facts[Name]>;
    },
  };
  return context;
}

/** The facts a check declared, in parallel. */
export async function gather<Name extends FactName>(
  context: FactContext,
  names: readonly Name[],
): Promise<Pick<Facts, Name>> {
  const entries = await Promise.all(names.map(async name => [name, await context.need(name)] as const));
  // Object.fromEntries forgets which value belongs to which key; every declared name is there.
  return Object.fromEntries(entries) as Pick<Facts, Name>;
}
