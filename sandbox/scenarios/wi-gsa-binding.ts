import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-gsa-binding',
  broken: 'The IAM policy of checkout@ does not let the workload shop/checkout act as this account.',
  shows: [{ check: 'wi-gsa-binding', status: 'fail' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world, project, workloadAccount } = healthyWorld();
    project.unbindOn(workloadAccount, 'roles/iam.workloadIdentityUser');
    return world.world;
  },
});
