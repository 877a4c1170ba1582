/** Usage errors, refusals and help for one person. Pure. */

import type { Language, Text } from '../../contracts/text.ts';
import type { Usage } from '../../grammar/parse.ts';
import { optionsOf, verbsOf } from '../../grammar/parse.ts';
import type { Verb } from '../../grammar/verbs.ts';
import { helpText, optionHelp, verbHelp } from '../../locales/help.ts';
import { context, type Message, message, section } from './blocks.ts';
import { code, prose } from './escape.ts';

const COMMAND = '/gke-auth';

/** A message of plain sentences. Values in `text` must be escaped already. */
export function textMessage(text: string): Message {
  return message(text, [section(text)]);
}

/** A refusal or an error: what happened, then what to do. Both are escaped here. */
export function refusal(what: Text, next: Text | undefined, language: Language): Message {
  return textMessage([what, ...(next ? [next] : [])].map(text => prose(text[language], 800)).join(' '));
}

/** Wrong usage, with an example of right usage below. */
export function usageMessage(usage: Usage, language: Language): Message {
  const said = refusal(usage.message, usage.next, language);
  const verb = usage.verb ?? verbsOf('slack').find(one => one === usage.nearest);
  const hint = verb
    ? `${helpText.example[language]} ${code(`${COMMAND} ${verbHelp[verb].example}`)}`
    : verbsOf('slack')
        .map(one => code(one))
        .join(' ');
  return message(said.text, [...said.blocks, context(hint)]);
}

export function helpMessage(language: Language, topic?: Verb): Message {
  return topic ? verbMessage(topic, language) : overview(language);
}

function overview(language: Language): Message {
  const verbs = verbsOf('slack').map(
    verb => `${code(`${COMMAND} ${verbHelp[verb].usage}`)}\n${verbHelp[verb].what[language]}`,
  );
  return message(`${helpText.title[language]} ${code(`${COMMAND} ${verbHelp.diagnose.usage}`)}`, [
    section(`*${helpText.title[language]}*`),
    section(verbs.join('\n')),
    context(helpText.shortcut[language]),
  ]);
}

function verbMessage(verb: Verb, language: Language): Message {
  const { usage, what, example } = verbHelp[verb];
  const options = optionsOf(verb, 'slack').map(
    name => `${code(optionHelp[name].usage)}  ${optionHelp[name].what[language]}`,
  );
  const head = `${code(`${COMMAND} ${usage}`)}\n${what[language]}`;
  return message(`${COMMAND} ${usage}: ${what[language]}`, [
    section(head),
    section(options.join('\n')),
    context(`${helpText.example[language]} ${code(`${COMMAND} ${example}`)}`),
  ]);
}
