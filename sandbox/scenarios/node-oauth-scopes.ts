import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'node-oauth-scopes',
  broken:
    'The nodes of pool-b have access scopes for storage only, so they can’t write logs or metrics, whatever their role.',
  shows: [{ check: 'node-oauth-scopes', status: 'fail', subject: 'nodePools/pool-b' }],
  world() {
    const { world, project, nodeAccount } = healthyWorld();
    project.cluster({
      name: 'cluster-x',
      nodePools: [
        { name: 'pool-a', serviceAccount: nodeAccount },
        {
          name: 'pool-b',
          serviceAccount: nodeAccount,
          scopes: ['https://www.googleapis.com/auth/devstorage.read_only'],
        },
      ],
    });
    return world.world;
  },
});
