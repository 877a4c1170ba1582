import { type JsonObject, mergePatch } from '../../world.ts';
import { creationTime, type Owner, type PolicyOptions, policyWith, type ResourceEntries } from './resource.ts';

export type ZonalOptions = PolicyOptions & {
  /** `asia-northeast1-a` by default. */
  zone?: string;
};

function zonal(
  owner: Owner,
  noun: 'disks' | 'instances',
  id: string,
  options: ZonalOptions,
  more: JsonObject,
): ResourceEntries {
  const { zone = 'asia-northeast1-a' } = options;
  const name = `projects/${owner.projectId}/zones/${zone}/${noun}/${id}`;
  const link = 'https://www.googleapis.com/compute/v1';
  const resource = mergePatch(
    {
      kind: `compute#${noun.replace(/s$/, '')}`,
      id: '2718281828459',
      name: id,
      zone: `${link}/projects/${owner.projectId}/zones/${zone}`,
      selfLink: `${link}/${name}`,
      creationTimestamp: creationTime,
      ...more,
    },
    options.fields ?? {},
  );
  return [[`//compute.googleapis.com/${name}`, { resource, policy: policyWith(options.bindings) }]];
}

/** A persistent disk of one zone. */
export function disk(owner: Owner, id: string, options: ZonalOptions): ResourceEntries {
  return zonal(owner, 'disks', id, options, { sizeGb: '100', status: 'READY' });
}

/** A virtual machine. */
export function vmInstance(owner: Owner, id: string, options: ZonalOptions): ResourceEntries {
  return zonal(owner, 'instances', id, options, { status: 'RUNNING' });
}
