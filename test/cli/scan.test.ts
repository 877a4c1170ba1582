/** Which projects a scan looks at, and how it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import { Scan } from '../../src/contracts/report.ts';
import { enter } from './entrance.ts';
import { type Place, startPlace } from './program.ts';

let place: Place;
let folder: string;
let config: string;

beforeAll(async () => {
  const { world } = healthyWorld();
  const second = world.project('sandbox-2', '210987654321');
  second.cluster({
    name: 'cluster-y',
    withoutApiServer: true,
    nodePools: [{ name: 'pool-a', serviceAccount: second.serviceAccount('bare') }],
  });
  [place, folder] = await Promise.all([startPlace(world.world, 'owner'), mkdtemp(join(tmpdir(), 'gke-auth-scan-'))]);
  config = join(folder, 'gke-auth.yaml');
  await writeFile(config, 'projects: [sandbox-1, sandbox-2]\n');
});
afterAll(async () => {
  await place?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function scanned(args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout } = await enter(['scan', ...args, '--format', 'json'], { ...place.env, ...env });
  const scan = Scan.parse(JSON.parse(stdout));
  return { code, scan, clusters: scan.clusters.map(({ target }) => `${target.project}/${target.cluster}`) };
}

const BOTH = ['sandbox-1/cluster-x', 'sandbox-2/cluster-y'];

test.each<[string, string[], Record<string, string>, string[], number]>([
  ['the environment’s project', [], {}, ['sandbox-1/cluster-x'], 0],
  ['the one that is named', ['sandbox-2'], {}, ['sandbox-2/cluster-y'], 1],
  ['several', ['sandbox-1', '--project', 'sandbox-2,sandbox-1'], {}, BOTH, 1],
])('%s', async (_, args, env, clusters, code) => {
  expect(await scanned(args, env)).toMatchObject({ clusters, code });
});

test('all that are configured: each with its own rows and findings', async () => {
  const [all, without] = await Promise.all([
    scanned(['--all'], { GKE_AUTH_CONFIG: config }),
    scanned([], { GKE_AUTH_CONFIG: config }),
  ]);
  expect(all.clusters).toEqual(BOTH);
  expect(without.clusters).toEqual(BOTH);
  expect(all.scan.serviceAccounts.map(({ email, project }) => `${project} ${email.split('@')[0]}`)).toEqual([
    'sandbox-1 node',
    'sandbox-2 bare',
  ]);
  expect(all.scan.clusters.map(({ target }) => target.projectNumber)).toEqual(['123456789012', '210987654321']);
  const agents = all.scan.findings.filter(({ check }) => check === 'agent-gke-service-agent');
  expect(agents.map(({ subject }) => subject)).toEqual(['projects/sandbox-1', 'projects/sandbox-2']);
});

test('one that can’t be read beside one that can is a finding; all that can’t be read is no scan', async () => {
  const some = await scanned(['sandbox-1', '--project', 'nobody-has-this']);
  expect(some.code).toBe(0);
  expect(
    some.scan.findings.some(({ subject, status }) => subject === 'projects/nobody-has-this' && status === 'unknown'),
  ).toBe(true);
  const none = await place.run('scan', 'nobody-has-this', '--format', 'json');
  expect(none.code).toBe(3);
  expect(JSON.parse(none.stdout)).toMatchObject({ schema: 'gke-auth/error/v1', code: 'nothing-readable' });
});
