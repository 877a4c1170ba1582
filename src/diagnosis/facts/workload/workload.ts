/** The workload that is asked about: its Kubernetes service account, its Pods, where they run and what makes them. */

import type { Deployment, LabelSelector, Node, Pod, ServiceAccount } from '../../../kubernetes/objects.ts';
import type { PodQuery } from '../../../kubernetes/reads.ts';
import { selects } from '../../network-policy/selectors.ts';
import { type Fact, known } from '../fact.ts';
import type { Cluster } from '../google/cluster.ts';
import type { KubernetesReads } from '../kubernetes/api-server.ts';
import { hasEnded } from '../kubernetes/pods.ts';
import type { WorkloadName } from './name.ts';

export interface Workload {
  readonly namespace: string;
  /** Name of the Kubernetes service account. */
  readonly serviceAccount: string;
  /** Full resource name of the Kubernetes service account, as reports have it. */
  readonly resource: string;
  readonly account: Fact<ServiceAccount>;
  /** Those that have not ended. */
  readonly pods: Fact<readonly Pod[]>;
  /** Those that have; none if they could not be read. */
  readonly endedPods: readonly Pod[];
  /** Service accounts that running Pods of the namespace use; read if none of them uses this one. */
  readonly accountsInUse?: Fact<readonly string[]>;
  readonly nodes: Fact<readonly Node[]>;
  /** Deployments whose Pods use the account. */
  readonly deployments: Fact<readonly Deployment[]>;
}

/** What a workload's name leads to at once; everything else is on its way. */
export interface WorkloadStart extends Pick<Workload, 'namespace' | 'serviceAccount' | 'resource'> {
  readonly account: Promise<Fact<ServiceAccount>>;
  readonly lists: Promise<Pick<Workload, 'pods' | 'endedPods' | 'accountsInUse' | 'nodes' | 'deployments'>>;
}

type WorkloadReads = Pick<
  KubernetesReads,
  'pods' | 'endedPods' | 'pod' | 'deployment' | 'deployments' | 'nodes' | 'serviceAccount'
>;

/**
 * Each list is read once; what does not depend on another is read beside it. The account does not wait for the lists: what Google
 * is asked for next, which takes longest, is in its annotation.
 */
export async function readWorkloadStart(
  reads: WorkloadReads,
  cluster: Cluster,
  name: WorkloadName,
): Promise<Fact<WorkloadStart>> {
  const { namespace } = name;
  const named = await readNamed(reads, name);
  if (!named.known) return named;
  const { serviceAccount, pods, deployments } = named.value;
  const account = reads.serviceAccount(namespace, serviceAccount);
  const lists = Promise.all([pods(), deployments(), reads.nodes()]).then(all => ({
    ...all[0],
    deployments: all[1],
    nodes: all[2],
  }));
  const resource = `${cluster.resource}/k8s/namespaces/${namespace}/serviceaccounts/${serviceAccount}`;
  return known({ namespace, serviceAccount, resource, account, lists }, named.source);
}

export async function readWorkload({ account: reading, lists, ...start }: WorkloadStart): Promise<Fact<Workload>> {
  const [account, listed] = await Promise.all([reading, lists]);
  return known({ ...start, account, ...listed }, account.source);
}

type PodLists = Pick<Workload, 'pods' | 'endedPods' | 'accountsInUse'>;

interface Named {
  readonly serviceAccount: string;
  pods(): Promise<PodLists>;
  deployments(): Promise<Fact<readonly Deployment[]>>;
}

/** Which account the name means, and how to list what uses it. */
async function readNamed(reads: WorkloadReads, { namespace, kind, name }: WorkloadName): Promise<Fact<Named>> {
  if (kind === 'serviceaccount') {
    const query = { namespace, fieldSelector: `spec.serviceAccountName=${name}` };
    return known(
      {
        serviceAccount: name,
        pods: () => readPods(reads, query, name),
        deployments: () => using(reads, namespace, name),
      },
      'kubernetes serviceAccounts.get',
    );
  }
  if (kind === 'pod') {
    const pod = await reads.pod(namespace, name);
    if (!pod.known) return pod;
    const serviceAccount = accountOf(pod.value.spec);
    return known(
      {
        serviceAccount,
        pods: async () =>
          hasEnded(pod.value)
            ? { pods: known([], pod.source), endedPods: [pod.value] }
            : { pods: known([pod.value], pod.source), endedPods: [] },
        deployments: () =>
          mapped(using(reads, namespace, serviceAccount), all =>
            all.filter(({ spec }) => selects(spec.selector, pod.value.metadata.labels)),
          ),
      },
      pod.source,
    );
  }
  const deployment = await reads.deployment(namespace, name);
  if (!deployment.known) return deployment;
  const { selector, template } = deployment.value.spec;
  const serviceAccount = accountOf(template.spec);
  const query = { namespace, labelSelector: selectorText(selector) };
  return known(
    {
      serviceAccount,
      pods: () => readPods(reads, query, serviceAccount),
      deployments: async () => known([deployment.value], deployment.source),
    },
    deployment.source,
  );
}

function using(reads: WorkloadReads, namespace: string, serviceAccount: string) {
  return mapped(reads.deployments(namespace), all =>
    all.filter(({ spec }) => accountOf(spec.template.spec) === serviceAccount),
  );
}

function accountOf({ serviceAccountName }: Pod['spec']): string {
  return serviceAccountName || 'default';
}

async function readPods(
  reads: WorkloadReads,
  query: PodQuery & { readonly namespace: string },
  serviceAccount: string,
): Promise<PodLists> {
  const mine = (all: readonly Pod[]) => all.filter(({ spec }) => accountOf(spec) === serviceAccount);
  const [pods, ended] = await Promise.all([mapped(reads.pods(query), mine), mapped(reads.endedPods(query), mine)]);
  const lists = { pods, endedPods: ended.known ? ended.value : [] };
  if (!pods.known || pods.value.length > 0) return lists;
  const { namespace } = query;
  const accounts = (all: readonly Pod[]) => [...new Set(all.map(({ spec }) => accountOf(spec)))].sort();
  return { ...lists, accountsInUse: await mapped(reads.pods({ namespace }), accounts) };
}

/** A selector of a manifest as a query has it. */
export function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const operators: Readonly<Record<string, (key: string, values: string) => string>> = {
    In: (key, values) => `${key} in (${values})`,
    NotIn: (key, values) => `${key} notin (${values})`,
    Exists: key => key,
    DoesNotExist: key => `!${key}`,
  };
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => operators[operator]?.(key, values.join(',')) ?? key),
  ].join(',');
}

async function mapped<T, U>(fact: Promise<Fact<T>>, change: (value: T) => U): Promise<Fact<U>> {
  const read = await fact;
  return read.known ? known(change(read.value), read.source) : read;
}
