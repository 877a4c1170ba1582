/** How often Policy Troubleshooter is asked about boundaries, and what its answers become. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Google, startGoogle } from '../../../sandbox/google/main.ts';
import { baseWorld, projectId, projectNumber, tokens } from '../../../sandbox/scenarios/base.ts';
import { prepareAccess } from '../../../src/diagnosis/facts/access.ts';
import { Session } from '../../../src/diagnosis/facts/session.ts';
import type { Answer } from '../../../src/diagnosis/iam/model.ts';
import { openSession } from '../../../src/diagnosis/open.ts';
import type { Troubleshooting } from '../../../src/google/answers.ts';
import { GoogleApiError } from '../../../src/google/errors.ts';
import { googleEnvironment } from '../../cli/program.ts';

const HELD = ['container.clusters.get', 'container.clusters.list', 'container.clusters.connect'];
const ALICE = 'user:alice@example.com';
const AGENT = `serviceAccount:${projectNumber}@cloudservices.gserviceaccount.com`;
const BOUNDARY = 'organizations/1/locations/global/principalAccessBoundaryPolicies/elsewhere';

let folder = '';
let google: Google;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gke-auth-test-'));
  await writeFile(join(folder, 'token'), tokens.owner);
  const { world, project } = baseWorld();
  project.bind('roles/container.clusterViewer', AGENT);
  google = await startGoogle({ world: world.world });
});
afterAll(async () => {
  await google.close();
  await rm(folder, { recursive: true });
});

type Say = (permission: string) => Troubleshooting;

/** The answers to `permissions`, and for which of them Policy Troubleshooter was asked, which answers what `say` says. */
async function asked(
  permissions: readonly string[],
  say: Say,
  { member = ALICE, scan = false } = {},
): Promise<{ states: Record<string, Answer>; calls: string[] }> {
  const real = await openSession({ env: googleEnvironment(google.url, join(folder, 'token')) });
  const calls: string[] = [];
  const session = new Session({
    google: {
      ...real.google,
      troubleshoot: async (principal, resource, permission) => {
        expect(resource).toBe(`//cloudresourcemanager.googleapis.com/projects/${projectId}`);
        expect(`:${member}`).toContain(`:${principal}`);
        calls.push(permission);
        return say(permission);
      },
    },
    now: real.now,
    scan,
  });
  const questions = permissions.map(permission => ({
    principal: { member },
    permission,
    resource: `projects/${projectId}`,
  }));
  const access = await prepareAccess(session, questions, []);
  return {
    states: Object.fromEntries(questions.map(question => [question.permission, access.answer(question)])),
    calls,
  };
}

const free: Troubleshooting = {
  overallAccessState: 'CAN_ACCESS',
  pabPolicyExplanation: { principalAccessBoundaryAccessState: 'PAB_ACCESS_STATE_NOT_ENFORCED' },
};
const bounded = (state: string): Troubleshooting => ({
  overallAccessState: state === 'PAB_ACCESS_STATE_NOT_ALLOWED' ? 'CANNOT_ACCESS' : 'CAN_ACCESS',
  pabPolicyExplanation: {
    principalAccessBoundaryAccessState: state,
    explainedBindingsAndPolicies: [
      { bindingAndPolicyAccessState: state, explainedPolicy: { policy: { name: BOUNDARY } } },
    ],
  },
});

describe('boundaries of whoever holds permissions', () => {
  test('none applies: asked once for all permissions', async () => {
    const { states, calls } = await asked(HELD, () => free);
    expect(calls).toHaveLength(1);
    for (const permission of HELD) {
      expect(states[permission]).toMatchObject({ state: 'granted' });
      expect(states[permission]).not.toHaveProperty('boundariesUnread');
    }
  });

  test('one is bound to them: each permission is asked about, because a boundary blocks only some', async () => {
    const { states, calls } = await asked(HELD, permission =>
      bounded(
        permission === 'container.clusters.connect' ? 'PAB_ACCESS_STATE_NOT_ALLOWED' : 'PAB_ACCESS_STATE_ALLOWED',
      ),
    );
    expect(calls.toSorted()).toEqual(HELD.toSorted());
    expect(states['container.clusters.connect']).toMatchObject({ state: 'missing', because: { kind: 'boundary' } });
    expect(states['container.clusters.get']).toMatchObject({ state: 'granted' });
  });

  test('its answer to one permission says nothing of the access to another', async () => {
    const { states } = await asked(HELD, () => ({ overallAccessState: 'CANNOT_ACCESS' }));
    for (const permission of HELD) expect(states[permission]).toMatchObject({ state: 'granted' });
  });

  test('it may not be asked: granted all the same, and said', async () => {
    const { states, calls } = await asked(HELD, () => {
      throw new GoogleApiError('no', { kind: 'http', service: 'policytroubleshooter', status: 403 });
    });
    expect(calls).toHaveLength(1);
    for (const permission of HELD) {
      expect(states[permission]).toMatchObject({ state: 'granted', boundariesUnread: true });
    }
  });
});

describe('not asked about boundaries', () => {
  test.each([
    ['of what is missing', ['container.pods.create'], {}, 'missing'],
    ['of Google’s own agents', HELD, { member: AGENT }, 'granted'],
    ['in a scan', HELD, { scan: true }, 'granted'],
  ])('%s', async (_, permissions, options, state) => {
    const { states, calls } = await asked(permissions, () => free, options);
    expect(calls).toEqual([]);
    for (const answer of Object.values(states)) expect(answer).toMatchObject({ state });
  });
});
