import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'cluster-auth-401',
  broken:
    'alice@example.com lacks container.clusters.get, so the API server of cluster-x answers her requests with 401.',
  shows: [
    { check: 'cluster-auth-401', status: 'fail' },
    { check: 'caller-clusters-get', status: 'fail' },
  ],
  arguments: ['--for', 'alice@example.com', '--only', 'cluster-auth-401,caller-clusters-get'],
  world() {
    const { world, project } = healthyWorld();
    project.unbind('roles/container.clusterViewer', 'user:alice@example.com');
    return world.world;
  },
});
