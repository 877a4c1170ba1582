import { healthyWorld, nodeRole } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'node-sa-deleted',
  broken: 'The service account of pool-b was deleted yesterday; its bindings still name it.',
  shows: [
    { check: 'node-sa-state', status: 'fail', subject: 'serviceAccounts/node-gone@sandbox-1.iam.gserviceaccount.com' },
    { check: 'node-sa-permissions', status: 'fail', subject: 'nodePools/pool-b' },
  ],
  world() {
    const { world, project, nodeAccount } = healthyWorld();
    const gone = project.serviceAccount('node-gone', { roles: [nodeRole], deleted: true });
    project.cluster({
      name: 'cluster-x',
      nodePools: [
        { name: 'pool-a', serviceAccount: nodeAccount },
        { name: 'pool-b', serviceAccount: gone },
      ],
    });
    return world.world;
  },
});
