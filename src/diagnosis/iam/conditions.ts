/**
 * Decides IAM conditions as far as they can be decided from outside: true, false, or undecidable, and when a condition
 * on `request.time` begins or ends to hold.
 *
 * Sources: Google Cloud, IAM, "Overview of IAM Conditions" and "Attribute reference for IAM Conditions";
 * github.com/google/cel-spec, "Language Definition" ("Logical Operators": `false && error` is false, `true || error`
 * is true). An undecidable part is treated as CEL treats an error: it spoils only what depends on it.
 *
 * Decided: `request.time` against `timestamp("…")`; `resource.name`, `resource.type`, `resource.service` where they are
 * known, with ==, !=, `in`, startsWith, endsWith, contains; !, &&, ||, ternary, parentheses.
 * Undecidable: attributes that are not known, `api.getAttribute`, tags, access levels, and everything recurring
 * (`request.time.getHours("Asia/Tokyo")`): it holds now and not tonight, so an answer would mislead either way.
 */
import { type Expr, parseCel } from './cel.ts';
import type { Condition, Knowledge, Target } from './model.ts';

export type Decision =
  | { readonly holds: true; readonly until?: Date }
  /** `ended`: it held before; `from`: it will hold. */
  | { readonly holds: false; readonly ended?: Date; readonly from?: Date }
  /** `namesTarget`: it holds if the service supplies the attributes of the target as Google documents them. */
  | { readonly holds: undefined; readonly namesTarget?: true };

export type Attributes = NonNullable<Knowledge['attributes']>;

/** A CEL value; undefined is "can't be decided". */
type Value = boolean | string | number | null | Date | readonly Value[] | undefined;

const UNDECIDABLE: Decision = { holds: undefined };
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** Decides a condition at an instant for a resource. No condition holds always. */
export function decide(condition: Condition | undefined, now: Date, attributes: Attributes = {}): Decision {
  if (!condition) return { holds: true };
  const expr = parseCel(condition.expression);
  if (!expr) return UNDECIDABLE;
  const holdsAt = (time: number) => {
    const value = evaluate(expr, new Date(time), attributes);
    return typeof value === 'boolean' ? value : undefined;
  };
  const holds = holdsAt(now.getTime());
  if (holds === undefined) return UNDECIDABLE;
  // Between the instants that an expression names nothing changes: look just before, at, and just after each.
  const probes = instants(expr).flatMap(instant => [-1, 0, 1].map(offset => ({ instant, time: instant + offset })));
  const later = probes.filter(probe => probe.time > now.getTime()).sort((a, b) => a.time - b.time);
  const earlier = probes.filter(probe => probe.time < now.getTime()).sort((a, b) => b.time - a.time);
  const dateOf = (probe: { instant: number } | undefined) => probe && new Date(probe.instant);
  if (holds) return { holds, until: dateOf(later.find(probe => holdsAt(probe.time) !== true)) };
  return {
    holds,
    ended: dateOf(earlier.find(probe => holdsAt(probe.time) !== false)),
    from: dateOf(later.find(probe => holdsAt(probe.time) !== false)),
  };
}

/**
 * As `decide`, where the permission is used on `target`. Whether the service supplies the target's attributes is not certain, so
 * a condition that needs them never certainly holds. It certainly doesn't where it is false under each name of the target:
 * IAM takes a condition on an attribute that is not supplied as not granting.
 */
export function decideOn(
  target: Target | undefined,
  condition: Condition | undefined,
  now: Date,
  attributes: Attributes = {},
): Decision {
  const decision = decide(condition, now, attributes);
  if (decision.holds !== undefined || !target) return decision;
  const { names, ...kind } = target;
  const byName = names.map(name => decide(condition, now, { ...attributes, ...kind, name }));
  const [first = UNDECIDABLE] = byName;
  if (byName.every(({ holds }) => holds === false)) return first;
  return byName.some(({ holds }) => holds === true) ? { holds: undefined, namesTarget: true } : UNDECIDABLE;
}

const TAG_FUNCTIONS = new Set(['matchTag', 'matchTagId', 'hasTagKey', 'hasTagKeyId']);

/** Whether a condition depends on the tags of the resource, which are not read. */
export function usesTags({ expression }: Condition): boolean {
  const expr = parseCel(expression);
  return expr !== undefined && parts(expr).some(part => part.kind === 'member' && TAG_FUNCTIONS.has(part.name));
}

