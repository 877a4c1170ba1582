/** A scan's calls do not grow with clusters or node pools; what can't be read is said. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { World } from '../../sandbox/google/world.ts';
import { baseWorld, healthyWorld } from '../../sandbox/scenarios/base.ts';
import defaultScenario from '../../sandbox/scenarios/default.ts';
import { findScenario } from '../../sandbox/scenarios/index.ts';
import { Scan } from '../../src/contracts/report.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { scan } from '../../src/diagnosis/scan.ts';
import { type Place, startPlace } from '../cli/program.ts';

function fleet(clusters: number): World {
  const found = findScenario(`fleet-${clusters}`);
  if (!found) throw new Error(`there is no fleet of ${clusters}`);
  return found.world();
}

async function scanned(place: Place, ...projects: string[]) {
  const session = await openSession({ env: place.env, scan: true });
  const result = await scan({ projects: projects.length > 0 ? projects : ['sandbox-1'], session, language: 'en' });
  return { result, calls: place.google.cloud.calls() };
}

describe('calls', () => {
  test('are the same for 10, 100 and 1,000 clusters, and none is made twice', async () => {
    const counts: number[] = [];
    for (const clusters of [10, 100, 1_000]) {
      await using place = await startPlace(fleet(clusters));
      const { result, calls } = await scanned(place);
      expect(result.clusters).toHaveLength(clusters);
      expect(Scan.safeParse(result).error).toBeUndefined();
      expect({ kubernetes: 0, ...calls.byService }).toEqual(result.apiCalls);
      const asked = calls.calls.map(({ service, method, path }) => `${service} ${method} ${path}`);
      expect(asked).toEqual([...new Set(asked)]);
      expect(calls.byService.policytroubleshooter).toBeUndefined();
      counts.push(calls.calls.length);
    }
    expect(new Set(counts).size).toBe(1);
  });

  test('grow with distinct locations only by one each', async () => {
    await using one = await startPlace(fleet(1));
    await using ten = await startPlace(fleet(10));
    const [few, many] = await Promise.all([scanned(one), scanned(ten)]);
    expect(many.calls.calls.length - few.calls.calls.length).toBe(2);
  });
});

describe('form', () => {
  let place: Place;
  beforeAll(async () => {
    place = await startPlace(defaultScenario.world());
  });
  afterAll(() => place[Symbol.asyncDispose]());

  test('has one row for each account and one finding for each check and subject', async () => {
    const { result } = await scanned(place);
    expect(Scan.parse(result)).toEqual(JSON.parse(JSON.stringify(result)));
    const all = [...result.findings, ...result.clusters.flatMap(({ findings }) => findings)];
    const keys = all.map(({ check, subject }) => `${check} ${subject}`);
    expect(keys).toEqual([...new Set(keys)]);
    expect(result.serviceAccounts.map(({ email }) => email.split('@')[0])).toEqual([
      'node-a',
      'node-autopilot',
      'node-b',
      'node-c',
      'node-d',
      'node-e',
      'node-healthy',
    ]);
    const base = 'projects/sandbox-1/locations/asia-northeast1/clusters';
    expect(result.serviceAccounts.find(({ email }) => email.startsWith('node-autopilot'))?.usedBy).toEqual([
      `${base}/cluster-autopilot`,
      `${base}/cluster-autopilot/nodePools/nap-1`,
    ]);
    expect(result.serviceAccounts.find(({ email }) => email.startsWith('node-e'))?.usedBy).toEqual([
      `${base}/cluster-x`,
    ]);
    for (const { findings, target } of result.clusters) {
      for (const { subject } of findings) expect(subject).toContain(`/clusters/${target.cluster}`);
    }
    for (const { subject } of result.findings) expect(subject).not.toContain('/clusters/');
  });
});

describe('what can’t be read', () => {
  test('one project of two: its findings are unknown, the other’s are as ever', async () => {
    await using place = await startPlace(healthyWorld().world.world);
    const { result } = await scanned(place, 'sandbox-1', 'no-such-project');
    expect(result.clusters).toHaveLength(1);
    const lost = result.findings.filter(({ subject }) => subject === 'projects/no-such-project');
    expect(new Set(lost.map(({ status }) => status))).toEqual(new Set(['unknown']));
    expect(lost.map(({ check }) => check)).toContain('node-sa-permissions');
  });

  test('a location that doesn’t answer is said, not left out', async () => {
    const { world, project } = healthyWorld();
    project.project.missingZones.push('us-east1-b');
    await using place = await startPlace(world.world);
    const { result } = await scanned(place);
    const said = result.findings.find(({ check }) => check === 'node-sa-permissions');
    expect(said).toMatchObject({ status: 'unknown', subject: 'projects/sandbox-1' });
    expect(said?.detail).toContain('us-east1-b');
    expect(result.clusters).toHaveLength(1);
  });

  test('the list of accounts: each state is unknown, and what else they may do is still decided', async () => {
    await using place = await startPlace(healthyWorld().world.world);
    place.google.cloud.faults.add({ service: 'iam', path: '/serviceAccounts\\?', status: 403 });
    const { result } = await scanned(place);
    expect(result.findings.filter(({ check }) => check === 'node-sa-state').map(({ status }) => status)).toEqual([
      'unknown',
    ]);
    expect(Object.values(result.serviceAccounts[0]?.permissions ?? {})).toEqual(Array(4).fill('granted'));
  });

  test('a project without clusters has its own findings', async () => {
    await using place = await startPlace(baseWorld().world.world);
    const { result } = await scanned(place);
    expect(result.clusters).toEqual([]);
    expect(result.serviceAccounts).toEqual([]);
    expect(result.findings.find(({ check }) => check === 'agent-google-apis-editor')?.status).toBe('not-applicable');
    expect(result.findings.find(({ check }) => check === 'agent-gke-service-agent')?.status).toBe('pass');
  });
});
