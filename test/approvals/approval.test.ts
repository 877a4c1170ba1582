import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after, isEnded, STATES, type State, TRANSITIONS, type TransitionName } from '../../src/approvals/approval.ts';

/** Every state, and the moves out of it. What is not here is refused. */
const TABLE: Readonly<Record<State, Partial<Record<TransitionName, State>>>> = {
  pending: { approve: 'approved', deny: 'denied', expire: 'expired' },
  approved: { claim: 'applying', expire: 'expired' },
  applying: { claim: 'applying', 'go-stale': 'stale', fail: 'failed', lapse: 'expired', apply: 'applied' },
  applied: { verify: 'verified', 'give-up-verifying': 'applied', revoke: 'revoking' },
  verified: { revoke: 'revoking' },
  revoking: { 'claim-revocation': 'revoking', 'finish-revocation': 'revoked', 'fail-revocation': 'applied' },
  revoked: {},
  denied: {},
  expired: {},
  stale: {},
  failed: {},
};
const MOVES_LIST = Object.keys(TRANSITIONS).filter((name): name is TransitionName => name in TRANSITIONS);

describe.each(STATES)('from %s', state => {
  it.each(MOVES_LIST)('%s', move => {
    expect(after(state, move)).toBe(TABLE[state][move]);
  });
});

const walk = fc.array(fc.constantFrom(...MOVES_LIST), { maxLength: 60 });
function states(moves: readonly TransitionName[]): State[] {
  const path: State[] = ['pending'];
  for (const move of moves) {
    const next = after(path.at(-1) ?? 'pending', move);
    if (next) path.push(next);
  }
  return path;
}

it('nothing is applied that was not approved and claimed before', () => {
  fc.assert(
    fc.property(walk, moves => {
      const path = states(moves);
      const applied = path.indexOf('applied');
      if (applied < 0) return;
      expect(path.slice(0, applied)).toEqual(expect.arrayContaining(['approved', 'applying']));
    }),
  );
});

it('what is denied, expired, stale, failed or revoked stays so', () => {
  fc.assert(
    fc.property(walk, moves => {
      const path = states(moves);
      const end = path.findIndex(state => ['denied', 'expired', 'stale', 'failed', 'revoked'].includes(state));
      expect(end === -1 || end === path.length - 1).toBe(true);
    }),
  );
});

it('every state that is not settled has a way to one that is', () => {
  for (const state of STATES.filter(candidate => !isEnded(candidate))) {
    const reached = new Set<State>([state]);
    for (const from of reached) for (const move of MOVES_LIST) reached.add(after(from, move) ?? from);
    expect([...reached].some(isEnded), state).toBe(true);
  }
});
