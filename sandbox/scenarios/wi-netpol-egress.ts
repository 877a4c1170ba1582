import { networkPolicy } from '../google/build/network-policy.ts';
import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-netpol-egress',
  broken:
    'A network policy of the namespace shop lets the Pods of checkout reach DNS and other Pods, but not the metadata server.',
  shows: [{ check: 'wi-netpol-egress', status: 'fail', subject: 'networkpolicies/checkout' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world } = healthyWorld({
      fields: { networkPolicy: { provider: 'CALICO', enabled: true } },
      objects: [
        networkPolicy('shop', 'checkout', {
          podSelector: { matchLabels: { app: 'checkout' } },
          policyTypes: ['Egress'],
          egress: [{ to: [{ namespaceSelector: {} }] }],
        }),
      ],
    });
    return world.world;
  },
});
