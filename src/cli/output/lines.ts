/** What texts on the terminal are made of: signs, labels, commands that can be pasted. */
import type { Status } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { pad, plain, width, wrap } from './layout.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'magenta';

export interface TextOptions {
  readonly language: Language;
  readonly columns: number;
  readonly verbose: boolean;
  /** Styles a piece of text, or leaves it as it is where there is no terminal. */
  paint(style: Style, text: string): string;
}

/** How each status is shown. */
export const SIGNS: Readonly<Record<Status, { sign: string; style: Style; en: string; ja: string }>> = {
  fail: { sign: '✗', style: 'red', en: 'fail', ja: '失敗' },
  warn: { sign: '!', style: 'yellow', en: 'warn', ja: '警告' },
  unknown: { sign: '?', style: 'magenta', en: 'unknown', ja: '不明' },
  pass: { sign: '✓', style: 'green', en: 'pass', ja: '正常' },
  'not-applicable': { sign: '-', style: 'dim', en: 'not applicable', ja: '対象外' },
};

const LABELS = {
  proof: { en: 'proof', ja: '根拠' },
  fix: { en: 'fix', ja: '修正' },
  undo: { en: 'undo', ja: '取消' },
  effect: { en: 'effect', ja: '影響' },
  docs: { en: 'docs', ja: '資料' },
  where: { en: 'where', ja: '場所' },
  checks: { en: 'checks', ja: '検査' },
} as const;

/** Columns before what belongs to a finding. */
export const INDENT = 4;
/** Columns of a label. */
export const LABEL = 7;

/** Text behind a label, its lines below each other. */
export function labelled(
  label: keyof typeof LABELS,
  text: string,
  { language, columns, paint }: TextOptions,
): string[] {
  const [first = '', ...rest] = wrap(plain(text), columns - INDENT - LABEL);
  const head = `${' '.repeat(INDENT)}${paint('dim', pad(LABELS[label][language], LABEL))}`;
  return [head + first, ...rest.map(line => ' '.repeat(INDENT + LABEL) + line)];
}

/**
 * A command stays on one logical line, so that it can be pasted: a line breaks before an option where there is no more room, with a
 * backslash.
 */
export function commandLines(
  label: 'fix' | 'undo',
  command: string,
  { language, columns }: Pick<TextOptions, 'language' | 'columns'>,
): string[] {
  const lines: string[] = [];
  for (const word of plain(command).split(/ (?=--)/)) {
    const joined = `${lines.at(-1)} ${word}`;
    const room = columns - INDENT - LABEL - (lines.length > 1 ? 2 : 0) - ' \\'.length;
    if (lines.length === 0 || width(joined) > room) lines.push(word);
    else lines[lines.length - 1] = joined;
  }
  return lines.map((line, index) => {
    const lead = index === 0 ? pad(LABELS[label][language], LABEL) : ' '.repeat(LABEL + 2);
    return `${' '.repeat(INDENT)}${lead}${line}${index < lines.length - 1 ? ' \\' : ''}`;
  });
}
