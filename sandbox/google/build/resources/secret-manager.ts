import { mergePatch } from '../../world.ts';
import { creationTime, type Owner, type PolicyOptions, policyWith, type ResourceEntries } from './resource.ts';

export type SecretOptions = PolicyOptions & {
  /** A region for a regional secret; global without one. */
  location?: string;
  /** By number; one ENABLED version by default. */
  versions?: { [number: string]: 'ENABLED' | 'DISABLED' | 'DESTROYED' };
};

/** A secret of Secret Manager and its versions. */
export function secret(owner: Owner, id: string, options: SecretOptions): ResourceEntries {
  const place = options.location ? `/locations/${options.location}` : '';
  const fullName = `//secretmanager.googleapis.com/projects/${owner.projectId}${place}/secrets/${id}`;
  const name = `projects/${owner.projectNumber}${place}/secrets/${id}`;
  const replication = options.location ? {} : { replication: { automatic: {} } };
  const resource = mergePatch(
    { name, ...replication, createTime: creationTime, etag: '"15f0c1a7e3d200"' },
    options.fields ?? {},
  );
  const versions = Object.entries(options.versions ?? { 1: 'ENABLED' }).map(
    ([version, state]): ResourceEntries[number] => [
      `${fullName}/versions/${version}`,
      {
        resource: {
          name: `${name}/versions/${version}`,
          createTime: creationTime,
          state,
          payload: { data: Buffer.from(`${id} ${version}`).toString('base64') },
        },
      },
    ],
  );
  return [[fullName, { resource, policy: policyWith(options.bindings) }], ...versions];
}
