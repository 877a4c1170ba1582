import { mergePatch } from '../../world.ts';
import { creationTime, type Owner, type PolicyOptions, policyWith, type ResourceEntries } from './resource.ts';

export type DnsZoneOptions = PolicyOptions & {
  /** With the dot at its end; `example.com.` by default. */
  dnsName?: string;
};

/** A public Cloud DNS managed zone. */
export function dnsZone({ projectId }: Owner, id: string, options: DnsZoneOptions): ResourceEntries {
  const resource = mergePatch(
    {
      kind: 'dns#managedZone',
      id: '4815162342108',
      name: id,
      dnsName: options.dnsName ?? 'example.com.',
      visibility: 'public',
      creationTime: creationTime,
    },
    options.fields ?? {},
  );
  const fullName = `//dns.googleapis.com/projects/${projectId}/managedZones/${id}`;
  return [[fullName, { resource, policy: policyWith(options.bindings) }]];
}

export type SubnetworkOptions = PolicyOptions & {
  /** `asia-northeast1` by default. */
  region?: string;
  /** `default` by default. */
  network?: string;
};

/** A subnetwork; a Shared VPC's host shares it by its policy. */
export function subnetwork({ projectId }: Owner, id: string, options: SubnetworkOptions): ResourceEntries {
  const { region = 'asia-northeast1', network = 'default' } = options;
  const name = `projects/${projectId}/regions/${region}/subnetworks/${id}`;
  const link = 'https://www.googleapis.com/compute/v1';
  const resource = mergePatch(
    {
      kind: 'compute#subnetwork',
      id: '3141592653589',
      name: id,
      network: `${link}/projects/${projectId}/global/networks/${network}`,
      region: `${link}/projects/${projectId}/regions/${region}`,
      ipCidrRange: '10.128.0.0/20',
      selfLink: `${link}/${name}`,
      creationTimestamp: creationTime,
    },
    options.fields ?? {},
  );
  return [[`//compute.googleapis.com/${name}`, { resource, policy: policyWith(options.bindings) }]];
}
