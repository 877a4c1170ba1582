/**
 * Policies of a cluster's administrators: AdminNetworkPolicy and BaselineAdminNetworkPolicy.
 *
 * Source: Network Policy API, "API reference" of policy.networking.k8s.io/v1alpha1
 * (https://network-policy-api.sigs.k8s.io/reference/spec/): of policies the one with the lowest `priority` comes first, of a
 * policy's rules the first that matches decides. A rule without ports is about every port. `networks` are addresses outside the
 * cluster; whether they also match Pods is up to who enforces the policy.
 */
import { z } from 'zod';
import { LabelSelector } from '../../kubernetes/objects.ts';
import type { Action, AdminPolicy, Destination, PolicyName, Source } from './model.ts';
import { isInBlock, isNamedPort } from './network-policies.ts';
import { best, every, type KnownLabels, type Match, selects, selectsKnown } from './selectors.ts';

const PodSelector = z.object({ namespaceSelector: LabelSelector.optional(), podSelector: LabelSelector.optional() });
const Selector = z.looseObject({ namespaces: LabelSelector.optional(), pods: PodSelector.optional() });
const Peer = Selector.extend({ networks: z.array(z.string()).nullish() });
type Peer = z.infer<typeof Peer>;
const numbers = z.object({ protocol: z.string().optional(), port: z.number().optional() });
const range = z.object({ protocol: z.string().optional(), start: z.number(), end: z.number() });
const Port = z.looseObject({
  portNumber: numbers.optional(),
  portRange: range.optional(),
  namedPort: z.string().optional(),
});
const Rule = z.looseObject({
  action: z.enum(['Allow', 'Deny', 'Pass']),
  to: z.array(Peer),
  ports: z.array(Port).nullish(),
});
type Rule = z.infer<typeof Rule>;
export const AdminSpec = z.looseObject({
  /** Baseline policies have none: there is one only. */
  priority: z.number().default(0),
  subject: Selector,
  egress: z.array(Rule).nullish(),
});
export type AdminSpec = z.infer<typeof AdminSpec>;

export interface AdministratorsPolicy extends PolicyName {
  readonly spec: AdminSpec;
}

/** The policies that select a Pod, in the order in which they decide. */
export function selectAdminPolicies(policies: readonly AdministratorsPolicy[], source: Source): AdminPolicy[] {
  return [...policies]
    .sort((a, b) => a.spec.priority - b.spec.priority)
    .map(({ kind, name, spec }) => ({
      kind,
      name,
      spec,
      selected: selectsPod(spec.subject, source, source.namespaceLabels),
    }))
    .filter(({ selected }) => selected !== 'no')
    .map(({ kind, name, spec, selected }) => ({
      kind,
      name,
      decides: destination => decide(spec.egress ?? [], selected, destination),
    }));
}

function decide(rules: readonly Rule[], selected: Match, destination: Destination): Action | 'maybe' | undefined {
  for (const rule of rules) {
    const match = every([selected, ruleMatches(rule, destination)]);
    if (match === 'maybe') return 'maybe';
    if (match === 'yes') return rule.action;
  }
  return undefined;
}

function ruleMatches({ to, ports }: Rule, destination: Destination): Match {
  const isPort = !ports || ports.length === 0 || ports.some(port => portMatches(port, destination));
  return isPort ? best(to.map(peer => peerMatches(peer, destination))) : 'no';
}

function portMatches({ portNumber, portRange, namedPort }: z.infer<typeof Port>, destination: Destination): boolean {
  const { protocol, port } = destination;
  if (portNumber) return (portNumber.protocol ?? 'TCP') === protocol && portNumber.port === port;
  if (portRange) return (portRange.protocol ?? 'TCP') === protocol && port >= portRange.start && port <= portRange.end;
  return namedPort !== undefined && isNamedPort(namedPort, destination);
}

function peerMatches(peer: Peer, destination: Destination): Match {
  const { pod } = destination;
  if (peer.networks) return best(peer.networks.map(cidr => isInBlock({ cidr, except: [] }, destination)));
  if (peer.namespaces || peer.pods) return pod ? selectsPod(peer, pod, pod.namespaceLabels) : 'no';
  // Names of domains are resolved elsewhere; nodes are neither the metadata server's address nor Pods.
  return peer.domainNames && !pod ? 'maybe' : 'no';
}

function selectsPod(
  { namespaces, pods }: z.infer<typeof Selector>,
  { labels }: Pick<Source, 'labels'>,
  namespaceLabels: KnownLabels = { labels: {}, isComplete: false },
): Match {
  if (namespaces) return selectsKnown(namespaces, namespaceLabels);
  if (!pods) return 'no';
  const { namespaceSelector = EVERYTHING, podSelector = EVERYTHING } = pods;
  return selects(podSelector, labels) ? selectsKnown(namespaceSelector, namespaceLabels) : 'no';
}

const EVERYTHING: LabelSelector = { matchLabels: {}, matchExpressions: [] };
