import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'node-sa-denied',
  broken: 'The node account of cluster-x has its role, but a deny policy of the project denies writing logs.',
  shows: [
    { check: 'node-sa-permissions', status: 'fail', subject: 'nodePools/pool-a' },
    { check: 'node-sa-permissions', status: 'fail', subject: 'nodePools/pool-b' },
  ],
  world() {
    const { world, project, nodeAccount } = healthyWorld();
    project.deny('no-logs-from-nodes', {
      deniedPrincipals: [`principal://iam.googleapis.com/projects/-/serviceAccounts/${nodeAccount}`],
      deniedPermissions: ['logging.googleapis.com/logEntries.create'],
    });
    return world.world;
  },
});
