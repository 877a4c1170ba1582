/** What the evaluation of egress policies works with: a Pod that sends, where it sends to, and the policies that select it. */
import type { KnownLabels, Labels, Match } from './selectors.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface Destination {
  readonly protocol: Protocol;
  readonly port: number;
  /** Its addresses; empty if they are not known. */
  readonly addresses: readonly string[];
  /** Present if it is a Pod of the Pod network. */
  readonly pod?: DestinationPod;
}

export interface DestinationPod {
  readonly namespace: string;
  readonly namespaceLabels: KnownLabels;
  readonly labels: Labels;
  /** Names of its container ports. */
  readonly ports?: Readonly<Record<string, { readonly protocol: Protocol; readonly port: number }>>;
  /** False on GKE Dataplane V2: there an `ipBlock` never matches Pods, whatever addresses it contains. */
  readonly byAddress: boolean;
}

/** The Pod that sends. */
export interface Source {
  readonly namespace: string;
  readonly labels: Labels;
  readonly namespaceLabels?: KnownLabels;
  readonly serviceAccount?: string;
}

export interface PolicyName {
  /** `NetworkPolicy`, `CiliumNetworkPolicy` … */
  readonly kind: string;
  readonly name: string;
}

/** A policy that selects the Pod and says something about its egress. */
export interface EgressPolicy extends PolicyName {
  /** Whether what no policy allows is denied once this policy selects a Pod. */
  readonly isolates: boolean;
  readonly allows: (destination: Destination) => Match;
  /** Whether it denies the destination whatever others allow. */
  readonly denies: (destination: Destination) => Match;
}

export type Action = 'Allow' | 'Deny' | 'Pass';

/** A policy of the cluster's administrators that selects the Pod. */
export interface AdminPolicy extends PolicyName {
  /** What its first matching rule says; undefined if no rule matches. */
  readonly decides: (destination: Destination) => Action | 'maybe' | undefined;
}

/** The policies that select one Pod. */
export interface SelectedPolicies {
  /** AdminNetworkPolicies, the one that decides first before the others. */
  readonly admin: readonly AdminPolicy[];
  readonly policies: readonly EgressPolicy[];
  readonly baseline: readonly AdminPolicy[];
}

export type Egress =
  /** No policy limits the Pod's egress. */
  | { readonly state: 'open' }
  | { readonly state: 'allowed'; readonly policy: PolicyName }
  /**
   * `isolation`: the policies isolate the Pod, and none allows the destination: one more policy can allow it. `rule`: a rule
   * denies it whatever others allow. `baseline`: a BaselineAdminNetworkPolicy denies it.
   */
  | {
      readonly state: 'denied';
      readonly policies: readonly PolicyName[];
      readonly by: 'isolation' | 'rule' | 'baseline';
    }
  /** The named policies may be about the destination, and what decides it is not known. */
  | { readonly state: 'unknown'; readonly policies: readonly PolicyName[] };
