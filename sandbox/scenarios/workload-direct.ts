import { serviceAccount } from '../google/build/objects.ts';
import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'workload-direct',
  broken: 'Nothing is broken: shop/checkout uses no IAM service account and has a role of its own.',
  shows: [
    { check: 'wi-ksa-annotation', status: 'pass' },
    { check: 'wi-gsa-binding', status: 'pass' },
  ],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world, project } = healthyWorld({ objects: [serviceAccount('shop', 'checkout')] });
    const pool = `projects/${project.number}/locations/global/workloadIdentityPools/${project.pool}`;
    project.bind('roles/pubsub.publisher', `principal://iam.googleapis.com/${pool}/subject/ns/shop/sa/checkout`);
    return world.world;
  },
});
