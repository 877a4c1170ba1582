/** The pages under docs/ that are made out of the checks: what the bot shows, and what people read. */

import type { Catalogue } from '../../src/contracts/catalogue.ts';
import type { Language } from '../../src/contracts/text.ts';
import type { Check } from '../../src/diagnosis/checks/check.ts';

const WORDS = {
  title: { en: 'The checks', ja: 'チェック一覧' },
  intro: {
    en: 'Made from the checks themselves by `npm test`; don’t edit it by hand.',
    ja: '`npm test` がチェックの定義から生成します。手で編集しないでください。',
  },
  needs: { en: 'Reads with', ja: '必要な権限' },
  more: { en: 'Google’s page', ja: 'Google のページ' },
} as const;

/** Every generated file by its name under docs/. */
export function pages(checks: readonly Check[]): ReadonlyMap<string, string> {
  return new Map([
    ['checks.json', `${JSON.stringify(catalogue(checks), null, 2)}\n`],
    ['checks.md', markdown(checks, 'en')],
    ['checks.ja.md', markdown(checks, 'ja')],
  ]);
}

function catalogue(checks: readonly Check[]): Catalogue {
  return checks.map(({ id, title, description, docs, needs }) => ({ id, title, description, docs, needs: [...needs] }));
}

function markdown(checks: readonly Check[], language: Language): string {
  const sections = checks.map(({ id, title, description, docs, needs }) =>
    [
      `## ${id}`,
      `**${title[language]}**`,
      description[language],
      `${WORDS.needs[language]}: ${needs.map(permission => `\`${permission}\``).join(', ')}`,
      `[${WORDS.more[language]}](${docs})`,
    ].join('\n\n'),
  );
  const contents = checks.map(({ id, title }) => `- [${id}](#${id}): ${title[language]}`).join('\n');
  return `${[`# ${WORDS.title[language]}`, WORDS.intro[language], contents, ...sections].join('\n\n')}\n`;
}
