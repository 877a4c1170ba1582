import { type Binding, type JsonObject, mergePatch } from '../../world.ts';
import { creationTime, type Owner, type PolicyOptions, policyWith, type ResourceEntries } from './resource.ts';

export type BucketOptions = PolicyOptions & {
  /** A region, or a multi-region such as `EU`; `ASIA-NORTHEAST1` by default. */
  location?: string;
  /** On by default. Where it is off, access control lists of objects count, and the policy takes no conditions. */
  uniformBucketLevelAccess?: boolean;
  /** `inherited` by default. */
  publicAccessPrevention?: 'inherited' | 'enforced';
  /** What Cloud Storage grants the project's basic roles on a new bucket (`projectViewer:` and so on). On by default. */
  defaultBindings?: boolean;
  /** By name, with the slash at its end; each has a policy of its own. */
  managedFolders?: { [name: string]: { bindings?: Binding[] } };
  /** By name; `acl` are entries of its access control list, for example `{ entity: 'allUsers', role: 'READER' }`. */
  objects?: { [name: string]: { content?: string; acl?: { entity: string; role: string }[] } };
};

/** What a new bucket's policy grants (Cloud Storage, "Default bucket policy" and "Uniform bucket-level access"). */
function defaultBindings({ projectId }: Owner, uniform: boolean): Binding[] {
  const writers = [`projectEditor:${projectId}`, `projectOwner:${projectId}`];
  const readers = [`projectViewer:${projectId}`];
  const onObjects: Binding[] = [
    { role: 'roles/storage.legacyObjectOwner', members: writers },
    { role: 'roles/storage.legacyObjectReader', members: readers },
  ];
  return [
    { role: 'roles/storage.legacyBucketOwner', members: writers },
    { role: 'roles/storage.legacyBucketReader', members: readers },
    ...(uniform ? onObjects : []),
  ];
}

function bucketResource(owner: Owner, name: string, options: BucketOptions): JsonObject {
  const { location = 'ASIA-NORTHEAST1', uniformBucketLevelAccess = true } = options;
  const resource: JsonObject = {
    kind: 'storage#bucket',
    id: name,
    selfLink: `https://www.googleapis.com/storage/v1/b/${name}`,
    name,
    projectNumber: owner.projectNumber,
    metageneration: '1',
    location,
    locationType: location.includes('-') ? 'region' : 'multi-region',
    storageClass: 'STANDARD',
    etag: 'CAE=',
    timeCreated: creationTime,
    updated: creationTime,
    iamConfiguration: {
      bucketPolicyOnly: { enabled: uniformBucketLevelAccess },
      uniformBucketLevelAccess: { enabled: uniformBucketLevelAccess },
      publicAccessPrevention: options.publicAccessPrevention ?? 'inherited',
    },
  };
  return mergePatch(resource, options.fields ?? {});
}

/** A Cloud Storage bucket with its managed folders and objects. */
export function bucket(owner: Owner, name: string, options: BucketOptions): ResourceEntries {
  const fullName = `//storage.googleapis.com/projects/_/buckets/${name}`;
  const defaults =
    options.defaultBindings === false ? [] : defaultBindings(owner, options.uniformBucketLevelAccess !== false);
  const folders = Object.entries(options.managedFolders ?? {}).map(
    ([folder, { bindings }]): ResourceEntries[number] => [
      `${fullName}/managedFolders/${folder}`,
      {
        resource: {
          kind: 'storage#managedFolder',
          id: `${name}/${folder}`,
          name: folder,
          bucket: name,
          metageneration: '1',
          createTime: creationTime,
          updateTime: creationTime,
        },
        policy: policyWith(bindings),
      },
    ],
  );
  const objects = Object.entries(options.objects ?? {}).map(
    ([object, { content = '', acl }]): ResourceEntries[number] => [
      `${fullName}/objects/${object}`,
      {
        resource: {
          kind: 'storage#object',
          id: `${name}/${object}/1740819600000000`,
          name: object,
          bucket: name,
          generation: '1740819600000000',
          metageneration: '1',
          size: String(Buffer.byteLength(content)),
          contentType: 'text/plain',
          timeCreated: creationTime,
          updated: creationTime,
          content,
          ...(acl && { acl }),
        },
      },
    ],
  );
  const policy = policyWith([...defaults, ...(options.bindings ?? [])]);
  return [[fullName, { resource: bucketResource(owner, name, options), policy }], ...folders, ...objects];
}
