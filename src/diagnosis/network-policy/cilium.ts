/**
 * Cilium's policies: CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy.
 *
 * Sources: Cilium, "Layer 3 Policies" (https://docs.cilium.io/en/stable/security/policy/language/), "Deny Policies"
 * (https://docs.cilium.io/en/stable/security/policy/deny/), "Policy Enforcement Modes"
 * (https://docs.cilium.io/en/stable/security/policy/intro/):
 * - A policy isolates the Pods that it selects for egress if it has egress rules, allowing or denying ones, unless
 *   `enableDefaultDeny.egress` says otherwise.
 * - A rule without peers is about every destination, one without ports about every port, and an empty one about nothing.
 * - A CIDR is about addresses outside the cluster, never about Pods.
 * - In a namespace's policy `toEndpoints` means Pods of that namespace unless it selects by namespace.
 * - Labels may carry their source (`k8s:app`).
 */
import { z } from 'zod';
import { LabelSelector } from '../../kubernetes/objects.ts';
import type { Destination, EgressPolicy, PolicyName, Source } from './model.ts';
import { isInBlock, isNamedPort } from './network-policies.ts';
import { best, every, type KnownLabels, keysOf, type Match, selectsKnown } from './selectors.ts';

const texts = z.array(z.string());
const Port = z.object({ port: z.string(), endPort: z.number().optional(), protocol: z.string().optional() });
const PortRule = z.looseObject({
  ports: z.array(Port).nullish(),
  rules: z.looseObject({ dns: z.array(z.looseObject({ matchPattern: z.string().optional() })).nullish() }).nullish(),
});
const Rule = z.looseObject({
  toEndpoints: z.array(LabelSelector).nullish(),
  toCIDR: texts.nullish(),
  toCIDRSet: z.array(z.looseObject({ cidr: z.string().optional(), except: texts.nullish() })).nullish(),
  toEntities: texts.nullish(),
  toPorts: z.array(PortRule).nullish(),
});
type Rule = z.infer<typeof Rule>;
const Spec = z.looseObject({
  endpointSelector: LabelSelector.optional(),
  nodeSelector: LabelSelector.optional(),
  egress: z.array(Rule).nullish(),
  egressDeny: z.array(Rule).nullish(),
  enableDefaultDeny: z.looseObject({ egress: z.boolean().optional() }).nullish(),
});
type Spec = z.infer<typeof Spec>;
/** `spec` and `specs` of a policy. */
export const CiliumSpecs = z.looseObject({ spec: Spec.nullish(), specs: z.array(Spec).nullish() });
export type CiliumSpecs = z.infer<typeof CiliumSpecs>;

export interface CiliumPolicy extends PolicyName {
  /** Absent for a policy of the whole cluster. */
  readonly namespace?: string;
  readonly specs: CiliumSpecs;
}

/**
 * The policies that select a Pod and say something about its egress.
 * @param isSelfManaged the cluster's users run Cilium; otherwise it is GKE Dataplane V2
 */
export function selectCiliumPolicies(
  policies: readonly CiliumPolicy[],
  source: Source,
  isSelfManaged: boolean,
): EgressPolicy[] {
  return policies.flatMap(policy =>
    [...(policy.specs.spec ? [policy.specs.spec] : []), ...(policy.specs.specs ?? [])].flatMap(spec =>
      toEgressPolicy(policy, spec, source, isSelfManaged),
    ),
  );
}

function toEgressPolicy(
  { kind, name, namespace }: CiliumPolicy,
  spec: Spec,
  source: Source,
  isSelfManaged: boolean,
): EgressPolicy[] {
  const { endpointSelector, egress, egressDeny, enableDefaultDeny } = spec;
  if (!endpointSelector || (namespace !== undefined && namespace !== source.namespace)) return [];
  const allowing = egress ?? [];
  const denying = egressDeny ?? [];
  if (allowing.length === 0 && denying.length === 0) return [];
  const selected = selectsEndpoint(endpointSelector, source);
  if (selected === 'no') return [];
  const anyOf = (rules: readonly Rule[], destination: Destination) =>
    every([selected, best(rules.map(rule => ruleMatches(rule, { namespace, isSelfManaged }, destination)))]);
  return [
    {
      kind,
      name,
      isolates: (enableDefaultDeny?.egress ?? true) && selected === 'yes',
      allows: destination => anyOf(allowing, destination),
      // Whether it selects the Pod is in doubt: then it may isolate it as well.
      denies: destination =>
        selected === 'maybe' && anyOf(denying, destination) === 'no' ? 'maybe' : anyOf(denying, destination),
    },
  ];
}

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';
const SERVICE_ACCOUNT = 'io.cilium.k8s.policy.serviceaccount';
const CLUSTER = 'io.cilium.k8s.policy.cluster';

interface Endpoint {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels?: KnownLabels;
  readonly serviceAccount?: string;
}

/** Cilium gives a Pod labels of its own beside the Pod's; which cluster of a mesh it is in is not known here. */
function selectsEndpoint(
  selector: LabelSelector,
  { namespace, labels, namespaceLabels, serviceAccount }: Endpoint,
): Match {
  const ofNamespace = Object.entries(namespaceLabels?.labels ?? {}).map(([key, value]) => [
    `${NAMESPACE_LABELS}${key}`,
    value,
  ]);
  const own: Record<string, string> = {
    ...labels,
    ...Object.fromEntries(ofNamespace),
    [NAMESPACE]: namespace,
    ...(serviceAccount === undefined ? {} : { [SERVICE_ACCOUNT]: serviceAccount }),
  };
  const plain = withoutSources(selector);
  const unseen = keysOf(plain).filter(
    key =>
      own[key] === undefined &&
      (key === CLUSTER ||
        (key === SERVICE_ACCOUNT && serviceAccount === undefined) ||
        (key.startsWith(NAMESPACE_LABELS) && namespaceLabels?.isComplete !== true)),
  );
  const known: LabelSelector = {
    matchLabels: Object.fromEntries(Object.entries(plain.matchLabels).filter(([key]) => !unseen.includes(key))),
    matchExpressions: plain.matchExpressions.filter(({ key }) => !unseen.includes(key)),
  };
  return every([selectsKnown(known, { labels: own, isComplete: true }), unseen.length > 0 ? 'maybe' : 'yes']);
}

