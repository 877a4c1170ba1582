/** `gke-auth checks [ID]`: the catalogue, or one check in full. */

import type { CheckId } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import type { Check } from '../../diagnosis/checks/check.ts';
import { CHECKS } from '../../diagnosis/checks/index.ts';
import { beside, wrap } from '../output/layout.ts';

export function checksPage(id: CheckId | undefined, language: Language, format: 'text' | 'json' | 'markdown'): string {
  const chosen = CHECKS.filter(check => id === undefined || check.id === id);
  if (format === 'json')
    return `${JSON.stringify(
      chosen.map(check => entry(check, language)),
      null,
      2,
    )}\n`;
  const [one] = chosen;
  if (id !== undefined && one) return page(one, language, format === 'markdown');
  if (format === 'markdown') return `${chosen.map(({ id, title }) => `- \`${id}\`: ${title[language]}`).join('\n')}\n`;
  const columns = process.stdout.columns ?? Infinity;
  return `${chosen.flatMap(({ id, title }) => beside(id, 31, title[language], columns)).join('\n')}\n`;
}

function entry({ id, title, description, docs, needs }: Check, language: Language) {
  return { id, title: title[language], description: description[language], docs, needs };
}

function page(check: Check, language: Language, markdown: boolean): string {
  const { id, title, description, docs, needs } = entry(check, language);
  const permissions = { en: 'Reads with', ja: '必要な権限' }[language];
  const body = markdown ? [description] : wrap(description, process.stdout.columns ?? 100);
  return `${[`${markdown ? '# ' : ''}${id}`, title, '', ...body, '', `${permissions}: ${needs.join(', ')}`, docs].join('\n')}\n`;
}
