import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'caller-clusters-get',
  broken: 'alice@example.com has no role that lets her see a cluster of sandbox-1.',
  shows: [{ check: 'caller-clusters-get', status: 'fail' }],
  arguments: ['--for', 'user:alice@example.com'],
  world() {
    const { world, project } = healthyWorld();
    project.unbind('roles/container.clusterViewer', 'user:alice@example.com');
    return world.world;
  },
});
