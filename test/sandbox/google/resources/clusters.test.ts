import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imagePullFailure, pullForbidden } from '../../../../sandbox/google/build/image-pull.ts';
import { nodeName } from '../../../../sandbox/google/build/objects.ts';
import { type Answer, at, type Client, start } from '../client.ts';
import { resourceWorld, tokens } from './world.ts';

const image = 'europe-west1-docker.pkg.dev/acme-1/apps/web:2';
const key = 'projects/acme-1/locations/asia-northeast1/keyRings/gke/cryptoKeys/etcd';
const path = 'v1/projects/acme-1/locations/asia-northeast1/clusters';

let cloud: Client;
beforeAll(async () => {
  const { world, project } = resourceWorld();
  project.bind('roles/container.admin', 'user:admin@example.com');
  project
    .cluster({
      name: 'guarded',
      nodePools: [{ name: 'default-pool', imageStreaming: true, bootDiskKey: key }],
      databaseEncryption: {
        key,
        currentState: 'CURRENT_STATE_ENCRYPTION_ERROR',
        errors: [`Cloud KMS error when using key ${key}: Permission denied`],
      },
      conditions: [
        { code: 'CLOUD_KMS_KEY_ERROR', canonicalCode: 'FAILED_PRECONDITION', message: 'The key is disabled.' },
      ],
      anonymousAuthentication: 'LIMITED',
      rbacBindings: { enableInsecureBindingSystemUnauthenticated: true },
      controlPlaneEndpoints: {
        ipEndpointsConfig: {
          enablePublicEndpoint: true,
          authorizedNetworksConfig: { enabled: true, cidrBlocks: [{ cidrBlock: '198.51.100.0/24' }] },
        },
      },
      withoutApiServer: true,
    })
    .cluster({ name: 'plain', withoutApiServer: true })
    .cluster({
      name: 'pulling',
      objects: [
        ...imagePullFailure({ namespace: 'shop', name: 'web', image, node: nodeName('pulling', 'default-pool') }),
        ...imagePullFailure({
          namespace: 'shop',
          name: 'tool',
          image,
          init: true,
          message: 'not found',
          imagePullSecrets: ['hub'],
        }),
      ],
    });
  cloud = await start(world.world);
});
afterAll(() => cloud.close());

/** Status of a call to a cluster's version over its DNS endpoint, which trusts the public authorities. */
function statusOf(endpoint: string, token: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    request(`https://${endpoint}/version`, { ca, headers }, response => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

const get = (name: string): Promise<Answer> => cloud.call(tokens.admin, 'GET', `${path}/${name}`);

test('a cluster shows how it is reached, encrypted and guarded', async () => {
  const { body } = await get('guarded');
  expect(body).toMatchObject({
    databaseEncryption: {
      state: 'ENCRYPTED',
      keyName: key,
      currentState: 'CURRENT_STATE_ENCRYPTION_ERROR',
      lastOperationErrors: [{ keyName: key, errorMessage: expect.stringContaining('Permission denied') }],
    },
    conditions: [expect.objectContaining({ code: 'CLOUD_KMS_KEY_ERROR' })],
    anonymousAuthenticationConfig: { mode: 'LIMITED' },
    rbacBindingConfig: { enableInsecureBindingSystemUnauthenticated: true },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { allowExternalTraffic: false },
      ipEndpointsConfig: { enabled: true, authorizedNetworksConfig: { enabled: true } },
    },
  });
  expect(at(body, 'nodePools.0.config.gcfsConfig')).toEqual({ enabled: true });
  expect(at(body, 'nodePools.0.config.bootDiskKmsKey')).toBe(key);
});

test('a cluster of which nothing of that is said has none of it', async () => {
  const { body } = await get('plain');
  expect(body.databaseEncryption).toEqual({ state: 'DECRYPTED', currentState: 'CURRENT_STATE_DECRYPTED' });
  for (const field of ['conditions', 'anonymousAuthenticationConfig', 'rbacBindingConfig'])
    expect(body).not.toHaveProperty(field);
  expect(at(body, 'nodePools.0.config')).not.toHaveProperty('gcfsConfig');
});

describe('an update', () => {
  const open = { desiredControlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic: true } } };
  const put = (update: { [field: string]: unknown }): Promise<Answer> =>
    cloud.call(tokens.admin, 'PUT', `${path}/pulling`, { update });

  test('with another etag than the cluster’s is refused, and with its own not', async () => {
    const { etag } = (await get('pulling')).body;
    const refused = await put({ ...open, etag: 'stale' });
    expect([refused.status, at(refused.body, 'error.status')]).toEqual([409, 'ABORTED']);
    expect((await put({ ...open, etag })).status).toBe(200);
    await cloud.control('POST', 'clock', { advance: '10m' });
    expect((await get('pulling')).body.etag).not.toBe(etag);
  });

  test('opens the DNS endpoint: it answers at the address that the cluster names', async () => {
    const { body } = await get('pulling');
    expect(at(body, 'controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic')).toBe(true);
    const endpoint = String(at(body, 'controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint'));
    expect(endpoint).toMatch(/^127\.0\.0\.1:\d+$/);
    const { certificate } = await cloud.control('GET', 'authority');
    expect(await statusOf(endpoint, tokens.admin, String(certificate))).toBe(200);
    expect(await statusOf(endpoint, tokens.nobody, String(certificate))).toBe(401);
  });

  test('closes it again', async () => {
    const endpoint = String(at((await get('pulling')).body, 'controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint'));
    const { certificate } = await cloud.control('GET', 'authority');
    await put({ desiredControlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic: false } } });
    await cloud.control('POST', 'clock', { advance: '10m' });
    expect(await statusOf(endpoint, tokens.admin, String(certificate))).toBe(403);
  });
});

