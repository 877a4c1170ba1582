import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'agent-gke-service-agent-shared-vpc',
  broken:
    'cluster-x is in the Shared VPC of host-1, where the GKE service agent of sandbox-1 lacks roles/container.hostServiceAgentUser.',
  shows: [{ check: 'agent-gke-service-agent', status: 'fail' }],
  world() {
    const { world } = healthyWorld({
      fields: { networkConfig: { network: 'projects/host-1/global/networks/shared' } },
    });
    world.project('host-1', '210987654321');
    return world.world;
  },
});
