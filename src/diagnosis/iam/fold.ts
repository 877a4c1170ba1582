/** One way from the engine's four answers to a finding (docs/domain/README.md#verdicts). */
import type { Answer } from './model.ts';

type State = Answer['state'];
export type AnswerIn<S extends State> = Extract<Answer, { readonly state: S }>;

/** Something that was asked, with its answer. */
export interface Asked<S extends State = State> {
  readonly answer: AnswerIn<S>;
}

type Folding<Item extends Asked, Result> = {
  readonly [S in State]: (items: readonly (Item & Asked<S>)[]) => Result;
};

/** What decides first where all of several answers are needed. */
const DECIDING = ['missing', 'unknown', 'conditional'] as const;

/**
 * For several permissions, or several principals, that are all needed. One that is missing decides; else one that is unknown;
 * else one under a condition. Each case gets those that are in its state, at least one; `granted` gets all.
 */
export function foldAnswers<Item extends Asked, Result>(items: readonly Item[], cases: Folding<Item, Result>): Result {
  const inState = <S extends State>(state: S) =>
    items.filter((item): item is Item & Asked<S> => item.answer.state === state);
  const state = DECIDING.find(one => inState(one).length > 0);
  if (state === 'missing') return cases.missing(inState('missing'));
  if (state === 'unknown') return cases.unknown(inState('unknown'));
  return state === 'conditional' ? cases.conditional(inState('conditional')) : cases.granted(inState('granted'));
}

/** The same for one answer. */
export function foldAnswer<Result>(
  answer: Answer,
  cases: { readonly [S in State]: (answer: AnswerIn<S>) => Result },
): Result {
  switch (answer.state) {
    case 'granted':
      return cases.granted(answer);
    case 'conditional':
      return cases.conditional(answer);
    case 'unknown':
      return cases.unknown(answer);
    case 'missing':
      return cases.missing(answer);
  }
}
