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

/** What API servers ask of the cloud that they run in. */
export type Surroundings = { world(): World; now(): number; latency(): number };

/** The API servers of a cloud's clusters. */
export class ApiServers {
  readonly #around: Surroundings;
  readonly #servers = new Map<string, ApiServer>();
  /** Stands for the public certificate authorities, which sign DNS endpoints. */
  readonly authority: Authority = createAuthority();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get all(): ApiServer[] {
    return [...this.#servers.values()];
  }

  /** Starts one for every cluster that holds objects, and writes its addresses and CA into the cluster. */
  async start(): Promise<void> {
    const projects = Object.values(this.#around.world().projects);
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
      latencyMs: () => this.#around.latency(),
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
    const resource = findCluster(this.#around.world(), name)?.cluster.resource;
    const { dnsEndpointConfig } = asObject(resource?.controlPlaneEndpointsConfig);
    return asObject(dnsEndpointConfig).allowExternalTraffic === true;
  }

  /** Writes the loopback address of the DNS endpoint into every cluster that allows external traffic on it. */
  openDnsEndpoints(): void {
    for (const server of this.all) {
      const found = findCluster(this.#around.world(), server.cluster);
      if (!found || !this.#isDnsEndpointOpen(server.cluster)) continue;
      const endpoint = server.dnsEndpointUrl.replace('https://', '');
      found.cluster.resource = mergePatch(found.cluster.resource, {
        controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint } },
      });
    }
  }

  /** Makes an API server as its state in the world says. */
  async applyState(name: string): Promise<void> {
    const server = this.#servers.get(name);
    const state = findCluster(this.#around.world(), name)?.cluster.apiServer ?? {};
    if (!server) return;
    if (state.rotatedCa) server.rotateCa();
    server.setAuthorizedNetworks(!state.networksClosed);
    await server.setDown(state.down ?? false);
  }

  /** Sets a fault on one cluster's API server, or on all of them. */
  fault(spec: FaultSpec, cluster?: string): void {
    for (const server of this.all) {
      if (cluster === undefined || server.cluster === cluster) server.fault(spec);
    }
  }

  clearFaults(): void {
    for (const server of this.all) server.clearFaults();
  }

  #mayInProject(email: string, permission: string, projectId: string): boolean {
    const world = this.#around.world();
    const resource = hierarchyResource(world, `projects/${projectId}`);
    return resource !== undefined && may(world, email, permission, resource, { time: this.#around.now() });
  }

  /**
   * Who a token is for a cluster: an account that may not even `container.clusters.get` is nobody there (a 401); groups
   * count only where the cluster looks at Google Groups.
   */
  #authenticate(name: string, token: string): { email: string; uniqueId?: string; groups?: string[] } | undefined {
    const world = this.#around.world();
    const known = Object.hasOwn(world.tokens, token) ? world.tokens[token] : undefined;
    const found = findCluster(world, name);
    if (!known || !found || known.expiresAt <= this.#around.now()) return undefined;
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
