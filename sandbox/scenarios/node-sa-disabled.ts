import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'node-sa-disabled',
  broken: 'The service account of every node pool of cluster-x is disabled.',
  shows: [
    { check: 'node-sa-state', status: 'fail', subject: 'serviceAccounts/node@sandbox-1.iam.gserviceaccount.com' },
    { check: 'node-sa-permissions', status: 'fail', subject: 'nodePools/pool-a' },
    { check: 'node-sa-permissions', status: 'fail', subject: 'nodePools/pool-b' },
  ],
  world() {
    const { world, project, nodeAccount } = healthyWorld();
    project.disableAccount(nodeAccount);
    return world.world;
  },
});
