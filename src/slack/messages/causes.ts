/** The thread's message about all that could not be decided: each cause once, with the checks it blocks and its command. Pure. */
import type { KnownBlock } from '@slack/types';
import { byCommand, type Cause } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { reportText as words } from '../../locales/report.ts';
import { LIMITS, type Message, message, preformatted, section, type TextFile } from './blocks.ts';
import { code, oneLine, prose } from './escape.ts';
import { SIGN } from './words.ts';

/** Each takes two blocks, and other problems may share the message. */
const SHOWN = 12;

/** @param count findings that the causes kept from being decided */
export function causesMessage(causes: readonly Cause[], count: number, language: Language): Message {
  const groups = byCommand(causes);
  const hidden = groups.length - SHOWN;
  const head = `${SIGN.unknown} *${words.notRead(count)[language]}*`;
  const blocks: KnownBlock[] = [
    section(hidden > 0 ? `${head}\n${words.more(hidden)[language]} ${words.fullText[language]}` : head),
    ...groups.slice(0, SHOWN).flatMap(group => causeBlocks(group, language)),
  ];
  const text = [`${SIGN.unknown} ${words.notRead(count)[language]}`, ...causes.map(({ reason }) => prose(reason, 200))];
  return message(text.join('\n'), blocks, hidden > 0 ? wholeText(causes, count, language) : undefined);
}

function causeBlocks(together: readonly Cause[], language: Language): KnownBlock[] {
  const checks = [...new Set(together.flatMap(cause => cause.checks))].map(check => code(check)).join(', ');
  const [command] = together.flatMap(cause => cause.command ?? []);
  const lines = together.map(cause => `• ${whatOf(cause, language)}`);
  return [
    section([...lines, `*${words.blocks[language]}*  ${checks}`].join('\n')),
    ...(command ? [preformatted(command)] : []),
  ];
}

/** The permission and where it is missing; for all else the reason. */
function whatOf({ permission, resource, reason }: Cause, language: Language): string {
  if (permission === undefined || resource === undefined) return prose(reason, 600);
  return words.permissionOn(code(permission, 120), code(resource, 300))[language];
}

function wholeText(causes: readonly Cause[], count: number, language: Language): TextFile {
  const lines = byCommand(causes).flatMap(group => [
    '',
    ...group.map(({ reason }) => reason),
    [...new Set(group.flatMap(cause => cause.checks))].join(', '),
    group[0]?.command ?? '',
  ]);
  return {
    name: 'not-read.txt',
    title: oneLine(words.notRead(count)[language], LIMITS.header),
    content: `${lines.join('\n').trim()}\n`,
  };
}
