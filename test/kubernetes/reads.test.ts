/** Reads of an API server as facts: every failure told apart, counted, repeated only where it may pass by itself. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultSpec } from '../../sandbox/google/kubernetes/server.ts';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import { healthyWorld, tokens } from '../../sandbox/scenarios/base.ts';
import { readCluster } from '../../src/diagnosis/facts/google/cluster.ts';
import { type KubernetesReads, readKubernetes } from '../../src/diagnosis/facts/kubernetes/api-server.ts';
import { Session } from '../../src/diagnosis/facts/session.ts';
import { Endpoints } from '../../src/google/endpoints.ts';
import { identityOfToken } from '../../src/google/identity.ts';
import { createReads } from '../../src/google/reads.ts';
import { KubernetesConnector } from '../../src/kubernetes/connect.ts';
import { type Endpoints as ClusterEndpoints, routeTo } from '../../src/kubernetes/way.ts';
import { CLUSTER } from '../scenarios/terminal.ts';

let google: Google;
beforeAll(async () => {
  google = await startGoogle({ world: healthyWorld().world.world });
});
afterAll(() => google.close());
beforeEach(() => {
  google.cloud.apiServers.clearFaults();
});

/** A session that reads clusters as the diagnoser and calls API servers with `token`. */
async function open(token: string = tokens.diagnoser, limits: { attemptMs?: number; connectMs?: number } = {}) {
  const env = {};
  const endpoints = new Endpoints({ CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: google.url });
  const reads = await createReads({
    identity: identityOfToken(tokens.diagnoser, { env, endpoints }),
    expect: 'cluster',
  });
  const { auth } = identityOfToken(token, { env, endpoints });
  const kubernetes = new KubernetesConnector({ identity: auth, gateway: reads.getGateway, ...limits });
  const session = new Session({ google: reads, kubernetes, now: new Date() });
  const fact = await readKubernetes(session, await readCluster(session, CLUSTER));
  if (!fact.known) throw new Error(fact.reason.en);
  return { session, reads: fact.value };
}

const PODS = '/api/v1/namespaces/shop/pods';

const POLICIES = {
  kind: 'CiliumNetworkPolicy',
  group: 'cilium.io',
  versions: ['v2'],
  plural: 'ciliumnetworkpolicies',
  namespaced: true,
};

test.each<[FaultSpec, string, number]>([
  [{ kind: 'status', code: 403 }, 'denied', 1],
  [{ kind: 'status', code: 401 }, 'unauthenticated', 1],
  [{ kind: 'status', code: 404 }, 'absent', 1],
  [{ kind: 'status', code: 429 }, 'rate-limited', 3],
  [{ kind: 'status', code: 500 }, 'server-error', 3],
  [{ kind: 'reset' }, 'unreachable', 3],
  [{ kind: 'hang' }, 'timeout', 1],
  [{ kind: 'html' }, 'denied', 1],
  [{ kind: 'malformed' }, 'malformed', 1],
  [{ kind: 'empty' }, 'malformed', 1],
])('%j: %s, after %i requests', async (fault, code, requests) => {
  google.cloud.apiServers.fault({ ...fault, path: PODS });
  const { session, reads } = await open(tokens.diagnoser, { attemptMs: 300 });
  expect(await reads.pods({ namespace: 'shop' })).toMatchObject({ known: false, code });
  expect(session.apiCalls().kubernetes).toBe(requests);
});

test('what passes by itself is read after all, once for everybody who asks', async () => {
  google.cloud.apiServers.fault({ kind: 'status', code: 503, path: PODS, times: 1 });
  const { session, reads } = await open();
  const [first, second] = await Promise.all([reads.pods({ namespace: 'shop' }), reads.pods({ namespace: 'shop' })]);
  expect(first).toBe(second);
  expect(first).toMatchObject({ known: true, value: [{ metadata: { labels: { app: 'checkout' } } }] });
  expect(session.apiCalls().kubernetes).toBe(2);
});

test('a connection that can’t be made is tried no second time by the reads that follow', async () => {
  const server = google.cloud.apiServers.all.find(({ cluster }) => cluster === CLUSTER);
  server?.setAuthorizedNetworks(false);
  try {
    const { session, reads } = await open(tokens.diagnoser, { connectMs: 300 });
    expect(await reads.version()).toMatchObject({
      code: 'timeout',
      command: expect.stringContaining('--enable-dns-access'),
    });
    expect(await reads.nodes()).toMatchObject({ code: 'timeout' });
    expect(session.apiCalls().kubernetes).toBe(1);
  } finally {
    server?.setAuthorizedNetworks(true);
  }
});

test('the permission that a refusal names is the one to ask for', async () => {
  const { reads } = await open(tokens.requester);
  const permission = 'container.networkPolicies.list';
  expect(await reads.networkPolicies('shop')).toMatchObject({ code: 'denied', permission });
});

test.each<[string, (reads: KubernetesReads) => Promise<unknown>, unknown]>([
  ['version', reads => reads.version(), { gitVersion: expect.stringMatching(/^v1\./) }],
  ['a service account', reads => reads.serviceAccount('shop', 'checkout'), { metadata: { name: 'checkout' } }],
  [
    'a deployment',
    reads => reads.deployment('shop', 'checkout'),
    { spec: { template: { spec: { containers: [{}] } } } },
  ],
  ['nodes', reads => reads.nodes(), [{ metadata: { labels: { 'cloud.google.com/gke-nodepool': 'pool-a' } } }, {}]],
  ['how many service accounts', reads => reads.countServiceAccounts(), expect.any(Number)],
  ['no compute classes where there is no such kind', reads => reads.computeClasses(), []],
  ['nothing of a kind that is not installed', reads => reads.customObjects(POLICIES, 'shop'), []],
  ['what runs on every node, of all namespaces', reads => reads.daemonSets(), []],
  [
    'the Service of cluster DNS',
    reads => reads.service('kube-system', 'kube-dns'),
    { spec: { clusterIP: '10.8.0.10' } },
  ],
])('reads %s', async (_, read, value) => {
  const { reads } = await open();
  expect(await read(reads)).toMatchObject({ known: true, value });
});

describe('the way in', () => {
  const base: ClusterEndpoints = {
    project: 'p',
    location: 'l',
    name: 'c',
    endpoint: '203.0.113.1',
    caCertificate: Buffer.from('PEM').toString('base64'),
    ipEndpoints: { enabled: true, public: true },
  };
  const dnsEndpoint = { host: 'gke-1.l.gke.goog', external: true };
  const fleetMembership = '//gkehub.googleapis.com/projects/f/locations/global/memberships/m';
  test.each<[string, Partial<ClusterEndpoints>, object]>([
    ['the public address with the cluster’s CA', {}, { kind: 'ip', url: 'https://203.0.113.1', ca: 'PEM' }],
    ['the DNS endpoint first, with the public CAs', { dnsEndpoint }, { kind: 'dns', url: 'https://gke-1.l.gke.goog' }],
    [
      'no DNS endpoint that is closed to the outside',
      { dnsEndpoint: { ...dnsEndpoint, external: false } },
      { kind: 'ip' },
    ],
    [
      'the Connect gateway where no address is public',
      { ipEndpoints: { enabled: true, public: false }, fleetMembership },
      { kind: 'gateway', membership: 'projects/f/locations/global/memberships/m' },
    ],
    [
      'none, and what would open one',
      { ipEndpoints: { enabled: false, public: false } },
      { kind: 'none', command: expect.stringContaining('--enable-dns-access') },
    ],
  ])('%s', (_, more, way) => {
    expect(routeTo({ ...base, ...more })).toMatchObject(way);
  });
});
