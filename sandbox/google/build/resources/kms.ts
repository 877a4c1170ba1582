import { mergePatch } from '../../world.ts';
import { creationTime, type Owner, type PolicyOptions, policyWith, type ResourceEntries } from './resource.ts';

export type KeyRingOptions = PolicyOptions & {
  /** `asia-northeast1` by default. */
  location?: string;
};

export type KeyOptions = KeyRingOptions & {
  /** Id of its key ring, which is made where it is not there yet. */
  ring: string;
  /** Of its primary version; ENABLED by default. */
  state?: 'ENABLED' | 'DISABLED' | 'DESTROY_SCHEDULED' | 'DESTROYED';
};

/** A Cloud KMS key ring. */
export function keyRing({ projectId }: Owner, id: string, options: KeyRingOptions): ResourceEntries {
  const { location = 'asia-northeast1' } = options;
  const name = `projects/${projectId}/locations/${location}/keyRings/${id}`;
  const resource = mergePatch({ name, createTime: creationTime }, options.fields ?? {});
  return [[`//cloudkms.googleapis.com/${name}`, { resource, policy: policyWith(options.bindings) }]];
}

/** A symmetric Cloud KMS key with its one version. */
export function key({ projectId }: Owner, id: string, options: KeyOptions): ResourceEntries {
  const { location = 'asia-northeast1', ring, state = 'ENABLED' } = options;
  const name = `projects/${projectId}/locations/${location}/keyRings/${ring}/cryptoKeys/${id}`;
  const version = {
    name: `${name}/cryptoKeyVersions/1`,
    state,
    createTime: creationTime,
    protectionLevel: 'SOFTWARE',
    algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION',
    generateTime: creationTime,
    ...(state === 'DESTROY_SCHEDULED' && { destroyTime: '2099-01-01T00:00:00Z' }),
    ...(state === 'DESTROYED' && { destroyEventTime: creationTime }),
  };
  const resource = mergePatch(
    {
      name,
      primary: version,
      purpose: 'ENCRYPT_DECRYPT',
      createTime: creationTime,
      versionTemplate: { protectionLevel: 'SOFTWARE', algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION' },
      destroyScheduledDuration: '2592000s',
    },
    options.fields ?? {},
  );
  return [
    [`//cloudkms.googleapis.com/${name}`, { resource, policy: policyWith(options.bindings) }],
    [`//cloudkms.googleapis.com/${version.name}`, { resource: version }],
  ];
}
