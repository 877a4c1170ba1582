import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-workload-pool',
  broken: 'Workload Identity Federation for GKE is disabled on cluster-x.',
  shows: [{ check: 'wi-workload-pool', status: 'warn' }],
  world() {
    const { world } = healthyWorld({
      workloadIdentity: false,
      nodePools: [{ name: 'pool-a', metadataMode: 'GCE_METADATA' }],
    });
    return world.world;
  },
});