describe('Pods whose image can’t be pulled', () => {
  type Waiting = { name: string; reason: string; message: string };
  const objects = (kind: string): unknown[] =>
    (cloud.cloud.snapshot().projects['acme-1']?.clusters['asia-northeast1/pulling']?.objects ?? []).filter(
      object => object.kind === kind && object.metadata.namespace === 'shop',
    );
  const waiting = (field: string): Waiting[] =>
    objects('Pod').flatMap(pod => {
      const state = at(pod, `status.${field}.0.state.waiting`) as Waiting | undefined;
      return state ? [{ ...state, name: String(at(pod, 'metadata.name')) }] : [];
    });

  test('wait in both of the states between which kubelet alternates', () => {
    const web = waiting('containerStatuses').filter(({ name }) => name.startsWith('web'));
    expect(web.map(({ reason }) => reason).sort()).toEqual(['ErrImagePull', 'ImagePullBackOff']);
    expect(web.every(({ message }) => message.includes(': 403 Forbidden'))).toBe(true);
  });

  test('may do so in an init container', () => {
    expect(
      waiting('initContainerStatuses')
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual(['ErrImagePull', 'ImagePullBackOff']);
    const tool = objects('Pod').find(pod => String(at(pod, 'metadata.name')).startsWith('tool'));
    expect(at(tool, 'spec.imagePullSecrets')).toEqual([{ name: 'hub' }]);
    expect(at(tool, 'status.phase')).toBe('Pending');
  });

  test('have kubelet’s events', () => {
    const events = objects('Event').filter(event => String(at(event, 'involvedObject.name')).startsWith('web'));
    expect(events.map(event => at(event, 'reason')).sort()).toEqual(['BackOff', 'BackOff', 'Failed', 'Failed']);
    expect(events.map(event => at(event, 'message'))).toContain(
      `Failed to pull image "${image}": ${pullForbidden(image)}`,
    );
  });

  test('are not ready, and what the events are about is the Pod itself', () => {
    const [pod] = objects('Pod').filter(one => String(at(one, 'metadata.name')).startsWith('web'));
    expect(at(pod, 'status.conditions.0')).toMatchObject({ type: 'Ready', status: 'False' });
    const about = objects('Event').filter(event => at(event, 'involvedObject.uid') === at(pod, 'metadata.uid'));
    expect(about).toHaveLength(2);
    const [deployment] = objects('Deployment').filter(one => at(one, 'metadata.name') === 'web');
    expect(at(deployment, 'status.unavailableReplicas')).toBe(2);
  });

  test('the refusal names host and scope', () => {
    expect(pullForbidden(image)).toContain(
      'https://europe-west1-docker.pkg.dev/v2/token?scope=repository%3Aacme-1%2Fapps%2Fweb%3Apull&service=europe-west1-docker.pkg.dev: 403 Forbidden',
    );
  });
});
