import { ApiServers } from './api-servers.ts';
import { Clock } from './clock.ts';
import { Faults } from './faults.ts';
import { completeDueOperations } from './operations.ts';
import { findCluster, type World } from './world.ts';

/** A recorded call to a Google API or a cluster's API server. `status` is 0 where it is unknown or nothing was sent. */
export type RecordedCall = {
  at: string;
  service: string;
  method: string;
  path: string;
  caller: string;
  status: number;
};

const keptCalls = 100_000;

/** The running simulated cloud: state, clock, faults, recorded calls, and the API servers of its clusters. */
export class Cloud {
  world: World;
  readonly clock = new Clock();
  readonly faults = new Faults();
  readonly apiServers: ApiServers;
  /** Milliseconds by which every answer is delayed, those of the clusters' API servers included. */
  latency: number;
  #calls: RecordedCall[] = [];
  #counts: { [service: string]: number } = {};

  constructor(world: World, latency: number) {
    this.world = world;
    this.latency = latency;
    this.apiServers = new ApiServers({
      world: () => this.world,
      now: () => this.clock.now(),
      latency: () => this.latency,
    });
  }

  /** Completes the operations that have ended in simulated time. */
  completeDueOperations(): void {
    const recreated = (...pool: [string, string, number]) => this.apiServers.recreateNodes(...pool);
    if (completeDueOperations(this.world, this.clock.now(), recreated)) this.apiServers.openDnsEndpoints();
  }

  record(call: RecordedCall): void {
    this.#counts[call.service] = (this.#counts[call.service] ?? 0) + 1;
    if (this.#calls.length < keptCalls) this.#calls.push(call);
  }

  /** Calls since the last reset: the first 100,000 of them, and the number for each service. */
  calls(): { byService: { [service: string]: number }; calls: RecordedCall[] } {
    const kubernetes = this.apiServers.all.flatMap(server =>
      server.calls().map(({ method, path, user }) => ({
        at: '',
        service: 'kubernetes',
        method,
        path: `${server.cluster}${path}`,
        caller: user,
        status: 0,
      })),
    );
    const byService = { ...this.#counts, ...(kubernetes.length > 0 && { kubernetes: kubernetes.length }) };
    return { byService, calls: [...this.#calls, ...kubernetes] };
  }

  resetCalls(): void {
    this.#calls = [];
    this.#counts = {};
    for (const server of this.apiServers.all) server.resetCalls();
  }

  /** A copy of the current world, including the objects of the clusters. */
  snapshot(): World {
    const copy = structuredClone(this.world);
    for (const server of this.apiServers.all) {
      const cluster = findCluster(copy, server.cluster)?.cluster;
      if (cluster) cluster.objects = structuredClone(server.objects());
    }
    return copy;
  }

  /** Replaces the world. The clusters get new API servers at new addresses. */
  async replace(world: World): Promise<void> {
    await this.apiServers.close();
    this.world = world;
    await this.apiServers.start();
  }

  async close(): Promise<void> {
    await this.apiServers.close();
  }
}
