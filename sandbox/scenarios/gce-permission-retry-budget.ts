import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'gce-permission-retry-budget',
  broken: 'An operation on cluster-x failed because the GKE service agent may not read regions of Compute Engine.',
  shows: [
    { check: 'gce-permission-retry-budget', status: 'fail' },
    { check: 'agent-gke-service-agent', status: 'fail' },
  ],
  world() {
    const { world, project } = healthyWorld();
    project.unbind('roles/container.serviceAgent').operation({
      location: 'asia-northeast1',
      type: 'UPGRADE_NODES',
      target: 'clusters/cluster-x/nodePools/pool-a',
      minutesAgo: 20,
      minutes: 5,
      error: {
        code: 7,
        message:
          "Retry budget exhausted (5 attempts): Google Compute Engine: Required 'compute.regions.get' permission for 'projects/sandbox-1/regions/asia-northeast1'.",
      },
    });
    return world.world;
  },
});
