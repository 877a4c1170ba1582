/**
 * The obvious way: write down every packet that the policies allow, then look whether the one in question is among them.
 * Addresses are compared as strings of bits, ports by counting, selectors by trying.
 */

import type { Destination, Source } from '../../../src/diagnosis/network-policy/model.ts';
import type { NetworkPolicy } from '../../../src/kubernetes/objects.ts';

export function slowlyAllowed(
  policies: readonly NetworkPolicy[],
  source: Source,
  destination: Destination,
): 'open' | 'allowed' | 'denied' {
  const mine: NetworkPolicy[] = [];
  for (const policy of policies) {
    if (policy.metadata.namespace !== source.namespace) continue;
    if (!fits(policy.spec.podSelector, source.labels)) continue;
    let egress = false;
    for (const type of policy.spec.policyTypes) if (type === 'Egress') egress = true;
    if (policy.spec.policyTypes.length === 0 && policy.spec.egress && policy.spec.egress.length > 0) egress = true;
    if (egress) mine.push(policy);
  }
  if (mine.length === 0) return 'open';
  const packet = packetOf(destination);
  const allowed = new Set<string>();
  for (const policy of mine) {
    for (const rule of policy.spec.egress ?? []) {
      let reached = rule.to.length === 0;
      for (const peer of rule.to) if (isPeer(peer, policy.metadata.namespace ?? '', destination)) reached = true;
      if (!reached) continue;
      for (const port of portsOf(rule.ports, destination)) allowed.add(port);
    }
  }
  return allowed.has(packet) ? 'allowed' : 'denied';
}

type Rule = NonNullable<NetworkPolicy['spec']['egress']>[number];
type Selector = NetworkPolicy['spec']['podSelector'];
const PORTS = Array.from({ length: 1_100 }, (_, port) => port);

const packetOf = ({ protocol, port }: Pick<Destination, 'protocol' | 'port'>) => `${protocol} ${port}`;

function portsOf(ports: Rule['ports'], { pod }: Destination): string[] {
  if (ports.length === 0) return ['TCP', 'UDP', 'SCTP'].flatMap(protocol => PORTS.map(port => `${protocol} ${port}`));
  const listed: string[] = [];
  for (const { protocol = 'TCP', port, endPort } of ports) {
    for (const candidate of PORTS) {
      const named = typeof port === 'string' ? pod?.ports?.[port] : undefined;
      const first = typeof port === 'string' ? named?.port : (port ?? 0);
      const last = port === undefined ? 65_535 : typeof port === 'string' ? first : (endPort ?? port);
      if (first === undefined || last === undefined) continue;
      if (typeof port === 'string' && named?.protocol !== protocol) continue;
      if (candidate >= first && candidate <= last) listed.push(`${protocol} ${candidate}`);
    }
  }
  return listed;
}

function isPeer(peer: Rule['to'][number], namespace: string, { addresses, pod }: Destination): boolean {
  if (peer.ipBlock) {
    if (pod && !pod.byAddress) return false;
    for (const address of addresses) {
      if (!startsWith(address, peer.ipBlock.cidr)) return false;
      for (const hole of peer.ipBlock.except) if (startsWith(address, hole)) return false;
    }
    return true;
  }
  if (!pod) return false;
  if (peer.namespaceSelector && peer.podSelector) {
    return fits(peer.namespaceSelector, pod.namespaceLabels.labels) && fits(peer.podSelector, pod.labels);
  }
  if (peer.namespaceSelector) return fits(peer.namespaceSelector, pod.namespaceLabels.labels);
  if (peer.podSelector) return pod.namespace === namespace && fits(peer.podSelector, pod.labels);
  return false;
}

const bits = (address: string) =>
  address
    .split('.')
    .map(part => Number(part).toString(2).padStart(8, '0'))
    .join('');

function startsWith(address: string, cidr: string): boolean {
  const [network = '', length = ''] = cidr.split('/');
  return bits(address).startsWith(bits(network).slice(0, Number(length)));
}

function fits(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  for (const key of Object.keys(selector.matchLabels)) if (labels[key] !== selector.matchLabels[key]) return false;
  for (const { key, operator, values } of selector.matchExpressions) {
    const has = Object.keys(labels).includes(key);
    const among = has && values.some(value => value === labels[key]);
    if (operator === 'In' && !among) return false;
    if (operator === 'NotIn' && among) return false;
    if (operator === 'Exists' && !has) return false;
    if (operator === 'DoesNotExist' && has) return false;
  }
  return true;
}
