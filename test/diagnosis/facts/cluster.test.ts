/** A list asks for a part of each cluster: what is made of it is what is made of the whole one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGoogle } from '../../../sandbox/google/main.ts';
import { baseWorld, projectId, tokens } from '../../../sandbox/scenarios/base.ts';
import { scenarios } from '../../../sandbox/scenarios/index.ts';
import { listClusters, listLocations, readCluster } from '../../../src/diagnosis/facts/google/cluster.ts';
import { Session } from '../../../src/diagnosis/facts/session.ts';
import { openSession } from '../../../src/diagnosis/open.ts';
import { googleEnvironment } from '../../cli/program.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gke-auth-test-'));
  await writeFile(join(folder, 'token'), tokens.owner);
});
afterAll(() => rm(folder, { recursive: true }));

const small = scenarios.filter(({ name }) => !name.startsWith('fleet-'));

test.each(small.map(({ name, world }) => [name, world] as const))('%s', async (_name, world) => {
  const google = await startGoogle({ world: world() });
  try {
    const session = await openSession({ env: googleEnvironment(google.url, join(folder, 'token')) });
    const list = await listClusters(session, projectId);
    if (!list.known) throw new Error(list.reason.en);
    const { clusters } = list.value;
    const whole = await Promise.all(clusters.map(({ resource }) => readCluster(session, resource)));
    expect(clusters).toEqual(whole.map(fact => fact.known && fact.value));
    expect(await listLocations(session, projectId)).toEqual([...new Set(clusters.map(({ location }) => location))]);
  } finally {
    await google.close();
  }
});

/**
 * What a field is that the answer leaves out: Google's JSON leaves out `false`
 * (https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#DNSEndpointConfig).
 */
test.each([
  [{ endpoint: 'gke-1.asia-northeast1.gke.goog' }, { external: false, kubernetesTokens: false }],
  [
    { endpoint: 'gke-1.asia-northeast1.gke.goog', allowExternalTraffic: true },
    { external: true, kubernetesTokens: false },
  ],
  [
    { endpoint: 'gke-1.asia-northeast1.gke.goog', allowExternalTraffic: true, enableK8sTokensViaDns: true },
    { external: true, kubernetesTokens: true },
  ],
  [
    { endpoint: 'gke-1.asia-northeast1.gke.goog', enableK8sTokensViaDns: true },
    { external: false, kubernetesTokens: true },
  ],
  [{ allowExternalTraffic: true }, undefined],
])('the DNS endpoint %j', async (dnsEndpointConfig, read) => {
  const google = await startGoogle({ world: baseWorld().world.world });
  try {
    const { google: reads, now } = await openSession({ env: googleEnvironment(google.url, join(folder, 'token')) });
    const getCluster = async () => ({ name: 'c', controlPlaneEndpointsConfig: { dnsEndpointConfig } });
    const session = new Session({ google: { ...reads, getCluster }, now });
    const fact = await readCluster(session, `projects/${projectId}/locations/asia-northeast1/clusters/c`);
    const expected = read && { host: dnsEndpointConfig.endpoint, ...read };
    expect(fact).toMatchObject({ known: true, value: { dnsEndpoint: expected } });
  } finally {
    await google.close();
  }
});
