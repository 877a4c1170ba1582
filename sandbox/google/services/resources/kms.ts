import { errorInfo, GoogleError } from '../../errors.ts';
import { type Call, param, type Route } from '../../route.ts';
import { asObject, asString, type JsonObject } from '../../world.ts';
import { type Collection, collectionRoutes, getRoute, relativeName } from './collection.ts';
import { type ResourceApi, resourceFor } from './policy-routes.ts';

const service = 'cloudkms.googleapis.com';

function denied(permission: string, fullName: string): GoogleError {
  const resource = relativeName(fullName);
  return new GoogleError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource '${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', 'iam.googleapis.com', { permission, resource })],
  );
}

const locationName = (call: Call): string =>
  `//${service}/projects/${param(call, 'project')}/locations/${param(call, 'location')}`;
const ringName = (call: Call): string => `${locationName(call)}/keyRings/${param(call, 'ring')}`;
const keyName = (call: Call): string => `${ringName(call)}/cryptoKeys/${param(call, 'key')}`;

const rings: Collection = {
  service,
  id: 'projects.locations.keyRings',
  path: '/v1/projects/{project}/locations/{location}/keyRings/{ring}',
  separator: ':',
  read: 'GET',
  key: 'keyRings',
  list: '/v1/projects/{project}/locations/{location}/keyRings',
  parent: locationName,
  fullName: ringName,
  denied,
  missing: fullName => new GoogleError('NOT_FOUND', `KeyRing ${relativeName(fullName)} not found.`),
};

const keys: Collection = {
  ...rings,
  id: 'projects.locations.keyRings.cryptoKeys',
  path: `${rings.path}/cryptoKeys/{key}`,
  key: 'cryptoKeys',
  list: `${rings.path}/cryptoKeys`,
  parent: ringName,
  fullName: keyName,
  missing: fullName => new GoogleError('NOT_FOUND', `CryptoKey ${relativeName(fullName)} not found.`),
};

const versions: ResourceApi & { id: string; path: string } = {
  service,
  id: 'projects.locations.keyRings.cryptoKeys.cryptoKeyVersions',
  path: `${keys.path}/cryptoKeyVersions/{version}`,
  fullName: call => `${keyName(call)}/cryptoKeyVersions/${param(call, 'version')}`,
  denied,
  missing: fullName => new GoogleError('NOT_FOUND', `CryptoKeyVersion ${relativeName(fullName)} not found.`),
};

/** Encrypting needs an enabled primary version (Cloud KMS, "Key states"). */
function crypt(call: Call, use: 'useToEncrypt' | 'useToDecrypt'): JsonObject {
  const { entry } = resourceFor(call, keys, `cloudkms.cryptoKeyVersions.${use}`);
  const { name, state } = asObject(entry.resource.primary);
  if (state !== 'ENABLED') {
    throw new GoogleError(
      'FAILED_PRECONDITION',
      `${asString(name)} is not enabled, current state is: ${asString(state) || 'none'}.`,
      [
        {
          '@type': 'type.googleapis.com/google.rpc.PreconditionFailure',
          violations: [{ type: 'KEY_NOT_ENABLED', subject: asString(name) }],
        },
      ],
    );
  }
  const { plaintext, ciphertext } = call.body;
  return use === 'useToEncrypt' ? { name, ciphertext: plaintext } : { plaintext: ciphertext };
}

export const kmsRoutes: Route[] = [
  ...collectionRoutes(rings),
  ...collectionRoutes(keys),
  getRoute(versions),
  {
    service,
    id: `${keys.id}.encrypt`,
    method: 'POST',
    path: `${keys.path}:encrypt`,
    handle: c => crypt(c, 'useToEncrypt'),
  },
  {
    service,
    id: `${keys.id}.decrypt`,
    method: 'POST',
    path: `${keys.path}:decrypt`,
    handle: c => crypt(c, 'useToDecrypt'),
  },
];
