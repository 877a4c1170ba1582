/** Bad input and bad days: a clear sentence each with what to do, the right exit code, no stack trace, an end in time. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { NothingReadableError } from '../../src/diagnosis/pipeline.ts';
import { enter } from './entrance.ts';
import { gkeAuth, googleEnvironment, type Place, type Run, startPlace } from './program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gke-auth-bad-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

/** One or two sentences on stderr, nothing on stdout, no trace of our code. */
function expectClear({ stdout, stderr }: Run, says: RegExp): void {
  expect(stdout).toBe('');
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(/^gke-auth: /);
  expect(stderr).not.toMatch(/\n\s+at |node:internal|\.ts:\d|\[object/);
  expect(stderr.length).toBeLessThan(1_500);
}

describe('names and options', () => {
  const project = { GOOGLE_CLOUD_PROJECT: 'sandbox-1' };
  test.each([
    ['a space', ['diagnose', 'my cluster'], /“my cluster” can't be the name/],
    ['ten thousand characters', ['diagnose', 'x'.repeat(10_000)], /10,?009|at most|4,?000/],
    ['control characters', ['diagnose', 'clu\u0007ster'], /control|invisible/i],
    ['a line break', ['diagnose', 'clu\nster'], /control|invisible/i],
    ['capitals', ['diagnose', 'Cluster-X'], /lower-case/],
    ['nothing', ['diagnose'], /./],
    ['an unknown verb', ['diagnos', 'cluster-x'], /diagnos/],
    ['an unknown option', ['diagnose', 'cluster-x', '--fro', 'alice@example.com'], /--fro/],
    ['an unknown check', ['diagnose', 'cluster-x', '--only', 'node-sa-permission'], /node-sa-permission/],
    ['a project that can’t be one', ['scan', 'No Project'], /No Project/],
  ])('%s is wrong usage', async (_, args, says) => {
    const run = await enter(args, project);
    expect(run.code).toBe(2);
    expectClear(run, says);
  });

  test('no project at all is wrong usage, also without credentials', async () => {
    const [diagnosed, scanned] = await Promise.all([gkeAuth(['diagnose', 'cluster-x']), gkeAuth(['scan', '--all'])]);
    expect([diagnosed.code, scanned.code]).toEqual([2, 2]);
    expectClear(diagnosed, /--project/);
    expectClear(scanned, /GOOGLE_CLOUD_PROJECT/);
  });
});

describe('configuration', () => {
  test('all errors at once: the key, what it got, what it takes, the nearest known one', async () => {
    const config = await file(
      'gke-auth.yaml',
      'projects: prod-1\nlanguag: en\napprovals:\n  expireAfter: soon\n  quorum: { grant: 0 }\n',
    );
    const run = await gkeAuth(['diagnose', 'cluster-x'], { GKE_AUTH_CONFIG: config });
    expect(run.code).toBe(2);
    expectClear(run, /projects/);
    for (const key of ['languag', 'language', 'expireAfter', 'soon', 'quorum.grant']) expect(run.stderr).toContain(key);
  });

  test('a file that isn’t there, and one that is no YAML', async () => {
    const missing = await enter(['scan'], { GKE_AUTH_CONFIG: join(folder, 'nowhere.yaml') });
    const broken = await enter(['scan'], { GKE_AUTH_CONFIG: await file('broken.yaml', 'projects: [a\n  b: {') });
    expect([missing.code, broken.code]).toEqual([2, 2]);
    expectClear(missing, /nowhere\.yaml/);
    expectClear(broken, /broken\.yaml/);
  });

  test('an endpoint override that is no URL', async () => {
    const run = await enter(['scan', 'sandbox-1'], {
      CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: 'not a url',
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: await file('any', 'ya29.any'),
    });
    expect(run.code).toBe(2);
    expectClear(run, /CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM/);
  });
});

describe('before a simulated Google Cloud', () => {
  let place: Place;
  beforeAll(async () => {
    place = await startPlace(healthyWorld().world.world);
  });
  afterEach(() => place.google.cloud.faults.clear());
  afterAll(() => place?.[Symbol.asyncDispose]());

  const withToken = async (path: string, ...args: string[]) =>
    enter(args, { ...place.env, ...googleEnvironment(place.google.url, path) });

  test('token files: missing, empty, malformed, of an expired token', async () => {
    place.google.cloud.world.tokens['ya29.expired'] = {
      email: 'owner@example.com',
      expiresAt: Date.now() - 60_000,
      scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    };
    const runs = await Promise.all([
      withToken(join(folder, 'no-token'), 'diagnose', 'cluster-x'),
      withToken(await file('empty', ''), 'diagnose', 'cluster-x'),
      withToken(await file('malformed', 'two words\nand a line'), 'diagnose', 'cluster-x'),
      withToken(await file('expired', 'ya29.expired'), 'diagnose', 'cluster-x'),
      withToken(await file('expired', 'ya29.expired'), 'scan'),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([3, 3, 3, 3, 3]);
    const [missing, empty, malformed, expired, scanned] = runs;
    if (!missing || !empty || !malformed || !expired || !scanned) throw new Error('a run is missing');
    expectClear(missing, /no-token/);
    expectClear(empty, /empty/);
    expectClear(malformed, /malformed|token/);
    expectClear(expired, /new token|print-access-token/);
    expectClear(scanned, /new token|print-access-token/);
    for (const { stderr } of runs) expect(stderr).not.toContain('ya29');
  });

  test('nothing can be read: where that is said, and as JSON', async () => {
    const refused = await gkeAuth(['diagnose', 'cluster-x', '--format', 'json'], {
      ...place.env,
      ...googleEnvironment(`http://127.0.0.1:${await closedPort()}/`, await file('token', 'ya29.any')),
    });
    expect(refused.code).toBe(3);
    expect(refused.stderr).toBe('');
    expect(JSON.parse(refused.stdout)).toMatchObject({ schema: 'gke-auth/error/v1', code: 'nothing-readable' });
    expect(refused.tookMs).toBeLessThan(20_000);
  });

  const broken = [
    ['html', { kind: 'html' }],
    ['empty', { kind: 'empty' }],
    ['truncated', { kind: 'truncated' }],
    ['a list', { status: 200, body: '[]', headers: { 'content-type': 'application/json' } }],
    ['clusters that are a number', { status: 200, body: '{"clusters": 7}', headers: {} }],
    ['clusters without a field', { status: 200, body: '{"clusters": [{}]}', headers: {} }],
  ] as const;
  test.each(broken)('a list of clusters that is %s', async (_, fault) => {
    place.google.cloud.faults.add({ service: 'container', ...fault });
    const { stdout, stderr, code } = await place.enter('scan', '--format', 'json');
    expect([0, 3], `${stdout}${stderr}`).toContain(code);
    expect(stdout).toMatch(/gke-auth\/(scan|error)\/v1/);
    expect(`${stdout}${stderr}`).not.toMatch(/"internal"|\n\s+at /);
  });

  const perService = [
    ['iam', 500],
    ['iam', 403],
    ['cloudresourcemanager', 503],
    ['serviceusage', 429],
    ['orgpolicy', 404],
    ['recommender', 400],
  ] as const;
  test.each(perService)(
    '%s that answers %i leaves unknowns with their reason, and all else decided',
    async (service, status) => {
      place.google.cloud.faults.add({ service, status });
      const started = performance.now();
      const report = await inProcess('cluster-x', 2_000);
      expect(performance.now() - started).toBeLessThan(15_000);
      expect(report.summary.fail).toBe(0);
      const unknown = report.findings.filter(finding => finding.status === 'unknown');
      expect(unknown.length).toBeGreaterThan(0);
      for (const { detail, evidence } of unknown) {
        expect(detail.length).toBeGreaterThan(20);
        expect(evidence.length).toBeGreaterThan(0);
      }
    },
  );

  test('a service that hangs has a deadline', async () => {
    place.google.cloud.faults.add({ service: 'serviceusage', kind: 'hang' });
    const started = performance.now();
    const report = await inProcess('cluster-x', 400);
    expect(performance.now() - started).toBeLessThan(10_000);
    const finding = report.findings.find(({ check }) => check === 'api-enabled');
    expect(finding).toMatchObject({ status: 'unknown' });
    expect(finding?.detail).toContain("didn't answer in time");
  });

  test('connections that drop, and everything at once: nothing could be read', async () => {
    place.google.cloud.faults.add({ path: '.', kind: 'drop' });
    await expect(inProcess('cluster-x', 400)).rejects.toThrow(NothingReadableError);
  });

  test('values of the future are unknown words, not failures', async () => {
    place.google.cloud.faults.add({
      service: 'container',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        clusters: [
          {
            name: 'cluster-x',
            location: 'asia-northeast1',
            status: 'TRANSCENDED',
            currentMasterVersion: '9.1.0-quantum',
            conditions: [{ code: 'ALL_TOO_WELL' }],
            unheardOf: { of: [1] },
          },
        ],
      }),
    });
    const report = await inProcess('cluster-x', 2_000);
    expect(report.summary.fail).toBe(0);
  });

  async function inProcess(cluster: string, attemptMs: number) {
    const session = await openSession({ env: place.env, attemptMs });
    const request = { cluster, projects: ['sandbox-1'] };
    return diagnose({ id: 'bad-day', request, session, language: 'en' });
  }
});

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the port has no number');
  return address.port;
}
