import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

/** The seed's example: somebody who may reach the cluster, and do nothing in it. */
export default scenario({
  name: 'rbac-forbidden',
  broken: 'alice@example.com may reach cluster-x, but neither RBAC nor IAM lets her list roles in kube-system.',
  shows: [
    { check: 'rbac-forbidden', status: 'fail' },
    { check: 'caller-clusters-get', status: 'pass' },
  ],
  arguments: [
    ...['--for', 'alice@example.com'],
    ...['--verb', 'list'],
    ...['--resource', 'roles'],
    ...['--namespace', 'kube-system'],
  ],
  world() {
    return healthyWorld().world.world;
  },
});
