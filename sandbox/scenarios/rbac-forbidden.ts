import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

/** A user who can connect to the cluster but has no permissions in it (docs/domain/callers.md). */
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
