import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-iamcredentials-api',
  broken: 'The IAM Service Account Credentials API, which the workload shop/checkout needs, is disabled in sandbox-1.',
  shows: [{ check: 'wi-iamcredentials-api', status: 'fail' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world, project } = healthyWorld();
    project.disable('iamcredentials.googleapis.com');
    return world.world;
  },
});
