import { networkPolicy } from '../google/build/network-policy.ts';
import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'workload-three-links',
  broken:
    'shop/checkout has three problems: its node pool does not run the GKE metadata server, the IAM policy of checkout@ does not allow it, and a network policy blocks the metadata server.',
  shows: [
    { check: 'wi-nodepool-metadata-mode', status: 'fail', subject: 'nodePools/pool-a' },
    { check: 'wi-gsa-binding', status: 'fail' },
    { check: 'wi-netpol-egress', status: 'fail', subject: 'networkpolicies/default-deny' },
  ],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world, project, workloadAccount } = healthyWorld({
      nodePools: [{ name: 'pool-a', metadataMode: 'GCE_METADATA' }],
      fields: { networkConfig: { datapathProvider: 'ADVANCED_DATAPATH' } },
      objects: [networkPolicy('shop', 'default-deny', { podSelector: {}, policyTypes: ['Egress'] })],
    });
    project.unbindOn(workloadAccount, 'roles/iam.workloadIdentityUser');
    return world.world;
  },
});
