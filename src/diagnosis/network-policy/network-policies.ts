/**
 * Kubernetes' own network policies. Source: Kubernetes, "Network Policies" and the API reference of networking.k8s.io/v1:
 * - Without `policyTypes` a policy is of the type Egress if it has egress rules.
 * - A rule without `to` is about every destination, without `ports` about every port. Of several peers, or ports, one is enough.
 * - An `ipBlock` contains the addresses of its `cidr` but not of `except`. A `podSelector` alone means Pods of the policy's own
 *   namespace, together with a `namespaceSelector` Pods of those namespaces; a `namespaceSelector` alone all their Pods.
 * - A port without protocol is TCP; `endPort` ends a range; a name is the destination Pod's own, so an address without a Pod has
 *   none.
 * - Selectors never match what is no Pod of the Pod network: a node's own processes, an address outside.
 */

import { holdsAddress } from '../../contracts/ip-address.ts';
import type { NetworkPolicy } from '../../kubernetes/objects.ts';
import type { Destination, EgressPolicy, Source } from './model.ts';
import { best, keysOf, type Match, selects, selectsKnown } from './selectors.ts';

type Rule = NonNullable<NetworkPolicy['spec']['egress']>[number];
type Peer = Rule['to'][number];
type Port = Rule['ports'][number];

/** The policies that isolate a Pod for egress. */
export function selectNetworkPolicies(policies: readonly NetworkPolicy[], source: Source): EgressPolicy[] {
  return policies
    .filter(policy => isolates(policy, source))
    .map(({ metadata, spec }) => ({
      kind: 'NetworkPolicy',
      name: metadata.name,
      isolates: true,
      allows: destination => best((spec.egress ?? []).map(rule => ruleMatches(rule, source.namespace, destination))),
      denies: () => 'no',
    }));
}

function isolates({ metadata, spec }: NetworkPolicy, { namespace, labels }: Source): boolean {
  const types = spec.policyTypes.length > 0 ? spec.policyTypes : (spec.egress ?? []).length > 0 ? ['Egress'] : [];
  const isOfNamespace = metadata.namespace === undefined || metadata.namespace === namespace;
  return isOfNamespace && types.includes('Egress') && selects(spec.podSelector, labels);
}

/** Whether some policy isolates all Pods of a namespace for egress. */
export function isolatesNamespace(policies: readonly NetworkPolicy[], namespace: string): boolean {
  const all = policies.filter(({ spec }) => keysOf(spec.podSelector).length === 0);
  return selectNetworkPolicies(all, { namespace, labels: {} }).length > 0;
}

function ruleMatches({ to, ports }: Rule, namespace: string, destination: Destination): Match {
  if (ports.length > 0 && !ports.some(port => portMatches(port, destination))) return 'no';
  return to.length === 0 ? 'yes' : best(to.map(peer => peerMatches(peer, namespace, destination)));
}

function portMatches({ protocol = 'TCP', port, endPort }: Port, destination: Destination): boolean {
  if (protocol !== destination.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return destination.port >= port && destination.port <= (endPort ?? port);
  return isNamedPort(port, destination);
}

/** Whether a port's name is that of the destination's port; only Pods have such names. */
export function isNamedPort(name: string, { protocol, port, pod }: Destination): boolean {
  const named = pod?.ports?.[name];
  return named !== undefined && named.protocol === protocol && named.port === port;
}

function peerMatches(peer: Peer, namespace: string, destination: Destination): Match {
  const { pod } = destination;
  if (peer.ipBlock) return isInBlock(peer.ipBlock, destination);
  if (!pod || (!peer.namespaceSelector && !peer.podSelector)) return 'no';
  const isPod = !peer.podSelector || selects(peer.podSelector, pod.labels);
  if (!isPod) return 'no';
  if (peer.namespaceSelector) return selectsKnown(peer.namespaceSelector, pod.namespaceLabels);
  return pod.namespace === namespace ? 'yes' : 'no';
}

/** Every address has to be in the block: which one of a Pod's is used is not known. */
export function isInBlock(
  { cidr, except }: { readonly cidr: string; readonly except: readonly string[] },
  { addresses, pod }: Destination,
): Match {
  if (pod && !pod.byAddress) return 'no';
  if (addresses.length === 0) return 'maybe';
  const isInside = (address: string) =>
    holdsAddress(cidr, address) && !except.some(hole => holdsAddress(hole, address));
  return addresses.every(isInside) ? 'yes' : 'no';
}
