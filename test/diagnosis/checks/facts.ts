/** Small facts for tables over checks: what is not said is healthy. */

import type { Check, CheckRequest, FindingDraft } from '../../../src/diagnosis/checks/check.ts';
import type { Access } from '../../../src/diagnosis/facts/access.ts';
import {
  type Fact,
  known,
  type Unknown,
  type UnknownCode,
  unknown as unknownFact,
} from '../../../src/diagnosis/facts/fact.ts';
import type { Cluster, NodePool } from '../../../src/diagnosis/facts/google/cluster.ts';
import type { Operation } from '../../../src/diagnosis/facts/google/operations.ts';
import type { FactName, Facts } from '../../../src/diagnosis/facts/index.ts';
import type { Health } from '../../../src/diagnosis/facts/kubernetes/api-server.ts';
import type { Answer } from '../../../src/diagnosis/iam/model.ts';

export const CLUSTER = 'projects/p/locations/europe-west1/clusters/c';

export function pool(name: string, more: Partial<NodePool> = {}): NodePool {
  return {
    resource: `${CLUSTER}/nodePools/${name}`,
    name,
    version: '1.33.5-gke.1',
    status: 'RUNNING',
    conditions: [],
    oauthScopes: ['https://www.googleapis.com/auth/cloud-platform'],
    imageType: 'COS_CONTAINERD',
    metadataMode: 'GKE_METADATA',
    serviceAccount: 'node@p.iam.gserviceaccount.com',
    ...more,
  };
}

export function cluster(more: Partial<Cluster> = {}): Fact<Cluster> {
  const base: Cluster = {
    resource: CLUSTER,
    project: 'p',
    location: 'europe-west1',
    name: 'c',
    status: 'RUNNING',
    conditions: [],
    version: '1.33.5-gke.1',
    autopilot: false,
    workloadPool: 'p.svc.id.goog',
    nodePools: [pool('a'), pool('b')],
    loggingService: 'logging.googleapis.com/kubernetes',
    monitoringService: 'monitoring.googleapis.com/kubernetes',
    networkPolicyEnabled: false,
    dataplaneV2: false,
    dns: { nodeLocal: false },
    endpoint: '203.0.113.10',
    caCertificate: 'Y2E=',
    ipEndpoints: { enabled: true, public: true, authorizedNetworks: false },
    groupsForRbac: false,
    ...more,
  };
  return known(base, 'container clusters.get');
}

export function unknown(code: UnknownCode, more: Partial<Unknown> = {}): Unknown {
  const reason = { en: `it is ${code}`, ja: `${code} です` };
  return unknownFact({ code, source: 'a source', reason, ...more });
}

export function health(outcome: Health['outcome']): Fact<Health> {
  const source = 'kubernetes version.get';
  const version =
    outcome === 'answers' ? known({ gitVersion: 'v1.33.5-gke.1' }, source) : unknown('unreachable', { source });
  return known({ outcome, version }, source);
}

/** An operation on cluster `c`, or on a pool of it. */
export function operation(type: string, more: Partial<Operation> & { pool?: string } = {}): Operation {
  const { pool: name, ...rest } = more;
  const target = name ? `/nodePools/${name}` : '';
  return {
    name: 'operation-1',
    type,
    status: 'DONE',
    targetLink: `https://container.googleapis.com/v1/projects/1/locations/europe-west1/clusters/c${target}`,
    ...rest,
  };
}

export function operations(...list: Operation[]): Fact<readonly Operation[]> {
  return known(list, 'container operations.list');
}

export const REQUEST: CheckRequest = { cluster: CLUSTER, project: 'p' };

const GRANTED: Answer = {
  state: 'granted',
  proof: { level: 'projects/p', role: 'roles/x', member: 'user:a@example.com' },
};
const MISSING: Answer = { state: 'missing', because: { kind: 'no-binding' } };

/** IAM that says the same of all, or grants the permissions named. */
export function iam(answer: 'granted' | 'missing' | readonly string[] | Answer): Access {
  return {
    answer(question) {
      if (typeof answer === 'object' && 'state' in answer) return answer;
      if (typeof answer === 'string') return answer === 'granted' ? GRANTED : MISSING;
      return 'permission' in question && answer.includes(question.permission) ? GRANTED : MISSING;
    },
    policy: () => known({ bindings: [] }, 'cloudresourcemanager projects.getIamPolicy'),
    role: () => undefined,
  };
}

/** Runs a check that is expected to have one finding. */
export function findingOf<Name extends FactName>(
  check: Check<Name>,
  facts: Pick<Facts, Name>,
  more: { readonly request?: Partial<CheckRequest>; readonly access?: Access } = {},
): FindingDraft {
  const findings = check.run(facts, more.access ?? iam('missing'), { ...REQUEST, ...more.request });
  const [finding] = findings;
  if (!finding || findings.length > 1) throw new Error(`${findings.length} findings`);
  return finding;
}
