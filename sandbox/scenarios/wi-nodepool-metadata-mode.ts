import { nodeName, pod } from '../google/build/objects.ts';
import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-nodepool-metadata-mode',
  broken: 'The workload shop/checkout runs on pool-a and on pool-b, and pool-b does not run the GKE metadata server.',
  shows: [
    { check: 'wi-nodepool-metadata-mode', status: 'fail', subject: 'nodePools/pool-b' },
    { check: 'wi-nodepool-metadata-mode', status: 'pass', subject: 'nodePools/pool-a' },
  ],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world } = healthyWorld({
      nodePools: [{ name: 'pool-a' }, { name: 'pool-b', metadataMode: 'GCE_METADATA' }],
      objects: [
        pod({
          namespace: 'shop',
          name: 'checkout-7c9d8b6f5d-b7b9z',
          serviceAccount: 'checkout',
          node: nodeName('cluster-x', 'pool-b'),
          labels: { app: 'checkout' },
        }),
      ],
    });
    return world.world;
  },
});
