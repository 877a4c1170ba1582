import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-iamcredentials-api',
  broken:
    'The IAM Service Account Credentials API is off in sandbox-1, which the workload shop/checkout needs to act as its account.',
  shows: [{ check: 'wi-iamcredentials-api', status: 'fail' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world, project } = healthyWorld();
    project.disable('iamcredentials.googleapis.com');
    return world.world;
  },
});
