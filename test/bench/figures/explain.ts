/** Error texts: how many are recognised, how many are taken for what they are not, what mutations do, and what a text costs. */
import { explainText } from '../../../src/explain/recognize.ts';
import { corpus } from '../../explain/corpus.ts';
import { cpu, HOSTILE } from '../../explain/hostile.ts';
import { mutationScore } from '../../explain/mutations.ts';
import { score } from '../../explain/score.ts';
import { type Figure, type Result, round } from '../figure.ts';

const MUTATED = 10_000;
const TEN_KB = 10_000;
/** The texts that costs are measured on are longer than that: the clock of a process is coarse. */
const TIMES = 4;

const figure: Figure = {
  about: `recognition of a corpus and of ${MUTATED} mutations of it; CPU for each 10 kB`,
  async run() {
    return [...recognition(), ...mutations(), ...cost()];
  },
};
export default figure;

const percent = (share: number) => round(share * 100, 1);

function recognition(): Result[] {
  const { rows, positives, negatives, right, falseAlarms } = score();
  const perProblem = rows.map(({ problem, texts, recall, precision }) => [
    problem,
    `recall ${percent(recall)} %, precision ${percent(precision)} %, ${texts} texts`,
  ]);
  const heldOut = score([...corpus('held-out'), ...corpus('field')]);
  return [
    {
      name: 'explain: right first answer',
      value: percent(right),
      unit: '%',
      atLeast: 95,
      reference: `${positives} texts`,
      detail: {
        'of texts written after the recognisers, %': percent(heldOut.right),
        ...Object.fromEntries(perProblem),
      },
    },
    {
      name: 'explain: false alarms',
      value: percent(falseAlarms),
      unit: '%',
      atMost: 2,
      reference: `${negatives} texts that are none of the problems`,
    },
  ];
}

function mutations(): Result[] {
  const seed = Date.now() % 2 ** 31;
  const { kept, unknown, slips } = mutationScore(MUTATED, seed);
  return [
    {
      name: 'explain: mutations taken for another problem',
      value: slips.length,
      unit: `of ${MUTATED}`,
      atMost: 0,
      reference: `seed ${seed}`,
      detail: {
        'right answer kept, %': percent(kept),
        "became don't know, %": percent(unknown),
        ...Object.fromEntries(
          slips.map(({ name, mutations: how, got }, index) => [`slip ${index + 1}`, `${name} [${how}] → ${got}`]),
        ),
      },
    },
  ];
}

function cost(): Result[] {
  const texts = {
    ...HOSTILE,
    'the corpus': `${corpus('tuning')
      .map(({ text }) => text)
      .join('\n')}\n`,
  };
  const costs = Object.entries(texts).map(([name, piece]) => {
    const length = TEN_KB * TIMES;
    const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    explainText(text);
    return { name, ms: cpu(() => explainText(text)) / TIMES };
  });
  const dearest = costs.reduce((worst, one) => (one.ms > worst.ms ? one : worst));
  return [
    {
      name: 'explain: CPU for each 10 kB, the dearest of all texts',
      value: round(dearest.ms, 1),
      unit: 'ms',
      atMost: 50,
      reference: dearest.name,
      detail: { 'a real paste, ms': round(costs.at(-1)?.ms ?? Number.NaN, 1) },
    },
  ];
}
