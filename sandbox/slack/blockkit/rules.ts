import { isObject, type JsonObject } from '../json.ts';

/** One problem, with Slack's message and JSON pointer. */
export type Problem = { message: string; pointer: string };

/** Checks one value; returns its problems. */
export type Rule = (value: unknown, pointer: string) => Problem[];

const fine: Problem[] = [];

/** A list of one problem. */
export function problem(message: string, pointer: string): Problem[] {
  return [{ message, pointer }];
}

/** A string of `min` to `max` UTF-16 units. */
export function string(max = Number.POSITIVE_INFINITY, min = 1): Rule {
  return (value, pointer) => {
    if (typeof value !== 'string') return problem('must provide a string', pointer);
    if (value.length < min) return problem(`must be more than ${min - 1} characters`, pointer);
    if (value.length > max) return problem(`must be less than ${max + 1} characters`, pointer);
    return fine;
  };
}

/** An absolute http or https address. */
export function url(max: number): Rule {
  const length = string(max);
  return (value, pointer) => {
    const wrong = length(value, pointer);
    if (wrong.length > 0) return wrong;
    return /^(https?|slack|mailto):\S+$/.test(String(value)) ? fine : problem('invalid_url', pointer);
  };
}

/** The URL of an image. Slack fetches it when the message is posted, so it must be public. */
export const imageUrl: Rule = (value, pointer) => {
  const wrong = url(3000)(value, pointer);
  if (wrong.length > 0) return wrong;
  const isPrivate = /^https?:\/\/(localhost|127\.|10\.|192\.168\.|\[::1\])/.test(String(value));
  return isPrivate ? problem('downloading image failed', pointer) : fine;
};

export const boolean: Rule = (value, pointer) =>
  typeof value === 'boolean' ? fine : problem('must provide a boolean', pointer);

export const anything: Rule = () => fine;

/** A whole number of `min` to `max`. */
export function integer(min: number, max: number): Rule {
  return (value, pointer) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? fine
      : problem(`must be an integer between ${min} and ${max}`, pointer);
}

/** One of the given strings or numbers. */
export function oneOf(...allowed: (string | number)[]): Rule {
  return (value, pointer) =>
    allowed.some(one => one === value) ? fine : problem(`must be one of ${allowed.join(', ')}`, pointer);
}

/** `min` to `max` items that each satisfy `item`. */
export function list(item: Rule, max = Number.POSITIVE_INFINITY, min = 1): Rule {
  return (value, pointer) => {
    if (!Array.isArray(value)) return problem('must provide an array', pointer);
    if (value.length < min) return problem(`must provide at least ${min} items`, pointer);
    if (value.length > max) return problem(`no more than ${max} items allowed`, pointer);
    return value.flatMap((one, index) => item(one, `${pointer}/${index}`));
  };
}

export type Fields = Record<string, Rule>;

/** An object with these required and optional fields; `more` checks it as a whole. */
export function object(
  required: Fields,
  optional: Fields = {},
  more: (value: JsonObject, pointer: string) => Problem[] = () => fine,
): Rule {
  return (value, pointer) => {
    if (!isObject(value)) return problem('must provide an object', pointer);
    const missing = Object.keys(required).filter(name => value[name] === undefined || value[name] === null);
    const present = Object.entries(value).filter(([, content]) => content !== undefined && content !== null);
    return [
      ...missing.flatMap(name => problem(`missing required field: ${name}`, pointer)),
      ...present.flatMap(([name, content]) => {
        const rule = required[name] ?? optional[name];
        return rule ? rule(content, `${pointer}/${name}`) : problem(`invalid additional property: ${name}`, pointer);
      }),
      ...more(value, pointer),
    ];
  };
}

/** The rule that belongs to the object's `type`. */
export function byType(rules: Record<string, Rule>): Rule {
  return (value, pointer) => {
    if (!isObject(value)) return problem('must provide an object', pointer);
    if (value.type === undefined) return problem('missing required field: type', pointer);
    const rule = typeof value.type === 'string' && Object.hasOwn(rules, value.type) ? rules[value.type] : undefined;
    return rule ? rule(value, pointer) : problem(`unsupported type: ${String(value.type)}`, `${pointer}/type`);
  };
}

/** For a value with several allowed shapes Slack reports the whole value first, then the part. */
export function anyShape(rule: Rule): Rule {
  return (value, pointer) => {
    const wrong = rule(value, pointer);
    return wrong.length > 0 ? [...problem('failed to match all allowed schemas', pointer), ...wrong] : wrong;
  };
}

/** Exactly one of `names` must be given. */
export function exactlyOne(...names: string[]): (value: JsonObject, pointer: string) => Problem[] {
  return (value, pointer) => {
    const given = names.filter(name => value[name] !== undefined);
    return given.length === 1 ? fine : problem(`must provide exactly one of ${names.join(', ')}`, pointer);
  };
}

/** Slack rejects duplicate ids in one place. */
export function distinct(values: { id: unknown; pointer: string }[], name: string): Problem[] {
  const seen = new Set<unknown>();
  return values.flatMap(({ id, pointer }) => {
    if (id === undefined) return fine;
    if (seen.has(id)) return problem(`\`${name}\` "${String(id)}" already exists`, pointer);
    seen.add(id);
    return fine;
  });
}
