/** What makes a workload's Pods, and what its Pods are therefore called. Pure: checks look at it too. */
import type { Pod } from '../../../kubernetes/objects.ts';
import { applicationContainers } from './marks.ts';
import type { Workload } from './workload.ts';

/** What makes Pods, with the names that a change has to know. */
export interface Controller {
  /** `Pod` if nothing makes it: it can't be changed in place. */
  readonly kind: string;
  readonly name: string;
  readonly containers: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

export function controllersOf({ pods, deployments }: Pick<Workload, 'pods' | 'deployments'>): Controller[] {
  const known = deployments.known ? deployments.value : [];
  const made = known.map(({ metadata, spec }) => ({
    kind: 'Deployment',
    name: metadata.name,
    containers: spec.template.spec.containers.map(({ name }) => name),
    annotations: spec.template.metadata.annotations,
  }));
  if (made.length > 0) return made;
  const owned = (pods.known ? pods.value : []).map(pod => ({
    ...changeableOwner(pod),
    containers: applicationContainers(pod).map(({ name }) => name),
    annotations: pod.metadata.annotations,
  }));
  return [...new Map(owned.map(one => [`${one.kind}/${one.name}`, one])).values()];
}

/** What can't be changed in place is taken as a Pod. */
function changeableOwner(pod: Pod): Pick<Controller, 'kind' | 'name'> {
  const owner = ownerOf(pod);
  return owner && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(owner.kind)
    ? owner
    : { kind: 'Pod', name: pod.metadata.name };
}

/** A ReplicaSet is a Deployment's, by the hash that ends its name. */
function ownerOf({ metadata }: Pod): { readonly kind: string; readonly name: string } | undefined {
  const owner = metadata.ownerReferences.find(({ controller }) => controller !== false);
  if (owner?.kind === 'ReplicaSet') return { kind: 'Deployment', name: owner.name.replace(/-[a-z0-9]+$/, '') };
  return owner;
}

/** Names of Pods, as a search for their logs has them. */
export interface PodNames {
  readonly exact: readonly string[];
  /** Regular expressions for names that a controller has given, or will give. */
  readonly patterns: readonly string[];
}

/**
 * What the Pods of a workload are called, those that are gone included. A Deployment's are called by a hash of its template, which
 * Kubernetes writes in the characters 4 to 9, b, c, d and f, and by five characters at random
 * (https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go): so those of `a` and of `a-worker` differ.
 */
export function podNamesOf({
  pods,
  endedPods,
  deployments,
}: Pick<Workload, 'pods' | 'endedPods' | 'deployments'>): PodNames {
  const all = [...(pods.known ? pods.value : []), ...endedPods];
  const owners = all.map(pod => ({ pod, pattern: patternOf(ownerOf(pod)) }));
  const ofDeployments = (deployments.known ? deployments.value : []).flatMap(
    ({ metadata }) => patternOf({ kind: 'Deployment', name: metadata.name }) ?? [],
  );
  const patterns = [...new Set([...ofDeployments, ...owners.flatMap(({ pattern }) => pattern ?? [])])];
  const isCovered = (name: string) => patterns.some(pattern => new RegExp(pattern).test(name));
  const exact = all.map(({ metadata }) => metadata.name).filter(name => !isCovered(name));
  return { exact: [...new Set(exact)], patterns };
}

const RANDOM = '[a-z0-9]{5}';

function patternOf(owner: { readonly kind: string; readonly name: string } | undefined): string | undefined {
  if (!owner) return undefined;
  const name = owner.name.replaceAll('.', '[.]');
  switch (owner.kind) {
    case 'Deployment':
      return `^${name}-[4-9bcdf]{6,10}-${RANDOM}$`;
    case 'StatefulSet':
      return `^${name}-[0-9]+$`;
    case 'DaemonSet':
      return `^${name}-${RANDOM}$`;
    case 'Job':
      // A CronJob names its Jobs by the minute for which they were scheduled.
      return `^${name.replace(/-[0-9]{8,}$/, '-[0-9]{8,}')}-${RANDOM}$`;
    default:
      return undefined;
  }
}
