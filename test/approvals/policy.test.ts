import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actor, actorOf, type Group, isSame, mayDecide } from '../../src/approvals/policy.ts';
import { refusals } from '../../src/approvals/refusals.ts';
import type { Rules } from '../../src/config/config.ts';
import { bob, examplePlan, requester } from './examples.ts';

const RULES: Rules = {
  quorum: 1,
  approvers: { userGroups: ['S-ADMINS'], users: ['U-CAROL'], emails: ['dan@example.com'] },
  selfApproval: false,
  requireOwnAuthority: false,
  expireAfter: 1,
  allowedRoles: [],
  frozen: false,
};
const GROUPS = { 'S-ADMINS': { known: true, members: ['U-BOB'], handle: 'gke-admins' } } as const;
const WORKSPACE = { team: 'T1', teams: [] };

interface Change {
  actor?: Partial<Actor>;
  rules?: Partial<Rules>;
  groups?: Record<string, Group>;
  workspace?: { team: string; enterprise?: string; teams: string[] };
  decision?: 'approve' | 'deny' | 'revoke';
}
const ask = ({ actor, rules, groups, workspace, decision }: Change) =>
  mayDecide({
    actor: { ...bob, ...actor },
    decision: decision ?? 'approve',
    plan: examplePlan(),
    rules: [{ ...RULES, ...rules }],
    groups: groups ?? GROUPS,
    workspace: workspace ?? WORKSPACE,
  });

const NOBODY = { userGroups: [], users: [], emails: [] };
const alice = { ...requester };

