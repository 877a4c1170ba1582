/** All recognisers, causes before consequences: where a paste holds several errors of equal weight, the earlier entry is named first. */
import type { Recognizer } from '../recognizer.ts';
import { CLUSTER_ACCESS, IMPERSONATION, RBAC } from './access.ts';
import { AGENTS } from './agents.ts';
import { APIS } from './apis.ts';
import { LOGIN, TOKEN } from './login.ts';
import { METADATA_SERVER } from './metadata-server.ts';
import { NODES } from './nodes.ts';
import { POLICY } from './policy.ts';
import { WORKLOADS } from './workloads.ts';

export const RECOGNIZERS: readonly Recognizer[] = [
  ...POLICY,
  ...APIS,
  ...AGENTS,
  ...IMPERSONATION,
  ...NODES,
  ...RBAC,
  ...WORKLOADS,
  ...METADATA_SERVER,
  ...TOKEN,
  ...CLUSTER_ACCESS,
  ...LOGIN,
];
