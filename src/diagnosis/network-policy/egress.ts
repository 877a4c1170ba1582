/**
 * Whether network policies let a Pod reach a destination. Pure.
 *
 * Source: Kubernetes, "Network Policies" and the API reference of networking.k8s.io/v1:
 * - A Pod is isolated for egress once a policy with the type Egress selects it; then only what some rule of some such policy
 *   allows is allowed. Policies add up; their order doesn't matter, and none takes anything away.
 * - Without `policyTypes` a policy is of the type Egress if it has egress rules.
 * - A rule without `to` is about every destination, without `ports` about every port. Of several peers, or ports, one is enough.
 * - An `ipBlock` holds the addresses of its `cidr` but not of `except`. A `podSelector` alone means Pods of the policy's own
 *   namespace, together with a `namespaceSelector` Pods of those namespaces; a `namespaceSelector` alone all their Pods.
 * - A port without protocol is TCP; `endPort` ends a range; a name is the destination Pod's own, so an address without a Pod has none.
 * - Selectors never match what is no Pod of the Pod network: a node's own processes, an address outside.
 */
import type { NetworkPolicy } from '../../kubernetes/objects.ts';
import { holdsAddress } from './address.ts';
import { selects } from './selectors.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface Destination {
  readonly protocol: Protocol;
  readonly port: number;
  /** Its addresses; empty where they are not known, which only a Pod's may be. */
  readonly addresses: readonly string[];
  /** Present where it is a Pod of the Pod network. */
  readonly pod?: DestinationPod;
}

export interface DestinationPod {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Names of its container ports. */
  readonly ports?: Readonly<Record<string, { readonly protocol: Protocol; readonly port: number }>>;
  /** False on GKE Dataplane V2: there an `ipBlock` is never about Pods, whatever addresses it holds. */
  readonly byAddress: boolean;
}

/** The Pod that sends. */
export interface Source {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type Egress =
  /** No policy selects the Pod for egress. */
  | { readonly state: 'open' }
  /** The policy that allows it. */
  | { readonly state: 'allowed'; readonly policy: string }
  /** The policies that select the Pod, none of which allows it. */
  | { readonly state: 'denied'; readonly policies: readonly string[] }
  /** Some rule may be about it, but the destination's addresses are not known. */
  | { readonly state: 'unknown'; readonly policies: readonly string[] };

type Rule = NonNullable<NetworkPolicy['spec']['egress']>[number];
type Peer = Rule['to'][number];
type Port = Rule['ports'][number];
type Match = 'yes' | 'no' | 'maybe';

export function evaluateEgress(policies: readonly NetworkPolicy[], source: Source, destination: Destination): Egress {
  const selecting = policies.filter(policy => isolates(policy, source)).sort(byName);
  if (selecting.length === 0) return { state: 'open' };
  const names = selecting.map(({ metadata }) => metadata.name);
  const answers = selecting.map(policy => allows(policy, source.namespace, destination));
  const allowing = names[answers.indexOf('yes')];
  if (allowing !== undefined) return { state: 'allowed', policy: allowing };
  return { state: answers.includes('maybe') ? 'unknown' : 'denied', policies: names };
}

/** Whether a policy is about what this Pod sends. */
export function isolates({ metadata, spec }: NetworkPolicy, { namespace, labels }: Source): boolean {
  const types = spec.policyTypes.length > 0 ? spec.policyTypes : (spec.egress ?? []).length > 0 ? ['Egress'] : [];
  const own = metadata.namespace === undefined || metadata.namespace === namespace;
  return own && types.includes('Egress') && selects(spec.podSelector, labels);
}

function byName(a: NetworkPolicy, b: NetworkPolicy): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function allows({ spec }: NetworkPolicy, namespace: string, destination: Destination): Match {
  return best((spec.egress ?? []).map(rule => ruleMatches(rule, namespace, destination)));
}

function ruleMatches({ to, ports }: Rule, namespace: string, destination: Destination): Match {
  if (ports.length > 0 && !ports.some(port => portMatches(port, destination))) return 'no';
  return to.length === 0 ? 'yes' : best(to.map(peer => peerMatches(peer, namespace, destination)));
}

function best(matches: readonly Match[]): Match {
  if (matches.includes('yes')) return 'yes';
  return matches.includes('maybe') ? 'maybe' : 'no';
}

function portMatches({ protocol = 'TCP', port, endPort }: Port, destination: Destination): boolean {
  if (protocol !== destination.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return destination.port >= port && destination.port <= (endPort ?? port);
  const named = destination.pod?.ports?.[port];
  return named !== undefined && named.protocol === protocol && named.port === destination.port;
}

function peerMatches(peer: Peer, namespace: string, { addresses, pod }: Destination): Match {
  if (peer.ipBlock) return pod && !pod.byAddress ? 'no' : blockMatches(peer.ipBlock, addresses);
  if (!pod || (!peer.namespaceSelector && !peer.podSelector)) return 'no';
  const inNamespace = peer.namespaceSelector
    ? selects(peer.namespaceSelector, pod.namespaceLabels)
    : pod.namespace === namespace;
  return inNamespace && (!peer.podSelector || selects(peer.podSelector, pod.labels)) ? 'yes' : 'no';
}

/** Every address has to be inside: which of a Pod's is used can't be told. */
function blockMatches({ cidr, except }: NonNullable<Peer['ipBlock']>, addresses: readonly string[]): Match {
  if (addresses.length === 0) return 'maybe';
  const inside = addresses.filter(address => holdsAddress(cidr, address));
  return inside.length === addresses.length && !except.some(hole => inside.some(address => holdsAddress(hole, address)))
    ? 'yes'
    : 'no';
}
