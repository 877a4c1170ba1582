import { hierarchyResource, may } from './iam/evaluate.ts';
import { groupsOf } from './iam/members.ts';
import { type Authority, createAuthority } from './kubernetes/certificates.ts';
import { type ApiServer, type FaultSpec, startApiServer } from './kubernetes/server.ts';
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

/** What the API servers read from the simulated cloud. */
export type ApiServerEnvironment = { world(): World; now(): number; latency(): number };

/** Stands for the public certificate authorities, which sign the certificates of DNS endpoints. */
const publicAuthority = await createAuthority();

/** The API servers of a cloud's clusters. */
export class ApiServers {
  readonly #environment: ApiServerEnvironment;
  readonly #servers = new Map<string, ApiServer>();
  readonly authority: Authority = publicAuthority;

  constructor(environment: ApiServerEnvironment) {
    this.#environment = environment;
  }

  get all(): ApiServer[] {
    return [...this.#servers.values()];
  }

  /** Starts an API server for each cluster with objects, and writes its addresses and CA into the cluster resource. */
  async start(): Promise<void> {
    const projects = Object.values(this.#environment.world().projects);
    const starts = projects.flatMap(project =>
      Object.values(project.clusters).map(cluster => this.#startOne(project, cluster)),
    );
    await Promise.all(starts);
  }

  async #startOne(project: Project, cluster: Cluster): Promise<void> {
    if (!cluster.objects) return;
    const name = clusterName(project, cluster);
    const endpoints = asObject(cluster.resource.controlPlaneEndpointsConfig);
    const server = await startApiServer({
      cluster: name,
      version: cluster.resource.currentMasterVersion,
      objects: cluster.objects,
      authenticate: token => this.#authenticate(name, token),
      hasIamPermission: (email, permission) =>
        (permission !== 'container.clusters.connect' || this.#isDnsEndpointOpen(name)) &&
        this.#mayInProject(email, permission, project.projectId),
      latencyMs: () => this.#environment.latency(),
      dnsEndpointAuthority: this.authority,
    });
    this.#servers.set(name, server);
    const endpoint = `127.0.0.1:${server.port}`;
    const publicEndpoint = asObject(endpoints.ipEndpointsConfig).enablePublicEndpoint === true ? endpoint : undefined;
    cluster.resource = mergePatch(cluster.resource, {
      endpoint,
      masterAuth: { clusterCaCertificate: server.caCertificate },
      controlPlaneEndpointsConfig: {
        ...(publicEndpoint && { ipEndpointsConfig: { publicEndpoint } }),
      },
    });
    this.openDnsEndpoints();
    await this.applyState(name);
  }

  #isDnsEndpointOpen(name: string): boolean {
    const resource = findCluster(this.#environment.world(), name)?.cluster.resource;
    const { dnsEndpointConfig } = asObject(resource?.controlPlaneEndpointsConfig);
    return asObject(dnsEndpointConfig).allowExternalTraffic === true;
  }

  /** Writes the loopback address of the DNS endpoint into every cluster that allows external traffic on it. */
  openDnsEndpoints(): void {
    for (const server of this.all) {
      const found = findCluster(this.#environment.world(), server.cluster);
      if (!found || !this.#isDnsEndpointOpen(server.cluster)) continue;
      const endpoint = server.dnsEndpointUrl.replace('https://', '');
      found.cluster.resource = mergePatch(found.cluster.resource, {
        controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint } },
      });
    }
  }

  /** Applies a cluster's `apiServer` state in the world to its API server. */
  async applyState(name: string): Promise<void> {
    const server = this.#servers.get(name);
    const state = findCluster(this.#environment.world(), name)?.cluster.apiServer ?? {};
    if (!server) return;
    if (state.rotatedCa) await server.rotateCa();
    server.setAuthorizedNetworks(!state.networksClosed);
    await server.setDown(state.down ?? false);
  }

  /** Replaces the nodes of a node pool by new ones, created at a time (ms since the epoch). */
  recreateNodes(cluster: string, nodePool: string, at: number): void {
    this.#servers.get(cluster)?.recreateNodes(nodePool, at);
  }

  /** Adds a fault to one cluster's API server, or to all of them. */
  fault(spec: FaultSpec, cluster?: string): void {
    for (const server of this.all) {
      if (cluster === undefined || server.cluster === cluster) server.fault(spec);
    }
  }

  clearFaults(): void {
    for (const server of this.all) server.clearFaults();
  }

  #mayInProject(email: string, permission: string, projectId: string): boolean {
    const world = this.#environment.world();
    const resource = hierarchyResource(world, `projects/${projectId}`);
    return resource !== undefined && may(world, email, permission, resource, { time: this.#environment.now() });
  }

  /**
   * The identity behind a token at one cluster. An account without `container.clusters.get` is not authenticated there
   * (401). Groups are included only where the cluster uses Google Groups for RBAC.
   */
  #authenticate(name: string, token: string): { email: string; uniqueId?: string; groups?: string[] } | undefined {
    const world = this.#environment.world();
    const known = Object.hasOwn(world.tokens, token) ? world.tokens[token] : undefined;
    const found = findCluster(world, name);
    if (!known || !found || known.expiresAt <= this.#environment.now()) return undefined;
    if (!this.#mayInProject(known.email, 'container.clusters.get', found.project.projectId)) return undefined;
    const account = findServiceAccount(world, known.email)?.account;
    const groups = asObject(found.cluster.resource.authenticatorGroupsConfig).enabled === true;
    return {
      email: known.email,
      ...(account && { uniqueId: account.uniqueId }),
      ...(groups && { groups: groupsOf(world, known.email) }),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(server => server.close()));
    this.#servers.clear();
  }
}
