/** The GKE metadata server's Pods, and how many Kubernetes service accounts they keep in memory (docs/domain/workloads.md#wi-metadata-server-oom). */
import type { Pod } from '../../../kubernetes/objects.ts';
import { type Fact, known } from '../fact.ts';
import type { KubernetesReads } from './api-server.ts';

export interface MetadataServers {
  readonly pods: Fact<readonly MetadataServer[]>;
  /** Of the whole cluster. */
  readonly serviceAccounts: Fact<number>;
}

export interface MetadataServer {
  readonly name: string;
  readonly crashLooping: boolean;
  /** When it last ran out of memory, and whether that is less than a day ago. */
  readonly oom?: { readonly at: string; readonly recent: boolean };
}

const NAME = /^gke-metadata-server-/;
const DAY_MS = 86_400_000;

export async function readMetadataServers(reads: KubernetesReads, now: Date): Promise<MetadataServers> {
  const [pods, serviceAccounts] = await Promise.all([readPods(reads), reads.countServiceAccounts()]);
  return {
    serviceAccounts,
    pods: pods.known
      ? known(
          pods.value.filter(({ metadata }) => NAME.test(metadata.name)).map(pod => toServer(pod, now)),
          pods.source,
        )
      : pods,
  };
}

/** By GKE's label; by name among all of kube-system where nothing has it. */
async function readPods(reads: KubernetesReads): Promise<Fact<readonly Pod[]>> {
  const namespace = 'kube-system';
  const labelled = await reads.pods({ namespace, labelSelector: 'k8s-app=gke-metadata-server' });
  return labelled.known && labelled.value.length === 0 ? reads.pods({ namespace }) : labelled;
}

function toServer({ metadata, status }: Pod, now: Date): MetadataServer {
  const ends = status.containerStatuses
    .flatMap(({ state, lastState }) => [state.terminated, lastState.terminated])
    .filter(end => end?.reason === 'OOMKilled');
  const [at] = ends
    .map(end => end?.finishedAt ?? '')
    .sort()
    .reverse();
  return {
    name: metadata.name,
    crashLooping: status.containerStatuses.some(({ state }) => state.waiting?.reason === 'CrashLoopBackOff'),
    // One without a time is taken as recent: kubelets always write it, and silence must not look like health.
    ...(at === undefined ? {} : { oom: { at, recent: at === '' || now.getTime() - Date.parse(at) < DAY_MS } }),
  };
}
