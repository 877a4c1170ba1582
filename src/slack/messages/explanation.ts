/** The explanation of a pasted error, for the person who pasted it. Pure. */
import { ENTITY_KEYS, type Explanation, KNOWN } from '../../contracts/explanation.ts';
import type { Language } from '../../contracts/text.ts';
import { leftUnread, secretsFound, UNKNOWN } from '../../explain/texts/index.ts';
import { partsOf } from '../../explain/texts/step.ts';
import { entityName, explainText as words } from '../../locales/bot.ts';
import { context, type Message, message, section } from './blocks.ts';
import { code, prose } from './escape.ts';

const ENTITIES_SHOWN = 10;
const STEPS_SHOWN = 8;
/** So many steps always fit into one section. */
const STEPS_TOGETHER = 3;

export interface About {
  /** Where it is being checked, if it is. */
  readonly cluster?: string;
  /** How many characters in the middle of the text were not read. */
  readonly unread?: number;
}

export function explanationMessage(
  explanation: Explanation,
  language: Language,
  { cluster, unread = 0 }: About = {},
): Message {
  const best = explanation.matches.find(match => match.confidence >= KNOWN);
  const secrets = [
    ...(explanation.redactions > 0 ? [`⚠️ ${secretsFound(explanation.redactions)[language]}`] : []),
    ...(unread > 0 ? [leftUnread(unread)[language]] : []),
  ];
  const warned = secrets.map(text => context(text));
  if (!best) return message([UNKNOWN[language], ...secrets].join('\n'), [section(UNKNOWN[language]), ...warned]);
  const paragraphs = (best.means ?? best.problem).split(/\n\n+/).map(part => prose(part, 900));
  const means = paragraphs.join('\n');
  const steps = (best.next ?? []).slice(0, STEPS_SHOWN).map((step, index) => `${index + 1}. ${withCommand(step)}`);
  const entities = ENTITY_KEYS.flatMap(key => {
    const value = best.entities[key];
    return value === undefined ? [] : [`${entityName[key][language]} ${code(value, 120)}`];
  });
  const checking = cluster ? words.checking(code(cluster))[language] : '';
  const text = [means, ...steps.slice(0, 2), checking, ...secrets].filter(line => line !== '');
  return message(text.join('\n'), [
    section(`*${words.meaning[language]}* ${means}`),
    ...inGroups(steps).map((some, at) =>
      section([...(at === 0 ? [`*${words.next[language]}*`] : []), ...some].join('\n')),
    ),
    ...(entities.length > 0
      ? [context(`${words.entities[language]} ${entities.slice(0, ENTITIES_SHOWN).join(' · ')}`)]
      : []),
    ...(checking ? [context(checking)] : []),
    ...warned,
  ]);
}

/** A command stays as it is, so that it can be copied. */
function withCommand(step: string): string {
  const { sentence, command } = partsOf(step);
  return command === undefined ? prose(sentence, 400) : `${prose(sentence, 400)} ${code(command, 550)}`;
}

const inGroups = (steps: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(steps.length / STEPS_TOGETHER) }, (_, at) =>
    steps.slice(at * STEPS_TOGETHER, (at + 1) * STEPS_TOGETHER),
  );
