import { baseWorld } from './base.ts';
import { type Scenario, scenario } from './scenario.ts';

const accountCount = 40;
const poolCount = 4;
const regions = ['asia-northeast1', 'us-central1', 'europe-west1'];

/** A project with this many clusters of four node pools, without API servers. Four of its 40 node accounts lack their role. */
function fleet(clusters: number): Scenario {
  return scenario({
    name: `fleet-${clusters}`,
    broken: `Four of the forty node accounts of a project with ${clusters} cluster${clusters === 1 ? '' : 's'} lack their role and may write neither logs nor metrics.`,
    shows: [],
    cluster: 'cluster-0',
    world() {
      const { world, project } = baseWorld();
      const accounts = Array.from({ length: accountCount }, (_, index) =>
        project.serviceAccount(`node-${index}`, {
          roles: index % 10 === 3 ? [] : ['roles/container.defaultNodeServiceAccount'],
        }),
      );
      for (let index = 0; index < clusters; index += 1) {
        project.cluster({
          name: `cluster-${index}`,
          location: regions[index % regions.length] ?? 'asia-northeast1',
          withoutApiServer: true,
          nodePools: Array.from({ length: poolCount }, (_, pool) => ({
            name: `pool-${pool}`,
            serviceAccount: accounts[(index * poolCount + pool) % accountCount] ?? 'default',
          })),
        });
      }
      return world.world;
    },
  });
}

/** Worlds for measurements. */
export const fleets = [1, 10, 100, 1_000].map(fleet);
