import { isObject, type Json, type JsonObject } from '../world.ts';
import { type Node, parse } from './cel-parser.ts';

/**
 * The attributes that a condition can use (https://cloud.google.com/iam/docs/conditions-attribute-reference). What
 * depends on an absent attribute can't be decided.
 */
export type Attributes = {
  /** ms since the epoch */
  time: number;
  resource?: { name: string; type: string; service: string };
  /** Roles that a setIamPolicy call adds or removes; `unsupported` where the service does not know the attribute. */
  modifiedGrantsByRole?: string[] | 'unsupported';
  /** Variables of a workload identity pool provider's expressions: `assertion`, `google`, `attribute`. */
  claims?: JsonObject;
};

class Timestamp {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}
class Duration {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}
type Value = string | number | boolean | null | Timestamp | Duration | Value[];

class Undecidable extends Error {}

const units: { [unit: string]: number } = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

function parseDuration(text: string): Duration {
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(-?[\d.]+)(ms|[hms])/g))
    ms += Number(amount) * (units[unit ?? ''] ?? 0);
  return new Duration(ms);
}

function parseTimestamp(text: string): Timestamp {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Undecidable(`no timestamp: ${text}`);
  return new Timestamp(ms);
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The parts of a time in a time zone, as CEL's getters give them: months and days of the month from 0. */
function timePart(time: Timestamp, getter: string, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(time.ms).map(part => [part.type, part.value]));
  const readers: { [getter: string]: () => number } = {
    getFullYear: () => Number(parts.year),
    getMonth: () => Number(parts.month) - 1,
    getDate: () => Number(parts.day),
    getDayOfMonth: () => Number(parts.day) - 1,
    getDayOfWeek: () => weekdays.indexOf(parts.weekday ?? ''),
    getHours: () => Number(parts.hour),
    getMinutes: () => Number(parts.minute),
    getSeconds: () => Number(parts.second),
  };
  const read = readers[getter];
  if (!read) throw new Undecidable(`no function ${getter}`);
  return read();
}

/** `extract("projects/{project}/")`: the text at the position of the template's braces. */
function extract(text: string, template: string): string {
  const [before = '', rest = ''] = template.split(/\{\w+\}/);
  const start = text.indexOf(before);
  if (start < 0) return '';
  const from = start + before.length;
  const end = rest === '' ? text.length : text.indexOf(rest, from);
  return end < 0 ? '' : text.slice(from, end);
}

function asNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (value instanceof Timestamp || value instanceof Duration) return value.ms;
  throw new Undecidable('not comparable');
}

function equal(left: Value, right: Value): boolean {
  if (left instanceof Timestamp || left instanceof Duration) return asNumber(left) === asNumber(right);
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index] ?? null));
  }
  return left === right;
}

function arithmetic(operator: string, left: Value, right: Value): Value {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  const [a, b] = [asNumber(left), asNumber(right)];
  const result = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b }[operator] ?? Number.NaN;
  if (left instanceof Timestamp) return right instanceof Timestamp ? new Duration(result) : new Timestamp(result);
  return left instanceof Duration ? new Duration(result) : result;
}