describe('who may decide', () => {
  it.each<[string, Change]>([
    ['a member of the group', {}],
    ['a user by id', { actor: { id: 'U-CAROL', user: 'U-CAROL', email: undefined } }],
    ['a user by the id of Enterprise Grid', { actor: { id: 'U-CAROL', user: 'U-LOCAL' } }],
    ['a user by email, in any case', { actor: { id: 'U-D', user: 'U-D', email: 'Dan@Example.com' } }],
    ['somebody of whom Slack says nothing but the id', { actor: { homeTeam: undefined, emailConfirmed: undefined } }],
    ['a click without a workspace', { actor: { team: '' } }],
    [
      'a workspace on the list',
      { actor: { team: 'T2', homeTeam: 'T2' }, workspace: { team: 'T1', teams: ['T1', 'T2'] } },
    ],
    [
      'another workspace of the same organization',
      { actor: { homeTeam: 'T3', enterprise: 'E1' }, workspace: { team: 'T1', enterprise: 'E1', teams: [] } },
    ],
    [
      'an organization-wide installation',
      { actor: { team: 'E1' }, workspace: { team: 'T1', enterprise: 'E1', teams: [] } },
    ],
    [
      'an approver by email while the group look-up fails',
      { actor: { email: 'dan@example.com' }, groups: { 'S-ADMINS': { known: false } } },
    ],
    [
      'the requester, who is on the list, to deny',
      { actor: alice, rules: { approvers: { ...NOBODY, users: ['U-ALICE'] } }, decision: 'deny' },
    ],
    [
      'the requester, where the configuration says so',
      { actor: alice, rules: { selfApproval: true, approvers: { ...NOBODY, users: ['U-ALICE'] } } },
    ],
  ])('%s', (_, change) => {
    expect(ask(change)).toEqual({ allowed: true });
  });

  it.each<[string, Change, keyof typeof refusals]>([
    ['frozen', { rules: { frozen: true } }, 'frozen'],
    ['frozen, to deny', { rules: { frozen: true }, decision: 'deny' }, 'frozen'],
    ['deactivated', { actor: { deleted: true } }, 'deactivated'],
    ['a bot', { actor: { bot: true } }, 'bot'],
    ['a guest', { actor: { guest: true } }, 'guest'],
    ['invited', { actor: { invited: true } }, 'invited'],
    ['a stranger', { actor: { stranger: true } }, 'external'],
    ['of another workspace, in a shared channel', { actor: { homeTeam: 'T9' } }, 'external'],
    [
      'of another organization',
      { actor: { homeTeam: 'T9', enterprise: 'E9' }, workspace: { team: 'T1', enterprise: 'E1', teams: [] } },
      'external',
    ],
    [
      'a workspace that is not on the list',
      { actor: { team: 'T2' }, workspace: { team: 'T1', teams: ['T1'] } },
      'workspace',
    ],
    ["another workspace than the token's", { actor: { team: 'T2' } }, 'workspace'],
    ['in a channel shared with others', { actor: { sharedChannel: true } }, 'shared-channel'],
    ['an email that is not confirmed', { actor: { emailConfirmed: false } }, 'email-unconfirmed'],
    ['no approvers at all', { rules: { approvers: NOBODY } }, 'no-approvers'],
    [
      'the requester, by id',
      { actor: { ...alice, email: undefined }, rules: { approvers: { ...NOBODY, users: ['U-ALICE'] } } },
      'own-request',
    ],
    ['the requester, by email on another account', { actor: { email: 'ALICE@example.com' } }, 'own-request'],
    [
      'the requester, by the local id of a Grid account',
      { actor: { id: 'W-1', user: 'U-ALICE', email: undefined } },
      'own-request',
    ],
    ['not in the group', { actor: { id: 'U-EVE', user: 'U-EVE', email: 'eve@example.com' } }, 'not-approver'],
    ['somebody with no email', { actor: { id: 'U-EVE', user: 'U-EVE', email: undefined } }, 'not-approver'],
    [
      'no email, and an empty one listed',
      { actor: { id: 'U-EVE', user: 'U-EVE', email: '' }, rules: { approvers: { ...NOBODY, emails: [''] } } },
      'not-approver',
    ],
    ['the group look-up failed', { groups: { 'S-ADMINS': { known: false } } }, 'group-lookup-failed'],
    ['the group was not looked up', { groups: {} }, 'group-lookup-failed'],
  ])('not: %s', (_, change, code) => {
    expect(ask(change)).toMatchObject({ allowed: false, code });
  });

  it('names the approvers, in both languages', () => {
    expect(ask({ actor: alice })).toMatchObject({
      reason: {
        en: "You can't approve your own request. @gke-admins can.",
        ja: expect.stringContaining('@gke-admins'),
      },
    });
    expect(ask({ actor: alice, groups: {} })).toMatchObject({
      reason: { en: "You can't approve your own request. Another approver can." },
    });
  });

  it('every project must agree', () => {
    const [strict, loose] = [{ ...RULES, approvers: { ...NOBODY, users: ['U-CAROL'] } }, RULES];
    const question = {
      actor: bob,
      decision: 'approve',
      plan: examplePlan(),
      groups: GROUPS,
      workspace: WORKSPACE,
    } as const;
    expect(mayDecide({ ...question, rules: [loose, loose] })).toEqual({ allowed: true });
    expect(mayDecide({ ...question, rules: [loose, strict] })).toMatchObject({ code: 'not-approver' });
    expect(mayDecide({ ...question, rules: [loose, { ...loose, frozen: true }] })).toMatchObject({ code: 'frozen' });
    expect(mayDecide({ ...question, rules: [] })).toMatchObject({ code: 'not-approvable' });
  });

  it('nothing that is set on a person makes a refusal a permission', () => {
    const flags = fc.record(
      {
        deleted: fc.boolean(),
        bot: fc.boolean(),
        guest: fc.boolean(),
        invited: fc.boolean(),
        stranger: fc.boolean(),
        sharedChannel: fc.boolean(),
        emailConfirmed: fc.boolean(),
        homeTeam: fc.constantFrom('T1', 'T9'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(flags, actor => {
        const bad =
          Object.entries(actor).some(([key, value]) => value === true && key !== 'emailConfirmed') ||
          actor.emailConfirmed === false ||
          actor.homeTeam === 'T9';
        expect(ask({ actor }).allowed).toBe(!bad);
        expect(ask({ actor: { ...actor, id: 'U-EVE', user: 'U-EVE', email: undefined } }).allowed).toBe(false);
      }),
    );
  });
});

describe('what Slack says of a person', () => {
  const origin = { user: 'U1', team: 'T1' };

  it('needs only an id', () => {
    const actor = actorOf({ id: 'U1' }, origin);
    expect(actor).toMatchObject({ id: 'U1', user: 'U1', team: 'T1', bot: false, guest: false });
    expect(actor.email).toBeUndefined();
  });

  it.each([
    [{ is_bot: true }, { bot: true }],
    [{ is_workflow_bot: true }, { bot: true }],
    [{ is_connector_bot: true }, { bot: true }],
    [{ is_restricted: true }, { guest: true }],
    [{ is_ultra_restricted: true }, { guest: true }],
    [{ deleted: true }, { deleted: true }],
    [{ is_invited_user: true }, { invited: true }],
    [{ is_email_confirmed: false }, { emailConfirmed: false }],
    [{ is_stranger: true }, { stranger: true }],
    [{ team_id: 'T2' }, { homeTeam: 'T2' }],
    [{ enterprise_user: { id: 'W1', enterprise_id: 'E1' } }, { id: 'W1', user: 'U1', enterprise: 'E1' }],
    [{ profile: { email: 'Bob@Example.com' } }, { email: 'bob@example.com' }],
  ])('%j', (fields, expected) => {
    expect(actorOf({ id: 'U1', ...fields }, origin)).toMatchObject(expected);
  });

  it('two accounts of one person are one', () => {
    expect(isSame(bob, { ...bob, id: 'W1', user: 'U9' })).toBe(true);
    expect(isSame({ ...bob, email: undefined }, { ...bob, email: undefined, id: 'W1', user: 'U9' })).toBe(false);
  });
});

it('every refusal has both languages and ends as a sentence', () => {
  for (const refusal of Object.values(refusals)) {
    for (const who of ['', '@gke-admins']) {
      expect(refusal(who).en).toMatch(/\.$/);
      expect(refusal(who).ja).toMatch(/。$/);
    }
  }
});
