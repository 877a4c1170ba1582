import { nodeName, pod } from '../google/build/objects.ts';
import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

const image = 'gcr.io/istio-release/proxyv2:1.27.1';

export default scenario({
  name: 'wi-istio-exclusion',
  broken:
    'The Istio sidecar of shop/checkout intercepts traffic to the metadata server: 169.254.169.254 is not excluded.',
  shows: [{ check: 'wi-istio-exclusion', status: 'fail' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world } = healthyWorld({
      objects: [
        pod({
          namespace: 'shop',
          name: 'checkout-7c9d8b6f5d-x2x4q',
          serviceAccount: 'checkout',
          node: nodeName('cluster-x', 'pool-a'),
          labels: { app: 'checkout' },
          spec: {
            initContainers: [
              { name: 'istio-init', image, args: ['istio-iptables', '-p', '15001', '-i', '*', '-x', ''] },
            ],
            containers: [
              { name: 'app', image: 'asia-docker.pkg.dev/sandbox-1/app/app:1.4.2' },
              { name: 'istio-proxy', image },
            ],
          },
        }),
      ],
    });
    return world.world;
  },
});
