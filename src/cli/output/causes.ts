/** What could not be read, as text: each cause once, with the checks that it blocks and the command that ends it. */
import { byCommand, type Cause, type Finding } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { plain, wrap } from './layout.ts';
import { commandLines, labelled, SIGNS, type TextOptions } from './lines.ts';

/** The causes, those that one command ends together. */
export function causeLines(
  { findings, causes = [] }: { readonly findings: readonly Finding[]; readonly causes?: readonly Cause[] },
  options: TextOptions,
): string[] {
  if (causes.length === 0) return [];
  const { language, paint } = options;
  const kept = findings.filter(finding => finding.causes).length;
  const head = {
    en: `${kept} not decided, because gke-auth could not read:`,
    ja: `次の情報を読み取れないため、${kept} 件を判定できません:`,
  }[language];
  return [
    '',
    ...wrap(`${SIGNS.unknown.sign} ${head}`, options.columns).map(line => paint('magenta', line)),
    ...byCommand(causes).flatMap(together => oneCommand(together, options)),
  ];
}

function oneCommand(together: readonly Cause[], options: TextOptions): string[] {
  const checks = [...new Set(together.flatMap(cause => cause.checks))];
  const command = together[0]?.command;
  return [
    ...together.flatMap(cause =>
      wrap(plain(`- ${whatOf(cause, options.language)}`), options.columns - 2).map((line, index) =>
        options.paint('bold', `  ${index === 0 ? line : `  ${line}`}`),
      ),
    ),
    ...labelled('checks', checks.join(', '), options),
    ...(command ? commandLines('fix', command, options) : []),
  ];
}

/** The permission and where it is missing; for all else the reason. */
function whatOf({ permission, resource, reason }: Cause, language: Language): string {
  if (permission === undefined || resource === undefined) return reason;
  return { en: `${permission} on ${resource}`, ja: `${resource} に対する ${permission}` }[language];
}
