/** A NetworkPolicy to add: it allows what the workload's Pods lack, and takes nothing away. */
import type { Workload } from '../../../facts/workload/workload.ts';
import { dnsPeers } from '../../../network-policy/destinations.ts';
import type { Destination, Egress } from '../../../network-policy/model.ts';
import type { RemedyRequest } from '../../check.ts';
import type { Group, JudgedEgress } from './egress.ts';

/**
 * One policy for each set of labels. Nothing if no policy can help, because a rule denies it; nor if it would have to select all
 * Pods of a namespace of which some are not isolated yet, because selecting a Pod isolates it.
 */
export function additivePolicy(
  workload: Workload,
  egress: JudgedEgress,
  groups: readonly Group[],
): RemedyRequest | undefined {
  const { namespace, serviceAccount } = workload;
  const helped = groups.filter(
    ({ labels, metadata, dns }) =>
      (isLacking(metadata) || isLacking(dns)) && (Object.keys(labels).length > 0 || egress.isolatesNamespace),
  );
  const objects = helped.map(({ labels, metadata, dns }, index) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${serviceAccount}-metadata-server${index > 0 ? `-${index + 1}` : ''}`, namespace },
    spec: {
      podSelector: Object.keys(labels).length > 0 ? { matchLabels: labels } : {},
      policyTypes: ['Egress'],
      egress: [
        ...(isLacking(metadata) ? egress.destinations.map(toDestination) : []),
        ...(isLacking(dns) ? [toDns(egress)] : []),
      ],
    },
  }));
  const names = objects.map(({ metadata }) => metadata.name);
  const [first] = names;
  if (first === undefined) return undefined;
  return {
    kind: 'manifest',
    params: {
      purpose: 'network-policy',
      resource: workload.resource.replace(/\/serviceaccounts\/.*/, `/networkpolicies/${first}`),
      before: [],
      after: names.map(name => `+ NetworkPolicy ${name}`),
      objects,
      undo: ['kubectl', 'delete', 'networkpolicy', ...names, `--namespace=${namespace}`],
    },
  };
}

function isLacking(egress: Egress): boolean {
  return egress.state === 'denied' && egress.by === 'isolation';
}

function toDestination({ addresses, protocol, port }: Destination): object {
  return { to: addresses.map(ip => ({ ipBlock: { cidr: `${ip}/32` } })), ports: [{ protocol, port }] };
}

function toDns({ networking, dnsFacts }: JudgedEgress): object {
  return { to: dnsPeers(networking, dnsFacts), ports: ['UDP', 'TCP'].map(protocol => ({ protocol, port: 53 })) };
}
