import { healthyWorld, nodeRole } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'node-sa-recommender',
  broken: 'The node account of cluster-x lacks its role, and a GKE recommendation reports it.',
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
