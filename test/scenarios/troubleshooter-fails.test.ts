/** Policy Troubleshooter is asked where a group hides the answer. Where it can't say either, the finding says why, and what would let it. */
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/google/faults.ts';
import type { World } from '../../sandbox/google/world.ts';
import { healthyWorld, projectNumber } from '../../sandbox/scenarios/base.ts';
import type { Finding } from '../../src/contracts/report.ts';
import type { Language } from '../../src/contracts/text.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { startPlace } from '../cli/program.ts';

const SOURCE = 'policytroubleshooter iam.troubleshoot';
const READER = 'gcloud projects add-iam-policy-binding sandbox-1 --member=MEMBER --role=roles/iam.securityReviewer';
const ENABLE = `gcloud services enable policytroubleshooter.googleapis.com --project=${projectNumber}`;
const ASKED = ['caller-clusters-get', 'rbac-forbidden'] as const;

const refused = (status: number): Fault => ({ service: 'policytroubleshooter', status });

/** A newcomer may get in by a group, if they are in it. */
function hiddenGroup({ disabled = false } = {}): World {
  const { world, project } = healthyWorld();
  world.group('devs@example.com', ['newcomer@example.com']);
  project.bind('roles/container.viewer', 'group:devs@example.com');
  if (disabled) project.disable('policytroubleshooter.googleapis.com');
  return world.world;
}

async function findings(world: World, language: Language, fault?: Fault): Promise<Map<string, Finding>> {
  await using place = await startPlace(world);
  if (fault) place.google.cloud.faults.add(fault);
  const request = {
    ...{ cluster: 'cluster-x', projects: ['sandbox-1'], only: [...ASKED] },
    ...{ principal: 'newcomer@example.com', verb: 'list', resource: 'pods', namespace: 'shop' },
  };
  const report = await diagnose({ id: 'report-1', request, session: await openSession({ env: place.env }), language });
  return new Map(report.findings.map(finding => [finding.check, finding]));
}

const failures: readonly [string, World, Fault | undefined, RegExp, RegExp, string | undefined][] = [
  ['its API is off', hiddenGroup({ disabled: true }), undefined, /is disabled/, /無効/, ENABLE],
  ['it refuses us', hiddenGroup(), refused(403), /refuses/, /拒否/, READER],
  ['it breaks down', hiddenGroup(), refused(500), /HTTP 500/, /HTTP 500/, undefined],
];

describe.each(failures)('%s', (_, world, fault, en, ja, command) => {
  test.each([
    ['en', en],
    ['ja', ja],
  ] as const)('%s', async (language, why) => {
    const found = await findings(structuredClone(world), language, fault);
    for (const check of ASKED) {
      const { status, detail, evidence } = found.get(check) ?? {};
      expect(status, check).toBe('unknown');
      expect(detail, check).toMatch(why);
      if (command) expect(detail, check).toContain(command);
      const lines = evidence?.filter(({ source }) => source === SOURCE) ?? [];
      expect(lines, check).toHaveLength(1);
      expect(lines[0]?.says).toMatch(/^Policy Troubleshooter/);
      expect(lines[0]?.says).toMatch(why);
    }
  });
});

test('what Troubleshooter knows is not doubted, and the grant is offered all the same where it fails', async () => {
  const asked = await findings(hiddenGroup(), 'en');
  expect(asked.get('caller-clusters-get')?.status).toBe('pass');
  const failed = await findings(hiddenGroup(), 'en', refused(500));
  expect(failed.get('caller-clusters-get')?.remedies).toMatchObject([{ kind: 'grant-project-role' }]);
});
