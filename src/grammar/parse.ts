/**
 * The one grammar of Slack and the terminal (src/grammar/verbs.ts): tokens in, a typed command out, or what is wrong with
 * them and what was probably meant. Pure.
 */

import type { DiagnoseRequest } from '../contracts/jobs.ts';
import { LANGUAGES, type Text } from '../contracts/text.ts';
import { argumentText, grammarText } from '../locales/grammar.ts';
import { nearest } from '../nearest.ts';
import type { Command, Common, Parsed, Surface, Usage } from './command.ts';
import { OPTIONS, type OptionName } from './options.ts';
import { type Argument, argumentProblem, VERBS, type Verb, type VerbSpec, withoutService } from './verbs.ts';

export type { Command, Format, Parsed, Surface, Usage, UsageCode } from './command.ts';
export { VERBS, type Verb } from './verbs.ts';

/** More than any command needs; an error text goes through `explain`, which may be longer. */
export const MAX_TOKENS_LENGTH = 4_000;
export const MAX_EXPLAIN_LENGTH = 100_000;

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
const IN_NAMES = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\n\r\t]/u;

const SHORT = 60;
const shown = (token: string) => (token.length > SHORT ? `${token.slice(0, SHORT - 1)}…` : token);
const join = (...texts: readonly Text[]): Text => ({
  en: texts.map(text => text.en).join(' '),
  ja: texts.map(text => text.ja).join(''),
});

/** Verbs that this surface knows. */
export const verbsOf = (surface: Surface): Verb[] =>
  Object.entries(VERBS)
    .filter(([, spec]) => surface === 'terminal' || !spec.terminalOnly)
    .map(([verb]) => verb)
    .filter(isVerb);

export function isVerb(word: string): word is Verb {
  return Object.hasOwn(VERBS, word);
}

class Wrong extends Error {
  readonly usage: Usage;
  constructor(usage: Usage) {
    super(usage.message.en);
    this.usage = usage;
  }
}

/** Tokens (without the program's name) → a command, or what is wrong. Never throws. */
export function parseVerb(tokens: readonly string[], surface: Surface = 'terminal'): Parsed {
  try {
    const [word = '', ...rest] = tokens;
    refuseUnreadable(tokens);
    const verb = verbOf(word, surface);
    if (asksHelp(rest)) return { ok: true, command: helpOn(verb, rest) };
    const { options, positionals } = split(rest, verb, surface);
    return { ok: true, command: build(verb, VERBS[verb], positionals, options, surface) };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, usage: error.usage };
    throw error;
  }
}

/** `VERB --help`, whatever else is there: whoever asks for help needn't have the rest right. After `--` all is argument. */
function asksHelp(tokens: readonly string[]): boolean {
  const end = tokens.indexOf('--');
  return tokens.slice(0, end < 0 ? tokens.length : end).some(token => token === '--help' || token === '-h');
}

function helpOn(verb: Verb, tokens: readonly string[]): Command {
  const asked = (language: string, index: number) =>
    tokens[index] === `--lang=${language}` || (tokens[index] === '--lang' && tokens[index + 1] === language);
  const language = LANGUAGES.find(one => tokens.some((_, index) => asked(one, index)));
  return {
    verb: 'help',
    projects: [],
    verbose: false,
    ...(verb !== 'help' && { topic: verb }),
    ...(language && { language }),
  };
}

function refuseUnreadable(tokens: readonly string[]): void {
  const length = tokens.reduce((sum, token) => sum + token.length + 1, -1);
  const explains = tokens[0]?.toLowerCase() === 'explain';
  const max = explains ? MAX_EXPLAIN_LENGTH : MAX_TOKENS_LENGTH;
  if (length > max)
    throw new Wrong({ code: 'too-long', message: grammarText.tooLong(length, max), next: grammarText.shorten });
  if (explains) return;
  if (tokens.some(token => CONTROL.test(token) || IN_NAMES.test(token))) {
    throw new Wrong({
      code: 'control-characters',
      message: grammarText.controlCharacters,
      next: grammarText.typeAgain,
    });
  }
}

function verbOf(word: string, surface: Surface): Verb {
  if (word === '')
    throw new Wrong({ code: 'verb-missing', message: grammarText.verbMissing, next: grammarText.seeHelp });
  const known = verbsOf(surface);
  const lower = word.toLowerCase();
  const verb = ['--help', '-h', '?'].includes(lower) ? 'help' : known.find(one => one === lower);
  if (verb) return verb;
  const meant = nearest(lower.slice(0, 40), known);
  const next = meant ? join(grammarText.didYouMean(meant), grammarText.seeHelp) : grammarText.seeHelp;
  throw new Wrong({
    code: 'verb-unknown',
    message: grammarText.verbUnknown(shown(word)),
    next,
    ...(meant && { nearest: meant }),
  });
}

