/** Partial responses: the query parameter `fields` of Google's APIs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseFields, select } from '../../../sandbox/google/fields.ts';
import { tokens } from '../../../sandbox/scenarios/base.ts';
import defaultScenario from '../../../sandbox/scenarios/default.ts';
import { type Client, start } from './client.ts';

const pools = [{ name: 'a', config: { serviceAccount: 's', tags: ['t'] } }, { name: 'b' }];
const answer = { clusters: [{ name: 'c', zone: 'z', nodePools: pools }], missingZones: ['m'], nextPageToken: 't' };

describe('selected fields', () => {
  test.each<[string, object]>([
    ['missingZones', { missingZones: ['m'] }],
    ['clusters/name,nextPageToken', { clusters: [{ name: 'c' }], nextPageToken: 't' }],
    ['clusters.zone', { clusters: [{ zone: 'z' }] }],
    ['clusters(name,nodePools/name)', { clusters: [{ name: 'c', nodePools: [{ name: 'a' }, { name: 'b' }] }] }],
    [
      'clusters(nodePools(config(serviceAccount)))',
      { clusters: [{ nodePools: [{ config: { serviceAccount: 's' } }, {}] }] },
    ],
    ['clusters/name,clusters/zone', { clusters: [{ name: 'c', zone: 'z' }] }],
    ['clusters,clusters/name', { clusters: answer.clusters }],
    ['*', answer],
    ['nothing', {}],
  ])('%s', (fields, selected) => {
    expect(select(answer, parseFields(fields))).toEqual(selected);
  });

  test.each(['', 'a,', 'a(', 'a(b', 'a)', 'a//b', 'a b', '(a)'])('refused: %j', fields => {
    expect(() => parseFields(fields)).toThrow(/invalid field selection/);
  });
});

describe('over HTTP', () => {
  let cloud: Client;
  beforeAll(async () => {
    cloud = await start(defaultScenario.world());
  });
  afterAll(() => cloud.close());

  const get = (path: string) => cloud.call(tokens.owner, 'GET', path);

  test('a list of clusters, one cluster, and any other answer', async () => {
    const clusters = 'v1/projects/sandbox-1/locations/-/clusters';
    expect(await get(`${clusters}?fields=clusters(name,nodePools/name)`)).toMatchObject({ status: 200 });
    const { body } = await get(`${clusters}?fields=clusters(location)`);
    for (const cluster of (body as { clusters: object[] }).clusters) expect(Object.keys(cluster)).toEqual(['location']);
    const one = await get('v1/projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x?fields=name');
    expect(one.body).toEqual({ name: 'cluster-x' });
    expect((await get('v3/projects/sandbox-1?fields=projectId')).body).toEqual({ projectId: 'sandbox-1' });
  });

  test('an invalid selector is rejected with 400', async () => {
    expect((await get('v3/projects/sandbox-1?fields=a(')).status).toBe(400);
  });
});
