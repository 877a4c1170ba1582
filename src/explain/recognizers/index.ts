/** All recognisers. Which of several problems is named first is decided in `ranking.ts`, not by their order here. */
import type { Recognizer } from '../recognizer.ts';
import { CLUSTER_ACCESS, RESOURCES } from './access.ts';
import { AGENTS } from './agents.ts';
import { APIS } from './apis.ts';
import { TOKEN } from './credentials.ts';
import { ACT_AS, FEDERATION_DENIED, IMPERSONATION } from './identities.ts';
import { KUBERNETES } from './kubernetes.ts';
import { METADATA_SERVER_HEALTH } from './metadata-server.ts';
import { NODES } from './nodes.ts';
import { PLUGIN } from './plugin.ts';
import { POLICY } from './policy.ts';
import { REACH } from './reach.ts';
import { WORKLOADS } from './workloads.ts';

export const RECOGNIZERS: readonly Recognizer[] = [
  ...POLICY,
  ...APIS,
  ...AGENTS,
  ...ACT_AS,
  ...FEDERATION_DENIED,
  ...IMPERSONATION,
  ...NODES,
  ...KUBERNETES,
  ...WORKLOADS,
  ...METADATA_SERVER_HEALTH,
  ...TOKEN,
  ...CLUSTER_ACCESS,
  ...RESOURCES,
  ...PLUGIN,
  ...REACH,
];
