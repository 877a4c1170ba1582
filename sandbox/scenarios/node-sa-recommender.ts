import { healthyWorld, nodeRole } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'node-sa-recommender',
  broken: 'GKE itself recommends to grant the node account of cluster-x its role, which it lacks.',
  shows: [
    { check: 'node-sa-recommender', status: 'warn' },
    { check: 'node-sa-permissions', status: 'fail', subject: 'nodePools/pool-a' },
    { check: 'node-sa-permissions', status: 'fail', subject: 'nodePools/pool-b' },
  ],
  world() {
    const { world, project, nodeAccount } = healthyWorld();
    project.unbind(nodeRole, `serviceAccount:${nodeAccount}`).recommend('asia-northeast1', 'cluster-x');
    return world.world;
  },
});
