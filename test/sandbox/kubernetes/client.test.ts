import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  NetworkingV1Api,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, createAuthority } from '../../../sandbox/google/kubernetes/server.ts';
import { call, manifest, startWorld } from './world.ts';

let server: ApiServer;
const publicAuthority = await createAuthority();
beforeAll(async () => {
  server = await startWorld([manifest('v1', 'ServiceAccount', { name: 'checkout', namespace: 'shop' })], {
    dnsEndpointAuthority: publicAuthority,
  });
});
afterAll(() => server.close());

function configOf(token: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server: server.url, caData: server.caCertificate, skipTLSVerify: false },
    { name: 'u', token },
  );
  return config;
}

describe('@kubernetes/client-node', () => {
  it('reads lists and objects', async () => {
    const core = configOf('owner').makeApiClient(CoreV1Api);
    const { items, metadata } = await core.listServiceAccountForAllNamespaces({ limit: 1 });
    expect([items.length, metadata?.remainingItemCount]).toEqual([1, 5]);
    expect((await core.readNamespacedServiceAccount({ namespace: 'shop', name: 'checkout' })).metadata?.name).toBe(
      'checkout',
    );
    expect(
      (await configOf('owner').makeApiClient(NetworkingV1Api).listNamespacedNetworkPolicy({ namespace: 'shop' })).items,
    ).toEqual([]);
  });

  it('changes an annotation by a merge patch, creates and deletes a binding', async () => {
    const core = configOf('owner').makeApiClient(CoreV1Api);
    const patched = await core.patchNamespacedServiceAccount(
      { namespace: 'shop', name: 'checkout', body: { metadata: { annotations: { a: 'b' } } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    expect(patched.metadata?.annotations).toEqual({ a: 'b' });
    const rbac = configOf('owner').makeApiClient(RbacAuthorizationV1Api);
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    const body = { metadata: { name: 'b' }, roleRef, subjects: [{ kind: 'User', name: 'x@example.com' }] };
    expect((await rbac.createNamespacedRoleBinding({ namespace: 'shop', body })).roleRef).toEqual(roleRef);
    expect((await rbac.deleteNamespacedRoleBinding({ namespace: 'shop', name: 'b' })).status).toBe('Success');
  });

  it.each([
    ['nobody', 401],
    ['stranger', 403],
  ])('throws for %s: %i', async (token, code) => {
    const error = await configOf(token)
      .makeApiClient(CoreV1Api)
      .listNamespace()
      .catch(caught => caught);
    expect(error).toBeInstanceOf(ApiException);
    expect(error.code).toBe(code);
  });
});

describe('the DNS endpoint', () => {
  const ca = Buffer.from(publicAuthority.certificate).toString('base64');
  const namespaces = (token: string, trusted = ca) =>
    call({ ...server, url: server.dnsEndpointUrl }, '/api/v1/namespaces', { token, ca: trusted });

  it('accepts callers with container.clusters.connect', async () => {
    expect((await namespaces('owner')).body.kind).toBe('NamespaceList');
  });

  it('answers other callers with an HTML page', async () => {
    const { status, headers, text } = await namespaces('stranger');
    expect([status, headers['content-type']]).toEqual([403, 'text/html; charset=UTF-8']);
    expect(text).toContain('Error 403 (Forbidden)!!1');
  });

  it('answers 401 to unauthenticated callers', async () => {
    expect((await namespaces('nobody')).status).toBe(401);
  });

  it('has a certificate that the cluster’s CA did not sign', async () => {
    await expect(namespaces('owner', server.caCertificate)).rejects.toThrow();
  });
});
