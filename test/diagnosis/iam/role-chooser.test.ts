import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Role } from '../../../src/diagnosis/iam/model.ts';
import { chooseRole, type GrantedOn, mayHold } from '../../../src/diagnosis/iam/role-chooser.ts';

const NODE = 'serviceAccount:nodes@prod-1.iam.gserviceaccount.com';
const GKE_AGENT = 'serviceAccount:service-111@container-engine-robot.iam.gserviceaccount.com';
const NODE_AGENT = 'serviceAccount:service-111@gcp-sa-gkenode.iam.gserviceaccount.com';
const WORKLOAD = 'serviceAccount:prod-1.svc.id.goog[web/app]';

function role(name: string, permissions: readonly string[], disabled = false): Role {
  return { name, permissions: new Set(permissions), disabled };
}

describe('the role that is offered', () => {
  const choose = (missing: string[], candidates: Role[]) =>
    chooseRole({ missing, candidates, member: NODE, on: 'project' });

  test('has the fewest extra permissions', () => {
    const chosen = choose(['a.b.c'], [role('roles/wide', ['a.b.c', 'z', 'y']), role('roles/narrow', ['x', 'a.b.c'])]);
    expect(chosen?.role.name).toBe('roles/narrow');
    expect(chosen?.extra).toEqual(['x']);
  });

  test('lists the extra ones sorted, and goes by name among equals', () => {
    const chosen = choose(['m'], [role('roles/b', ['m', 'z', 'a']), role('roles/a', ['m', 'y', 'b'])]);
    expect(chosen).toMatchObject({ role: { name: 'roles/a' }, extra: ['b', 'y'] });
  });

  test('covers all that is missing, alone', () => {
    const halves = [role('roles/one', ['a']), role('roles/two', ['b'])];
    expect(choose(['a', 'b'], halves)).toBeUndefined();
    expect(choose(['a', 'b'], [...halves, role('roles/both', ['a', 'b', 'c'])])?.role.name).toBe('roles/both');
  });

  test('is never basic, disabled, or an agent’s', () => {
    const tempting = ['roles/owner', 'roles/editor', 'roles/viewer', 'roles/container.serviceAgent'];
    expect(choose(['a'], [...tempting.map(name => role(name, ['a'])), role('roles/off', ['a'], true)])).toBeUndefined();
  });

  test('is the best of all candidates, whatever there is', () => {
    const permissions = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 });
    const candidate = fc.tuple(fc.constantFrom('roles/p', 'roles/q', 'roles/r', 'roles/owner'), permissions);
    fc.assert(
      fc.property(permissions, fc.array(candidate, { maxLength: 5 }), (missing, given) => {
        const chosen = choose(
          missing,
          given.map(([name, held]) => role(name, held)),
        );
        const fitting = given.filter(([name, held]) => name !== 'roles/owner' && missing.every(p => held.includes(p)));
        expect(chosen === undefined).toBe(fitting.length === 0);
        const fewest = Math.min(...fitting.map(([, held]) => held.length));
        if (chosen) expect(chosen.extra.length + missing.length).toBe(fewest);
      }),
      { seed: 8, numRuns: 300 },
    );
  });
});

test.each<[role: string, member: string, on: GrantedOn, may: boolean]>([
  ['roles/container.serviceAgent', GKE_AGENT, 'project', true],
  ['roles/container.serviceAgent', NODE_AGENT, 'project', false],
  ['roles/container.serviceAgent', NODE, 'project', false],
  ['roles/container.serviceAgent', `${GKE_AGENT}.example.com`, 'project', false],
  [
    'roles/container.serviceAgent',
    'serviceAccount:service-1@my-container-engine-robot.iam.gserviceaccount.com',
    'project',
    false,
  ],
  ['roles/container.defaultNodeServiceAgent', NODE_AGENT, 'project', true],
  ['roles/container.defaultNodeServiceAgent', GKE_AGENT, 'project', false],
  ['roles/container.hostServiceAgentUser', GKE_AGENT, 'project', true],
  ['roles/container.hostServiceAgentUser', NODE, 'project', false],
  ['roles/iam.workloadIdentityUser', WORKLOAD, 'serviceAccount', true],
  ['roles/iam.workloadIdentityUser', WORKLOAD, 'project', false],
  ['roles/iam.workloadIdentityUser', NODE, 'serviceAccount', false],
  ['roles/container.clusterViewer', 'user:alice@example.com', 'project', true],
  ['roles/owner', 'user:alice@example.com', 'project', false],
])('%s for %s on a %s: %s', (name, member, on, may) => {
  expect(mayHold(name, member, on)).toBe(may);
});
