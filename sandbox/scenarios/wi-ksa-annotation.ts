import { serviceAccount } from '../google/build/objects.ts';
import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-ksa-annotation',
  broken:
    'The Kubernetes service account shop/checkout names an IAM service account that does not exist: chekout@, a typo.',
  shows: [{ check: 'wi-ksa-annotation', status: 'fail' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world } = healthyWorld({
      objects: [serviceAccount('shop', 'checkout', 'chekout@sandbox-1.iam.gserviceaccount.com')],
    });
    return world.world;
  },
});