type Options = ReadonlyMap<OptionName, readonly string[]>;

/** `--name value`, `--name=value`; `--` ends the options. A token with blanks in it is never an option. */
function split(tokens: readonly string[], verb: Verb, surface: Surface): { options: Options; positionals: string[] } {
  const options = new Map<OptionName, string[]>();
  const positionals: string[] = [];
  const queue = [...tokens];
  for (let token = queue.shift(); token !== undefined; token = queue.shift()) {
    const [, dashed, attached] = /^(--[A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(token) ?? [];
    if (token === '--') positionals.push(...queue.splice(0));
    else if (!dashed && /^-[A-Za-z]$/.test(token)) unknownOption(token, verb, surface);
    else if (!dashed) positionals.push(token);
    else {
      const name = optionOf(dashed, verb, surface);
      const takesValue = OPTIONS[name].takes !== undefined;
      if (!takesValue && attached !== undefined) wrongValue(grammarText.valueUnwanted(dashed), verb);
      const value = takesValue ? (attached ?? queue.shift()) : '';
      if (takesValue && (!value || (attached === undefined && value.startsWith('--')))) {
        wrongValue(grammarText.valueMissing(dashed), verb, OPTIONS[name].takes);
      }
      options.set(name, [...(options.get(name) ?? []), value ?? '']);
    }
  }
  return { options, positionals };
}

function optionOf(dashed: string, verb: Verb, surface: Surface): OptionName {
  const name = optionsOf(verb, surface).find(option => `--${option}` === dashed.toLowerCase());
  return name ?? unknownOption(dashed, verb, surface);
}

/** The options that a verb takes on this surface, its own first. */
export function optionsOf(verb: Verb, surface: Surface): OptionName[] {
  const common: OptionName[] = surface === 'terminal' ? ['project', 'lang', 'format', 'verbose'] : ['project', 'lang'];
  const own = VERBS[verb].options.filter(option => surface === 'terminal' || !OPTIONS[option].terminalOnly);
  return [...own, ...common];
}

function unknownOption(option: string, verb: Verb, surface: Surface): never {
  const meant = nearest(
    option.slice(0, 40),
    optionsOf(verb, surface).map(name => `--${name}`),
  );
  throw new Wrong({
    code: 'option-unknown',
    verb,
    message: grammarText.optionUnknown(shown(option), verb),
    next: meant ? join(grammarText.didYouMean(meant), grammarText.seeHelpOf(verb)) : grammarText.seeHelpOf(verb),
    ...(meant && { nearest: meant }),
  });
}

function wrongValue(message: Text, verb: Verb, takes?: Text, meant?: string): never {
  const hint = takes ? grammarText.takes(takes) : grammarText.seeHelpOf(verb);
  throw new Wrong({
    code: 'option-value',
    verb,
    message,
    next: meant ? join(grammarText.didYouMean(meant), hint) : hint,
    ...(meant && { nearest: meant }),
  });
}

function build(
  verb: Verb,
  spec: VerbSpec,
  positionals: readonly string[],
  options: Options,
  surface: Surface,
): Command {
  for (const [name, values] of options) checkValues(name, values, verb);
  for (const [name, other] of [
    ['verb', 'resource'],
    ['resource', 'verb'],
    ['namespace', 'verb'],
    ['needs', 'on'],
    ['on', 'needs'],
  ] as const) {
    if (options.has(name) && !options.has(other)) wrongValue(grammarText.needs(`--${name}`, `--${other}`), verb);
  }
  // In Slack the requester is the default of --for; a terminal has no verified person.
  if (surface === 'terminal' && options.has('verb') && !options.has('for'))
    wrongValue(grammarText.needs('--verb', '--for'), verb);

  if (surface === 'terminal' && options.has('needs') && !options.has('for') && !options.has('workload'))
    wrongValue(grammarText.needs('--needs', '--workload'), verb);

  const one = (name: OptionName) => options.get(name)?.at(-1);
  const argument = oneArgument(verb, spec, positionals);
  const language = one('lang');
  const format = one('format');
  const common: Common = {
    projects: [...new Set((options.get('project') ?? []).flatMap(commaList))],
    ...((language === 'en' || language === 'ja') && { language }),
    ...((format === 'text' || format === 'json' || format === 'markdown') && { format }),
    verbose: options.has('verbose'),
  };
  const request = diagnoseRequest(argument ?? '', common.projects, one);
  if (argument === undefined && spec.argument && spec.required)
    missing(verb, spec.argument, verb === 'diagnose' ? request : undefined);
  const given = argument ?? '';

  switch (verb) {
    case 'diagnose': {
      const picture = one('picture');
      return { ...common, verb, request, ...(picture && { picture }) };
    }
    case 'scan':
      return {
        ...common,
        projects: argument ? [...new Set([argument, ...common.projects])] : common.projects,
        verb,
        all: options.has('all'),
      };
    case 'explain':
      return { ...common, verb, ...(argument && { text: argument }) };
    case 'history':
      return { ...common, verb, ...(argument && { cluster: argument }) };
    case 'cancel':
    case 'unwatch':
      return { ...common, verb, id: given };
    case 'watch': {
      const every = one('every');
      if (!every)
        wrongValue(grammarText.argumentMissing(verb, { en: '--every', ja: ' --every ' }), verb, OPTIONS.every.takes);
      return { ...common, verb, target: given, everyMs: OPTIONS.every.read(every) };
    }
    case 'checks':
      return { ...common, verb, ...(argument && { id: argument }) };
    case 'help':
      return { ...common, verb, ...(argument && isVerb(argument) && { topic: argument }) };
    case 'doctor':
      return { ...common, verb, cluster: given };
    case 'audit': {
      const checkpoint = one('checkpoint');
      return {
        ...common,
        verb,
        action: argument === 'export' ? 'export' : 'verify',
        ...(checkpoint && { checkpoint }),
      };
    }
    case 'freeze':
    case 'unfreeze':
    case 'revoke': {
      if (verb === 'revoke' && !options.has('all'))
        wrongValue(grammarText.argumentMissing(verb, { en: '--all', ja: ' --all ' }), verb);
      const by = one('by');
      if (!by) wrongValue(grammarText.argumentMissing(verb, { en: '--by', ja: ' --by ' }), verb, OPTIONS.by.takes);
      return { ...common, verb, by };
    }
    case 'pending':
    case 'status':
      return { ...common, verb };
  }
}

const commaList = (value: string) => value.split(',').filter(part => part !== '');

function checkValues(name: OptionName, values: readonly string[], verb: Verb): void {
  const option = OPTIONS[name];
  if (!option.takes) return;
  for (const value of values) {
    for (const part of option.list ? commaList(value) : [value]) {
      if (option.valid(part)) continue;
      const meant = option.words ? nearest(part.slice(0, 60), option.words) : undefined;
      wrongValue(grammarText.valueInvalid(`--${name}`, shown(part)), verb, option.takes, meant);
    }
  }
}

function oneArgument(verb: Verb, spec: VerbSpec, positionals: readonly string[]): string | undefined {
  if (spec.argument === 'text') return positionals.length > 0 ? positionals.join(' ') : undefined;
  const [first, ...extra] = positionals;
  const unexpected = spec.argument ? extra[0] : first;
  if (unexpected !== undefined) {
    throw new Wrong({
      code: 'argument-extra',
      verb,
      message: grammarText.argumentExtra(verb, shown(unexpected)),
      next: grammarText.seeHelpOf(verb),
    });
  }
  if (first === undefined || !spec.argument) return undefined;
  const problem = argumentProblem(spec.argument, first);
  if (!problem) return first;
  throw new Wrong({
    code: 'argument-invalid',
    verb,
    message: problem.message ?? grammarText.argumentInvalid(shown(first), argumentText[spec.argument]),
    next: problem.nearest
      ? join(grammarText.didYouMean(problem.nearest), grammarText.seeHelpOf(verb))
      : grammarText.seeHelpOf(verb),
    ...(problem.nearest && { nearest: problem.nearest }),
  });
}

function missing(verb: Verb, argument: Argument, request: DiagnoseRequest | undefined): never {
  throw new Wrong({
    code: 'argument-missing',
    verb,
    message: grammarText.argumentMissing(verb, argumentText[argument]),
    next: grammarText.seeHelpOf(verb),
    ...(request && { request }),
  });
}

function diagnoseRequest(
  cluster: string,
  projects: readonly string[],
  one: (name: OptionName) => string | undefined,
): DiagnoseRequest {
  const text = {
    principal: one('for'),
    verb: one('verb'),
    resource: one('resource'),
    namespace: one('namespace'),
    workload: one('workload'),
    needs: one('needs'),
    on: one('on'),
    from: one('from'),
  };
  const given = Object.fromEntries(Object.entries(text).filter(([, value]) => value !== undefined));
  const only = one('only');
  const ttl = one('ttl');
  return {
    cluster: withoutService(cluster),
    projects: [...projects],
    ...given,
    ...(only && { only: OPTIONS.only.read(only) }),
    ...(ttl && { grantMs: OPTIONS.ttl.read(ttl) }),
  };
}