/** `k8s:app` and `any:app` are `app`; labels of other sources (`reserved:host`) are none of a Pod's. */
function withoutSources({ matchLabels, matchExpressions }: LabelSelector): LabelSelector {
  const plain = (key: string) => key.replace(/^(?:k8s|any):/, '');
  return {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).map(([key, value]) => [plain(key), value])),
    matchExpressions: matchExpressions.map(one => ({ ...one, key: plain(one.key) })),
  };
}

const PEERS = [
  'toEndpoints',
  'toCIDR',
  'toCIDRSet',
  'toEntities',
  'toServices',
  'toGroups',
  'toFQDNs',
  'toNodes',
  'toRequires',
];

/** Where a rule stands. */
interface Place {
  readonly namespace: string | undefined;
  readonly isSelfManaged: boolean;
}

function ruleMatches(rule: Rule, place: Place, destination: Destination): Match {
  const peers = PEERS.filter(key => rule[key] !== undefined && rule[key] !== null);
  // A rule for ICMP alone, and an empty one, are about no port.
  if (peers.length === 0 && !rule.toPorts) return 'no';
  if (rule.icmps && !rule.toPorts) return 'no';
  const peer = peers.length === 0 ? 'yes' : best(peers.map(key => peerMatches(key, rule, place, destination)));
  return every([peer, portsMatch(rule, destination), rule.authentication ? 'maybe' : 'yes']);
}

function peerMatches(key: string, rule: Rule, { namespace, isSelfManaged }: Place, destination: Destination): Match {
  const { pod } = destination;
  switch (key) {
    case 'toEndpoints':
      return pod ? best((rule.toEndpoints ?? []).map(one => endpointMatches(one, namespace, pod))) : 'no';
    case 'toCIDR':
      return best((rule.toCIDR ?? []).map(cidr => outside({ cidr, except: [] }, destination)));
    case 'toCIDRSet':
      return best(
        (rule.toCIDRSet ?? []).map(({ cidr, except }) =>
          // Groups of CIDRs are objects of their own.
          cidr === undefined ? (pod ? 'no' : 'maybe') : outside({ cidr, except: except ?? [] }, destination),
        ),
      );
    case 'toEntities':
      return best((rule.toEntities ?? []).map(entity => entityMatches(entity, isSelfManaged, destination)));
    case 'toNodes':
      return 'no';
    case 'toFQDNs':
    case 'toGroups':
      return pod ? 'no' : 'maybe';
    default:
      return 'maybe';
  }
}

function endpointMatches(
  selector: LabelSelector,
  namespace: string | undefined,
  pod: NonNullable<Destination['pod']>,
): Match {
  const byNamespace = keysOf(withoutSources(selector)).some(
    key => key === NAMESPACE || key.startsWith(NAMESPACE_LABELS),
  );
  if (namespace !== undefined && !byNamespace && pod.namespace !== namespace) return 'no';
  return selectsEndpoint(selector, pod);
}

function outside(block: { cidr: string; except: readonly string[] }, destination: Destination): Match {
  return destination.pod ? 'no' : isInBlock(block, destination);
}

/**
 * Whether a link-local address of the node belongs to the world or to the host is not documented; a self-managed Cilium was seen
 * to miss GKE's metadata address by `host` (https://github.com/Smana/runlore/pull/562).
 */
function entityMatches(entity: string, isSelfManaged: boolean, { pod }: Destination): Match {
  if (entity === 'all') return 'yes';
  if (pod) return entity === 'cluster' ? 'yes' : 'no';
  if (entity === 'host' || entity === 'cluster') return isSelfManaged ? 'no' : 'maybe';
  return entity === 'world' || entity === 'world-ipv4' ? 'maybe' : 'no';
}

function portsMatch({ toPorts }: Rule, destination: Destination): Match {
  if (!toPorts || toPorts.length === 0) return 'yes';
  return best(
    toPorts.map(({ ports, rules }) => {
      const isPort = !ports || ports.length === 0 || ports.some(port => portMatches(port, destination));
      return isPort ? contentMatches(rules, destination) : 'no';
    }),
  );
}

/** Port 0 stands for every port (Cilium, "Layer 4 Policies"). */
function portMatches({ port, endPort, protocol = 'ANY' }: z.infer<typeof Port>, destination: Destination): boolean {
  if (protocol !== 'ANY' && protocol.toUpperCase() !== destination.protocol) return false;
  if (!/^\d+$/.test(port)) return isNamedPort(port, destination);
  const first = Number(port);
  return first === 0 || (destination.port >= first && destination.port <= (endPort ?? first));
}

/** What a rule says of the content of connections: DNS for every name lets every look-up through. */
function contentMatches(rules: z.infer<typeof PortRule>['rules'], { port }: Destination): Match {
  if (!rules) return 'yes';
  const isEveryName = rules.dns?.some(({ matchPattern }) => matchPattern === '*') ?? false;
  return port === 53 && isEveryName ? 'yes' : 'maybe';
}
