import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'api-enabled',
  broken: 'The Compute Engine API is disabled in sandbox-1.',
  shows: [{ check: 'api-enabled', status: 'fail' }],
  world() {
    const { world, project } = healthyWorld();
    project.disable('compute.googleapis.com');
    return world.world;
  },
});