function compare(operator: string, left: Value, right: Value): boolean {
  const [a, b] =
    typeof left === 'string' && typeof right === 'string' ? [left, right] : [asNumber(left), asNumber(right)];
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

function method(of: Value, name: string, args: Value[]): Value {
  const [argument = null] = args;
  if (typeof of === 'string' && typeof argument === 'string') {
    if (name === 'startsWith') return of.startsWith(argument);
    if (name === 'endsWith') return of.endsWith(argument);
    if (name === 'contains') return of.includes(argument);
    if (name === 'matches') return new RegExp(argument).test(of);
    if (name === 'extract') return extract(of, argument);
  }
  if (of instanceof Timestamp) return timePart(of, name, typeof argument === 'string' ? argument : 'UTC');
  if (Array.isArray(of) && name === 'hasOnly' && Array.isArray(argument)) {
    return of.every(item => argument.some(allowed => equal(item, allowed)));
  }
  if (Array.isArray(of) && name === '[]') return of[asNumber(argument)] ?? null;
  throw new Undecidable(`no function ${name}`);
}

/** The value of a claim; an absent one or an object is undecidable. */
function claim(names: string[], claims: JsonObject): Value {
  const found = names.reduce<Json>((value, name) => (isObject(value) ? value[name] : undefined), claims);
  if (found === undefined || isObject(found)) throw new Undecidable(`no claim ${names.join('.')}`);
  return Array.isArray(found) ? found.map(item => (isObject(item) ? null : (item as Value))) : found;
}

function attribute(path: string, attributes: Attributes): Value {
  const names = path.split('.');
  if (attributes.claims && Object.hasOwn(attributes.claims, names[0] ?? '')) return claim(names, attributes.claims);
  if (path === 'request.time') return new Timestamp(attributes.time);
  const resource = attributes.resource;
  if (resource && path === 'resource.name') return resource.name;
  if (resource && path === 'resource.type') return resource.type;
  if (resource && path === 'resource.service') return resource.service;
  throw new Undecidable(`no attribute ${path}`);
}

function pathOf(node: Node): string {
  if (node.kind === 'name') return node.name;
  return node.kind === 'member' ? `${pathOf(node.of)}.${node.name}` : '?';
}

/** One side can decide `&&` and `||` whatever the other side is (https://github.com/google/cel-spec, logical operators). */
function logical(node: Node & { kind: 'binary' }, attributes: Attributes): boolean {
  const decisive = node.operator === '||';
  let doubt: unknown;
  for (const side of [node.left, node.right]) {
    try {
      if (run(side, attributes) === decisive) return decisive;
    } catch (error) {
      doubt = error;
    }
  }
  if (doubt) throw doubt;
  return !decisive;
}

function call(node: Node & { kind: 'call' }, attributes: Attributes): Value {
  const args = node.args.map(arg => run(arg, attributes));
  const [first = null, second = null] = args;
  if (node.of === undefined) {
    if (node.name === 'timestamp' && typeof first === 'string') return parseTimestamp(first);
    if (node.name === 'duration' && typeof first === 'string') return parseDuration(first);
    if (node.name === 'date' && typeof first === 'string') return parseTimestamp(`${first}T00:00:00Z`);
    throw new Undecidable(`no function ${node.name}`);
  }
  if (pathOf(node.of) === 'api' && node.name === 'getAttribute') {
    if (first === 'iam.googleapis.com/modifiedGrantsByRole' && attributes.modifiedGrantsByRole !== 'unsupported') {
      return attributes.modifiedGrantsByRole ?? second;
    }
    throw new Undecidable(`no attribute ${String(first)}`);
  }
  const indexed = node.name === '[]' && typeof first === 'string' && attributes.claims;
  if (indexed) return claim([...pathOf(node.of).split('.'), first], attributes.claims ?? {});
  return method(run(node.of, attributes), node.name, args);
}

function run(node: Node, attributes: Attributes): Value {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'list':
      return node.items.map(item => run(item, attributes));
    case 'name':
    case 'member':
      return attribute(pathOf(node), attributes);
    case 'call':
      return call(node, attributes);
    case 'not':
      return run(node.of, attributes) !== true;
    case 'choice':
      return run(run(node.when, attributes) === true ? node.then : node.otherwise, attributes);
    case 'binary': {
      if (node.operator === '&&' || node.operator === '||') return logical(node, attributes);
      const [left, right] = [run(node.left, attributes), run(node.right, attributes)];
      if (node.operator === 'in') return Array.isArray(right) && right.some(item => equal(item, left));
      if (node.operator === '==') return equal(left, right);
      if (node.operator === '!=') return !equal(left, right);
      if (['<', '<=', '>', '>='].includes(node.operator)) return compare(node.operator, left, right);
      return arithmetic(node.operator, left, right);
    }
  }
}

const parsed = new Map<string, Node>();

/** The value of an expression, or undefined where it uses an absent attribute or does not parse. */
function evaluate(expression: string, attributes: Attributes): Value | undefined {
  try {
    const node = parsed.get(expression) ?? parse(expression);
    parsed.set(expression, node);
    return run(node, attributes);
  } catch (error) {
    if (error instanceof Undecidable || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether the condition is true; `unknown` where it uses an absent attribute or does not parse. */
export function evaluateCondition(expression: string, attributes: Attributes): boolean | 'unknown' {
  const value = evaluate(expression, attributes);
  return value === undefined ? 'unknown' : value === true;
}

/** The strings that an attribute mapping yields; none where a claim is absent. */
export function mapped(expression: string, claims: JsonObject): string[] {
  const value = evaluate(expression, { time: 0, claims });
  const values = Array.isArray(value) ? value : [value];
  return values.filter(item => typeof item === 'string');
}

/** The syntax error of an expression, or undefined where it parses. */
export function conditionSyntaxError(expression: string): string | undefined {
  try {
    parse(expression);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}
