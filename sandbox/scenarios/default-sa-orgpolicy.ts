import { healthyWorld, nodeRole } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'default-sa-orgpolicy',
  broken:
    'An organization policy keeps default service accounts from getting roles, and the nodes of cluster-x run as the Compute Engine default service account.',
  shows: [
    { check: 'default-sa-orgpolicy', status: 'pass' },
    { check: 'node-sa-permissions', status: 'fail', subject: 'nodePools/pool-a' },
  ],
  world() {
    const { world, project } = healthyWorld({ nodePools: [{ name: 'pool-a' }] });
    project.unbind(nodeRole, `serviceAccount:${project.computeAccount}`);
    world.organization.orgPolicies['iam.automaticIamGrantsForDefaultServiceAccounts'] = [{ enforce: true }];
    return world.world;
  },
});
