import { Clock } from './clock.ts';
import { Faults } from './faults.ts';
import { hierarchyResource, may } from './iam/evaluate.ts';
import { groupsOf } from './iam/members.ts';
import { type ApiServer, startApiServer } from './kubernetes/server.ts';
import { settle } from './operations.ts';
import {
  asObject,
  type Cluster,
  clusterName,
  findCluster,
  findServiceAccount,
  mergePatch,
  type Project,
  type World,
} from './world.ts';

/** One call that reached Google's APIs, for the counts. */
export type RecordedCall = {
  at: string;
  service: string;
  method: string;
  path: string;
  caller: string;
  status: number;
};

const keptCalls = 100_000;

/** The running cloud: its state, its clock, what is made to go wrong, what was called, its clusters' API servers. */
export class Cloud {
  world: World;
  readonly clock = new Clock();
  readonly faults = new Faults();
  /** ms that every call takes, those to clusters' API servers included. */
  latency: number;
  #calls: RecordedCall[] = [];
  #counts: { [service: string]: number } = {};
  readonly #apiServers = new Map<string, ApiServer>();

  constructor(world: World, latency: number) {
    this.world = world;
    this.latency = latency;
  }

  /** Lets what is due in simulated time happen. */
  settle(): void {
    settle(this.world, this.clock.now());
  }

  record(call: RecordedCall): void {
    this.#counts[call.service] = (this.#counts[call.service] ?? 0) + 1;
    if (this.#calls.length < keptCalls) this.#calls.push(call);
  }

  /** Calls since the last reset: all of them (the first hundred thousand), and how many of each service. */
  calls(): { byService: { [service: string]: number }; calls: RecordedCall[] } {
    const kubernetes = [...this.#apiServers.values()].flatMap(server =>
      server.calls().map(call => ({
        at: '',
        service: 'kubernetes',
        method: call.method,
        path: `${server.cluster}${call.path}`,
        caller: call.user,
        status: 0,
      })),
    );
    const byService = kubernetes.length > 0 ? { ...this.#counts, kubernetes: kubernetes.length } : this.#counts;
    return { byService, calls: [...this.#calls, ...kubernetes] };
  }

  resetCalls(): void {
    this.#calls = [];
    this.#counts = {};
    for (const server of this.#apiServers.values()) server.resetCalls();
  }

  apiServer(cluster: string): ApiServer | undefined {
    return this.#apiServers.get(cluster);
  }

  /** Starts the API server of every cluster that holds objects, and writes its address and CA into the cluster. */
  async startApiServers(): Promise<void> {
    const clusters = Object.values(this.world.projects).flatMap(project =>
      Object.values(project.clusters).map(cluster => ({ project, cluster })),
    );
    await Promise.all(clusters.map(({ project, cluster }) => this.#startApiServer(project, cluster)));
  }

  async #startApiServer(project: Project, cluster: Cluster): Promise<void> {
    if (!cluster.objects) return;
    const name = clusterName(project, cluster);
    const server = await startApiServer({
      cluster: name,
      version: cluster.resource.currentMasterVersion,
      objects: cluster.objects,
      authenticate: token => this.#authenticate(name, token),
      hasIamPermission: (email, permission) => {
        const resource = hierarchyResource(this.world, `projects/${project.projectId}`);
        return resource !== undefined && may(this.world, email, permission, resource, { time: this.clock.now() });
      },
      latencyMs: () => this.latency,
    });
    this.#apiServers.set(name, server);
    const endpoint = `127.0.0.1:${server.port}`;
    const { controlPlaneEndpointsConfig } = cluster.resource;
    const ipEndpoints = asObject(asObject(controlPlaneEndpointsConfig).ipEndpointsConfig);
    cluster.resource = mergePatch(cluster.resource, {
      endpoint,
      masterAuth: { clusterCaCertificate: server.caCertificate },
      ...(ipEndpoints.enabled === true && {
        controlPlaneEndpointsConfig: { ipEndpointsConfig: { publicEndpoint: endpoint } },
      }),
    });
    await this.applyApiServerState(name);
  }

  /** Makes an API server as its state in the world says. */
  async applyApiServerState(name: string): Promise<void> {
    const server = this.#apiServers.get(name);
    const state = findCluster(this.world, name)?.cluster.apiServer ?? {};
    if (!server) return;
    if (state.rotatedCa) server.rotateCa();
    server.setAuthorizedNetworks(!state.networksClosed);
    await server.setDown(state.down ?? false);
  }

  /**
   * Who a token is for a cluster: GKE takes whoever has a Google account with `container.clusters.get`-like access to
   * be authenticated; groups count only where the cluster looks at Google Groups.
   */
  #authenticate(cluster: string, token: string): { email: string; uniqueId?: string; groups?: string[] } | undefined {
    const found = this.world.tokens[token];
    if (!found || found.expiresAt <= this.clock.now()) return undefined;
    const account = findServiceAccount(this.world, found.email)?.account;
    if (account?.disabled || account?.deleteTime) return undefined;
    const groupsConfig = asObject(findCluster(this.world, cluster)?.cluster.resource.authenticatorGroupsConfig);
    return {
      email: found.email,
      ...(account && { uniqueId: account.uniqueId }),
      ...(groupsConfig.enabled === true && { groups: groupsOf(this.world, found.email) }),
    };
  }

  /** The world as it is now, objects of the clusters included. */
  snapshot(): World {
    const copy = structuredClone(this.world);
    for (const server of this.#apiServers.values()) {
      const cluster = findCluster(copy, server.cluster)?.cluster;
      if (cluster) cluster.objects = structuredClone(server.objects());
    }
    return copy;
  }

  /** Puts another world in place of this one. Clusters get new API servers. */
  async replace(world: World): Promise<void> {
    await this.close();
    this.world = world;
    await this.startApiServers();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#apiServers.values()].map(server => server.close()));
    this.#apiServers.clear();
  }
}
