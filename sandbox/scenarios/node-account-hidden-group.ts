import { healthyWorld, nodeRole } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'node-account-hidden-group',
  broken: 'The node account of cluster-x may have its role through a group whose members are hidden.',
  shows: [
    { check: 'node-sa-permissions', status: 'unknown', subject: 'nodePools/pool-a' },
    { check: 'node-sa-permissions', status: 'unknown', subject: 'nodePools/pool-b' },
  ],
  world() {
    const { world, project, nodeAccount } = healthyWorld();
    world.group('nodes@example.com', [nodeAccount], { hidden: true });
    project.unbind(nodeRole, `serviceAccount:${nodeAccount}`).bind(nodeRole, 'group:nodes@example.com');
    return world.world;
  },
});
