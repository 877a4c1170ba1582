/** A workload alone in its cluster, and the same in a crowd of 3,000 service accounts, 5,000 Pods and 500 network policies. */
import { networkPolicy } from '../../sandbox/google/build/network-policy.ts';
import { nodeName, pod, serviceAccount } from '../../sandbox/google/build/objects.ts';
import type { World } from '../../sandbox/google/world.ts';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';

const many = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
const fields = { networkPolicy: { provider: 'CALICO', enabled: true } };

/** `NS/KSA`, in cluster-x of both worlds. */
export const WORKLOAD = 'shop/checkout';

export const aloneWorld = (): World => healthyWorld({ fields }).world.world;

/** Half of the Pods are the workload's own: it is them that have to be paged. */
export function crowdedWorld(): World {
  const node = nodeName('cluster-x', 'pool-a');
  return healthyWorld({
    fields,
    objects: [
      ...many(3_000, index => serviceAccount(`tenant-${index % 100}`, `job-${index}`)),
      ...many(5_000, index =>
        pod({
          namespace: 'shop',
          name: `checkout-7c9d8b6f5d-${index}`,
          serviceAccount: index % 2 === 0 ? 'checkout' : 'cart',
          labels: { app: index % 2 === 0 ? 'checkout' : 'cart' },
          node,
        }),
      ),
      ...many(500, index =>
        networkPolicy('shop', `policy-${index}`, {
          podSelector: { matchLabels: { app: `app-${index}` } },
          policyTypes: ['Egress'],
        }),
      ),
    ],
  }).world.world;
}
