/** What a running gke-auth knows, asked from the terminal: only of the place that was named; what isn't there is said. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Report } from '../../src/contracts/report.ts';
import { Reports } from '../../src/store/reports.ts';
import { everyRole } from '../approvals/examples.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';
import { enter } from './entrance.ts';
import { gkeAuth } from './program.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  const reports = new Reports(redis, everyRole());
  for (const [id, project, location] of [
    ['r-1', 'prod-1', 'asia-northeast1'],
    ['r-2', 'prod-1', 'us-central1'],
    ['r-3', 'prod-2', 'asia-northeast1'],
  ] as const) {
    const report = Report.parse({
      schema: 'gke-auth/report/v1',
      id,
      startedAt: '2026-01-01T00:00:00Z',
      durationMs: 1,
      target: { project, location, cluster: 'cluster-x' },
      apiCalls: {},
      summary: { pass: 0, warn: 0, fail: 0, unknown: 0, notApplicable: 0 },
      findings: [],
    });
    await reports.save({ report, askedBy: 'U1', channel: 'C1', ts: '1.1', language: 'en', approvals: [] });
  }
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
});

const run = (...args: string[]) => enter(args, { REDIS_URL: server.url });
const runAsProcess = (...args: string[]) => gkeAuth(args, { REDIS_URL: server.url });

test.each([
  [['cluster-x'], ['r-1', 'r-2', 'r-3']],
  [['prod-1/us-central1/cluster-x'], ['r-2']],
  [['asia-northeast1/cluster-x'], ['r-1', 'r-3']],
  [['cluster-x', '--project', 'prod-2'], ['r-3']],
  [
    ['--project', 'prod-1'],
    ['r-1', 'r-2'],
  ],
  [['projects/prod-2/locations/-/clusters/cluster-x'], ['r-3']],
])('history %j', async (args, ids) => {
  const { stdout, code } = await run('history', ...args, '--format', 'json');
  expect(code).toBe(0);
  const { reports }: { reports: { id: string }[] } = JSON.parse(stdout);
  expect(reports.map(({ id }) => id).sort()).toEqual(ids);
});

test.each([
  ['cancel', 'No diagnosis of this id runs.'],
  ['unwatch', 'There is no watch of this id.'],
])('%s of nothing is not said to be done', async (verb, message) => {
  const [text, json] = await Promise.all([runAsProcess(verb, 'nope'), run(verb, 'nope', '--format', 'json')]);
  expect(text).toMatchObject({ code: 2, stdout: '' });
  expect(text.stderr).toContain(message);
  expect(json).toMatchObject({ code: 2, stderr: '' });
  expect(JSON.parse(json.stdout)).toMatchObject({ schema: 'gke-auth/error/v1', code: 'not-found', message });
});
