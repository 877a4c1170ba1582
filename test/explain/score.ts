/** How well texts are recognised: per problem, with what went wrong. The bench prints it as a table. */
import { KNOWN, PROBLEM_IDS, type ProblemId } from '../../src/contracts/explanation.ts';
import { explainText } from '../../src/explain/recognize.ts';
import { developed, type Example } from './corpus.ts';

export interface Row {
  readonly problem: ProblemId;
  readonly texts: number;
  /** Named first, of the texts of this problem. */
  readonly recall: number;
  /** Right, of the texts for which this problem was named first. */
  readonly precision: number;
}

export interface Score {
  readonly rows: Row[];
  readonly positives: number;
  readonly negatives: number;
  /** Share of the positives whose first answer is right. */
  readonly right: number;
  /** Share of the negatives recognised as something. */
  readonly falseAlarms: number;
  readonly mistakes: { example: Example; got: string }[];
  readonly wrongEntities: { example: Example; key: string; expected: string; got: string | undefined }[];
}

/** The first answer, or null for "I don't know". */
export function answer(text: string): ProblemId | null {
  const first = explainText(text).matches[0];
  return first !== undefined && first.confidence >= KNOWN ? first.problem : null;
}

export function score(examples: readonly Example[] = developed()): Score {
  const answered = examples.map(example => ({ example, match: explainText(example.text).matches[0] }));
  const got = (match: (typeof answered)[number]['match']) =>
    match !== undefined && match.confidence >= KNOWN ? match.problem : null;
  const positives = answered.filter(({ example }) => example.problem !== null);
  const negatives = answered.filter(({ example }) => example.problem === null);
  const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);
  const rows = PROBLEM_IDS.flatMap(problem => {
    const own = positives.filter(({ example }) => example.problem === problem);
    const named = answered.filter(({ match }) => got(match) === problem);
    if (own.length === 0 && named.length === 0) return [];
    const right = own.filter(({ match }) => got(match) === problem).length;
    return [{ problem, texts: own.length, recall: share(right, own.length), precision: share(right, named.length) }];
  });
  return {
    rows,
    positives: positives.length,
    negatives: negatives.length,
    right: share(positives.filter(({ example, match }) => got(match) === example.problem).length, positives.length),
    falseAlarms: share(negatives.filter(({ match }) => got(match) !== null).length, negatives.length),
    mistakes: answered
      .filter(({ example, match }) => got(match) !== example.problem)
      .map(({ example, match }) => ({
        example,
        got: match === undefined ? 'none' : `${match.problem} ${match.confidence}`,
      })),
    wrongEntities: positives
      .filter(({ example, match }) => match?.problem === example.problem)
      .flatMap(({ example, match }) =>
        Object.entries(example.entities)
          .map(([key, expected]) => ({
            example,
            key,
            expected,
            got: match?.entities[key as keyof typeof match.entities],
          }))
          .filter(({ expected, got: actual }) => actual !== expected),
      ),
  };
}
