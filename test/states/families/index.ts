import type { Family } from '../state.ts';
import { apis } from './apis.ts';
import { callers } from './callers.ts';
import { causes } from './causes.ts';
import { conditional } from './conditional.ts';
import { doctor } from './doctor.ts';
import { istio } from './istio.ts';
import { ciliumPolicies } from './network-policies/cilium.ts';
import { networkPolicies } from './network-policies/kubernetes.ts';
import { otherPolicies } from './network-policies/other.ts';
import { nodeAccounts } from './node-accounts.ts';
import { nodePools } from './node-pools.ts';
import { podsAndLogs } from './pods-and-logs.ts';
import { reachability } from './reachability.ts';
import { resources } from './resources.ts';
import { sharedVpc } from './shared-vpc.ts';
import { identities } from './workload-identity/identity.ts';
import { workloadPods } from './workload-identity/pods.ts';

/** Every row, by family. */
export const families: readonly Family[] = [
  nodeAccounts,
  apis,
  { name: 'network-policies', states: [...networkPolicies, ...ciliumPolicies, ...otherPolicies] },
  podsAndLogs,
  { name: 'callers', states: [...callers.states, ...doctor] },
  conditional,
  sharedVpc,
  resources,
  reachability,
  { name: 'workload-identity', states: [...identities, ...workloadPods] },
  istio,
  nodePools,
  causes,
];
