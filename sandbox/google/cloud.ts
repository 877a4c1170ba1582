import { ApiServers } from './api-servers.ts';
import { Clock } from './clock.ts';
import { Faults } from './faults.ts';
import { settle } from './operations.ts';
import { findCluster, type World } from './world.ts';

/** One call that reached Google's APIs or a cluster's, for the counts. `status` 0: unanswered, or not known. */
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
  readonly apiServers: ApiServers;
  /** ms that every call takes, those to clusters' API servers included. */
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

  /** Lets what is due in simulated time happen. */
  settle(): void {
    if (settle(this.world, this.clock.now())) this.apiServers.openDnsEndpoints();
  }

  record(call: RecordedCall): void {
    this.#counts[call.service] = (this.#counts[call.service] ?? 0) + 1;
    if (this.#calls.length < keptCalls) this.#calls.push(call);
  }

  /** Calls since the last reset: all of them (the first hundred thousand), and how many of each service. */
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

  /** The world as it is now, objects of the clusters included. */
  snapshot(): World {
    const copy = structuredClone(this.world);
    for (const server of this.apiServers.all) {
      const cluster = findCluster(copy, server.cluster)?.cluster;
      if (cluster) cluster.objects = structuredClone(server.objects());
    }
    return copy;
  }

  /** Puts another world in place of this one. Clusters get new API servers, with new addresses. */
  async replace(world: World): Promise<void> {
    await this.apiServers.close();
    this.world = world;
    await this.apiServers.start();
  }

  async close(): Promise<void> {
    await this.apiServers.close();
  }
}
