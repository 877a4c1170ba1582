/** What the workload figure makes of the requests that came. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { chainOf, oneAfterAnother, repeated } from './figures/workload.ts';
import { type Recorded, recorded } from './recorded.ts';

const at = (cameAt: number, answeredAt: number, path = '/', body = ''): Recorded => ({
  url: `http://127.0.0.1:8000${path}`,
  method: 'GET',
  headers: {},
  body,
  cameAt,
  answeredAt,
});
const cluster = at(0, 100, '/v1/projects/p/locations/l/clusters/cluster-x?$alt=json');
const account = (cameAt: number) => at(cameAt, cameAt + 100, '/api/v1/namespaces/shop/serviceaccounts/checkout');
const policy = at(220, 320, '/v1/projects/p/serviceAccounts/checkout%40p.iam.gserviceaccount.com:getIamPolicy?x=3');

test('the chain of a workload, however the calls came', () => {
  expect(chainOf([policy, account(110), cluster])).toHaveLength(3);
});

test('a chain that did not happen is none', () => {
  expect(() => chainOf([cluster, account(90), policy])).toThrow('Kubernetes service account: read before cluster');
  expect(() => chainOf([cluster, policy])).toThrow('Kubernetes service account: not read');
});

test('one after another: each came when the one before it had been answered', () => {
  expect(oneAfterAnother([])).toBe(0);
  expect(oneAfterAnother([at(0, 300), at(10, 110), at(120, 220), at(215, 315), at(221, 321)])).toBe(3);
});

test('repeated: the same with the same body', () => {
  expect(repeated([at(0, 1, '/a', '1'), at(2, 3, '/a', '2'), at(4, 5, '/b')])).toEqual([]);
  expect(repeated([at(0, 1, '/a'), at(2, 3, '/a')])).toEqual(['GET http://127.0.0.1:8000/a ']);
});

test('recorded: when a request came and when its answer was sent', async () => {
  const asked: (() => void)[] = [];
  const server = createServer((request, response) => {
    request.resume();
    asked.push(() => response.end('answer'));
    if (asked.length === 2) for (const answer of asked.toReversed()) answer();
    if (asked.length === 3) response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const requests = await recorded(async () => {
    await Promise.all([fetch(`${url}/a`, { method: 'POST', body: 'x' }), fetch(`${url}/b`)]);
    await (await fetch(`${url}/c`)).text();
  });
  await new Promise(resolve => server.close(resolve));
  const [a, b, c] = ['a', 'b', 'c'].map(name => requests.find(request => request.url === `${url}/${name}`));
  expect(a).toMatchObject({ method: 'POST', body: 'x' });
  expect(oneAfterAnother([a, b].filter(request => request !== undefined))).toBe(1);
  expect(c?.cameAt).toBeGreaterThanOrEqual(Math.min(a?.answeredAt ?? 0, b?.answeredAt ?? 0));
});