function evaluate(expr: Expr, now: Date, attributes: Attributes): Value {
  const value = (part: Expr) => evaluate(part, now, attributes);
  switch (expr.kind) {
    case 'literal':
      return expr.value;
    case 'list':
      return expr.items.map(value);
    case 'member':
      return attribute(expr, now, attributes);
    case 'call':
      return call(expr, value);
    case 'unary':
      return negate(expr.op, value(expr.operand));
    case 'binary':
      return operate(expr.op, value(expr.left), value(expr.right));
    case 'ternary': {
      const test = value(expr.test);
      return typeof test === 'boolean' ? value(test ? expr.then : expr.otherwise) : undefined;
    }
    default:
      return undefined;
  }
}

function attribute(expr: Extract<Expr, { kind: 'member' }>, now: Date, attributes: Attributes): Value {
  if (expr.of.kind !== 'name') return undefined;
  if (expr.of.name === 'request') return expr.name === 'time' ? now : undefined;
  if (expr.of.name !== 'resource') return undefined;
  const known = new Map(Object.entries(attributes));
  return known.get(expr.name);
}

function call(expr: Extract<Expr, { kind: 'call' }>, value: (part: Expr) => Value): Value {
  const [first] = expr.args;
  if (!first || expr.args.length > 1) return undefined;
  const argument = value(first);
  if (expr.target.kind === 'name') return expr.target.name === 'timestamp' ? timestamp(argument) : undefined;
  if (expr.target.kind !== 'member' || typeof argument !== 'string') return undefined;
  const subject = value(expr.target.of);
  if (typeof subject !== 'string') return undefined;
  if (expr.target.name === 'startsWith') return subject.startsWith(argument);
  if (expr.target.name === 'endsWith') return subject.endsWith(argument);
  return expr.target.name === 'contains' ? subject.includes(argument) : undefined;
}

function timestamp(text: Value): Value {
  if (typeof text !== 'string' || !RFC3339.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function negate(op: string, value: Value): Value {
  if (op === '!') return typeof value === 'boolean' ? !value : undefined;
  return typeof value === 'number' ? -value : undefined;
}

function operate(op: string, left: Value, right: Value): Value {
  switch (op) {
    case '&&':
      if (left === false || right === false) return false;
      return left === true && right === true ? true : undefined;
    case '||':
      if (left === true || right === true) return true;
      return left === false && right === false ? false : undefined;
    case '==':
      return equal(left, right);
    case '!=': {
      const same = equal(left, right);
      return same === undefined ? undefined : !same;
    }
    case 'in':
      return Array.isArray(right) ? contains(right, left) : undefined;
    default:
      return compare(op, left, right);
  }
}

/** Values of one kind only: CEL knows no equality between kinds that conditions could use. */
function equal(left: Value, right: Value): boolean | undefined {
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (left === undefined || right === undefined || typeof left !== typeof right) return undefined;
  return typeof left === 'object' ? undefined : left === right;
}

function contains(list: readonly Value[], value: Value): boolean | undefined {
  const hits = list.map(item => equal(item, value));
  if (hits.includes(true)) return true;
  return hits.includes(undefined) ? undefined : false;
}

function compare(op: string, left: Value, right: Value): boolean | undefined {
  const order = orderOf(left, right);
  if (order === undefined) return undefined;
  if (op === '<') return order < 0;
  if (op === '<=') return order <= 0;
  if (op === '>') return order > 0;
  return op === '>=' ? order >= 0 : undefined;
}

function orderOf(left: Value, right: Value): number | undefined {
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  return typeof left === 'number' && typeof right === 'number' ? left - right : undefined;
}

/** Every instant that the expression names, in ms. */
function instants(expr: Expr): number[] {
  return parts(expr).flatMap(part => {
    if (part.kind !== 'call' || part.target.kind !== 'name' || part.target.name !== 'timestamp') return [];
    const [first] = part.args;
    const date = first?.kind === 'literal' ? timestamp(first.value) : undefined;
    return date instanceof Date ? [date.getTime()] : [];
  });
}

/** The expression and everything in it. */
function parts(expr: Expr): Expr[] {
  return [expr, ...children(expr).flatMap(parts)];
}

function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'list':
      return expr.items;
    case 'member':
      return [expr.of];
    case 'index':
      return [expr.of, expr.at];
    case 'unary':
      return [expr.operand];
    case 'binary':
      return [expr.left, expr.right];
    case 'ternary':
      return [expr.test, expr.then, expr.otherwise];
    case 'call':
      return [expr.target, ...expr.args];
    default:
      return [];
  }
}
