import type { Family } from '../state.ts';
import { apis } from './apis.ts';
import { networkPolicies } from './network-policies.ts';
import { nodeAccounts } from './node-accounts.ts';
import { otherPolicies } from './other-policies.ts';

/** Every row, by family. */
export const families: readonly Family[] = [
  nodeAccounts,
  apis,
  { name: 'network-policies', states: [...networkPolicies, ...otherPolicies] },
];
