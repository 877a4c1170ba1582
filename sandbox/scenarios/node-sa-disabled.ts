import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'node-sa-disabled',
  broken: 'The service account of every node pool of cluster-x is disabled.',
  shows: [
    { check: 'node-sa-state', status: 'fail', subject: 'serviceAccounts/node@sandbox-1.iam.gserviceaccount.com' },
  ],
  world() {
    const { world, project, nodeAccount } = healthyWorld();
    Object.assign(project.project.serviceAccounts[nodeAccount] ?? {}, { disabled: true });
    return world.world;
  },
});
