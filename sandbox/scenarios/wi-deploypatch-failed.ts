import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-deploypatch-failed',
  broken:
    'Workload Identity could not be enabled on cluster-x: the GKE service agent lacks its role, and the operation ended in DeployPatch failed.',
  shows: [
    { check: 'wi-deploypatch-failed', status: 'fail' },
    { check: 'agent-gke-service-agent', status: 'fail' },
    { check: 'wi-workload-pool', status: 'warn' },
  ],
  world() {
    const { world, project } = healthyWorld({ workloadIdentity: false, nodePools: [{ name: 'pool-a' }] });
    project.unbind('roles/container.serviceAgent').operation({
      location: 'asia-northeast1',
      type: 'UPDATE_CLUSTER',
      target: 'clusters/cluster-x',
      minutesAgo: 20,
      minutes: 3,
      error: { code: 13, message: 'DeployPatch failed' },
    });
    return world.world;
  },
});
