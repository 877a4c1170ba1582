import type { Family } from '../state.ts';
import { apis } from './apis.ts';
import { callers } from './callers.ts';
import { causes } from './causes.ts';
import { conditional } from './conditional.ts';
import { doctor } from './doctor.ts';
import { istio } from './istio.ts';
import { networkPolicies } from './network-policies.ts';
import { nodeAccounts } from './node-accounts.ts';
import { nodePools } from './node-pools.ts';
import { otherPolicies } from './other-policies.ts';
import { podsAndLogs } from './pods-and-logs.ts';
import { sharedVpc } from './shared-vpc.ts';
import { workloadIdentity } from './workload-identity.ts';

/** Every row, by family. */
export const families: readonly Family[] = [
  nodeAccounts,
  apis,
  { name: 'network-policies', states: [...networkPolicies, ...otherPolicies] },
  podsAndLogs,
  { name: 'callers', states: [...callers.states, ...doctor] },
  conditional,
  sharedVpc,
  workloadIdentity,
  istio,
  nodePools,
  causes,
];
