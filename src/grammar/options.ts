/** Every option there is, with what it takes. */
import { parseDuration } from '../config/duration.ts';
import { PROJECT } from '../contracts/cluster-name.ts';
import { isAddress } from '../contracts/ip-address.ts';
import { CHECK_IDS, CheckId } from '../contracts/report.ts';
import { parseResource } from '../contracts/resource-name.ts';
import { LANGUAGES, type Text } from '../contracts/text.ts';
import { argumentText } from '../locales/grammar.ts';

interface Option<Value = string> {
  /** What its value is; a flag has none. */
  readonly takes?: Text;
  /** Several values, separated by commas. */
  readonly list?: boolean;
  readonly terminalOnly?: boolean;
  /** The values it can have, where they can be counted. */
  readonly words?: readonly string[];
  valid(value: string): boolean;
  /** Only called with what is valid. */
  read(value: string): Value;
}

const option = <Value>(value: Option<Value>): Option<Value> => value;

const matching = (takes: Text, pattern: RegExp, more: Partial<Option> = {}): Option => ({
  takes,
  valid: value => pattern.test(value),
  read: value => value,
  ...more,
});

const oneOf = (takes: Text, words: readonly string[], more: Partial<Option> = {}): Option => ({
  takes,
  words,
  valid: value => words.includes(value),
  read: value => value,
  ...more,
});

const time = (takes: Text, atLeastMs: number): Option<number> => ({
  takes,
  valid: value => (parseDuration(value) ?? 0) >= atLeastMs,
  read: value => parseDuration(value) ?? 0,
});

const flag = (more: Partial<Option> = {}): Option => ({ valid: () => true, read: value => value, ...more });

/** RFC 1123 labels, as Kubernetes has its names. */
const NAME = '[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?';
const MEMBER = /^([a-zA-Z]+:(\/\/)?)?[^\s:<>"'`\\]+(@[^\s:<>"'`\\]+|\/[^\s<>"'`\\]+)$/;

/** Users that a cluster knows by other names: its own service accounts, and accounts by their unique id. */
const CLUSTER_USER = new RegExp(`^(?:system:serviceaccount:${NAME}:${NAME}|\\d{15,25})$`);

export const OPTIONS = {
  for: option({
    takes: argumentText.principal,
    valid: value =>
      value.length <= 1000 &&
      (MEMBER.test(value) || CLUSTER_USER.test(value) || /^<@[UW][A-Z0-9]+(\|[^>]*)?>$/.test(value)),
    read: value => value,
  }),
  verb: matching(argumentText.verb, /^([a-z]{1,40}|\*)$/),
  resource: matching(argumentText.resource, /^([a-z0-9.-]{1,120}(\/[a-z0-9.-]{1,60})?|\*)$/),
  namespace: matching(argumentText.namespace, new RegExp(`^${NAME}$`)),
  workload: matching(argumentText.workload, new RegExp(`^${NAME}/((pod|deploy)/)?${NAME}$`)),
  needs: matching(argumentText.permission, /^[a-z][a-zA-Z]{1,60}(\.[a-zA-Z][a-zA-Z0-9]{0,80}){2}$/),
  on: option({
    takes: argumentText.cloudResource,
    valid: value => value.length <= 1_500 && parseResource(value) !== undefined && /^(?:\/\/|gs:\/\/)/.test(value),
    read: value => value,
  }),
  from: option({ takes: argumentText.address, valid: isAddress, read: value => value }),
  only: option({
    takes: argumentText.checks,
    list: true,
    words: CHECK_IDS,
    valid: value => CheckId.safeParse(value).success,
    read: value => value.split(',').flatMap(id => CheckId.safeParse(id).data ?? []),
  }),
  ttl: time(argumentText.duration, 60_000),
  every: time(argumentText.interval, 300_000),
  all: flag(),
  picture: matching(argumentText.file, /\.(svg|png)$/i, { terminalOnly: true }),
  by: matching(argumentText.person, /^\S.{0,99}$/, { terminalOnly: true }),
  checkpoint: matching(argumentText.checkpointFile, /\S/, { terminalOnly: true }),
  project: matching(argumentText.project, PROJECT, { list: true }),
  // Of two letters each, either word is near to anything.
  lang: oneOf(argumentText.language, LANGUAGES, { words: [] }),
  format: oneOf(argumentText.format, ['text', 'json', 'markdown'], { terminalOnly: true }),
  verbose: flag({ terminalOnly: true }),
} as const;

export type OptionName = keyof typeof OPTIONS;
