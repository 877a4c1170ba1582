/** An explanation as text and as Markdown, and the sentences around it. */
import type { Explanation, Match } from '../../contracts/explanation.ts';
import type { CheckId } from '../../contracts/report.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { secretsFound, UNKNOWN } from '../../explain/texts/index.ts';
import { partsOf } from '../../explain/texts/step.ts';
import { EXIT, type Failure } from '../failure.ts';
import { plain, wrap } from './layout.ts';
import { code, literal } from './markdown.ts';

export function explanationAsText(explanation: Explanation, language: Language, columns: number): string[] {
  const { matches, redactions } = explanation;
  const [best, ...others] = matches;
  const lines = best
    ? [
        best.problem,
        '',
        ...wrap(plain(best.means ?? ''), columns),
        '',
        ...(best.next ?? []).flatMap((step, index) => stepLines(plain(step), index + 1, columns)),
        ...(others.length > 0 ? ['', ...wrap(alsoIn(others, language), columns)] : []),
      ]
    : wrap(UNKNOWN[language], columns);
  return redactions > 0 ? [...lines, '', ...wrap(secretsFound(redactions)[language], columns)] : lines;
}

export function explanationAsMarkdown(explanation: Explanation, language: Language): string[] {
  const { matches, redactions } = explanation;
  const [best, ...others] = matches;
  const lines = best
    ? [
        `# ${best.problem}`,
        '',
        literal(best.means ?? ''),
        '',
        ...(best.next ?? []).map((step, index) => `${index + 1}. ${withCommand(step)}`),
        ...(others.length > 0 ? ['', alsoIn(others, language)] : []),
      ]
    : [literal(UNKNOWN[language])];
  return redactions > 0 ? [...lines, '', literal(secretsFound(redactions)[language])] : lines;
}

/** A command stays on one line, so that it can be pasted. */
function stepLines(step: string, number: number, columns: number): string[] {
  const { sentence, command } = partsOf(step);
  const [first = '', ...rest] = wrap(sentence, columns - 3);
  return [
    `${number}. ${first}`,
    ...rest.map(line => `   ${line}`),
    ...(command === undefined ? [] : [`   ${command}`]),
  ];
}

function withCommand(step: string): string {
  const { sentence, command } = partsOf(step);
  return command === undefined ? literal(step) : `${literal(sentence)} ${code(command)}`;
}

const alsoIn = (others: readonly Match[], language: Language) =>
  `${ALSO[language]} ${others.map(({ problem }) => problem).join(', ')}`;

const ALSO: Text = { en: 'Also in it:', ja: 'ほかに含まれるもの:' };
export const NOT_PROVEN: Text = { en: 'Not proven:', ja: '未確認:' };
export const NO_ANSWER: Text = { en: "Google didn't answer in time.", ja: 'Google が時間内に応答しませんでした。' };
export const PASTE: Text = {
  en: 'Paste the error, then press Ctrl-D on a line of its own.',
  ja: 'エラーを貼り付け、行頭で Ctrl-D を押してください。',
};

/** Where the error names no cluster. */
export const toProve = (checks: readonly CheckId[]): Text => ({
  en: `To prove it, name the cluster: gke-auth diagnose CLUSTER --only ${checks.join(',')}`,
  ja: `確認するにはクラスタを指定してください: gke-auth diagnose CLUSTER --only ${checks.join(',')}`,
});

export const NO_TEXT: Failure = {
  code: 'text-missing',
  text: { en: 'There is no error text to explain.', ja: '調べるエラーの文面がありません。' },
  next: {
    en: 'Give it as an argument or on standard input: kubectl get pods 2>&1 | gke-auth explain',
    ja: '引数か標準入力で渡してください: kubectl get pods 2>&1 | gke-auth explain',
  },
  exit: EXIT.usage,
};
