import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-gsa-binding',
  broken: 'The policy of checkout@ does not let the workload shop/checkout in.',
  shows: [{ check: 'wi-gsa-binding', status: 'fail' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world, project, workloadAccount } = healthyWorld();
    project.unbindOn(workloadAccount, 'roles/iam.workloadIdentityUser');
    return world.world;
  },
});
