import { invalid } from './errors.ts';
import type { Call } from './route.ts';
import { isObject, type Json, type JsonObject } from './world.ts';

/** The fields to keep, by name; `*` stands for every name. An empty selector keeps everything. */
export type Selector = ReadonlyMap<string, Selector>;

const ALL: Selector = new Map();

/**
 * Parses the query parameter `fields` of Google's APIs (partial responses): names separated by commas, `a/b` for a
 * nested field, `a(b,c)` for several. In a list it applies to each item. Throws a 400 for anything else.
 */
export function parseFields(text: string): Selector {
  let at = 0;
  const refuse = () => invalid(`Request contains an invalid argument: invalid field selection ${text.slice(at)}`);

  function list(): Selector {
    const found = new Map<string, Selector>();
    do {
      const [name, wanted] = item();
      const earlier = found.get(name);
      found.set(name, earlier ? union(earlier, wanted) : wanted);
    } while (text[at] === ',' && at++ >= 0);
    return found;
  }

  function item(): [string, Selector] {
    const name = /^(?:\*|\w+)/.exec(text.slice(at))?.[0];
    if (name === undefined) throw refuse();
    at += name.length;
    if (text[at] === '/' || text[at] === '.') {
      at += 1;
      return [name, new Map([item()])];
    }
    if (text[at] !== '(') return [name, ALL];
    at += 1;
    const inner = list();
    if (text[at] !== ')') throw refuse();
    at += 1;
    return [name, inner];
  }

  const found = list();
  if (at < text.length) throw refuse();
  return found;
}

const parsed = new Map<string, Selector>();

/** The selector of a call, or undefined without one. Equal texts give the same object. Throws a 400. */
export function selectorOf({ query }: Call): Selector | undefined {
  const text = query.get('fields');
  if (text === null) return undefined;
  const selector = parsed.get(text) ?? parseFields(text);
  parsed.set(text, selector);
  return selector;
}

function union(one: Selector, other: Selector): Selector {
  if (one.size === 0 || other.size === 0) return ALL;
  const both = new Map(one);
  for (const [name, wanted] of other) {
    const earlier = both.get(name);
    both.set(name, earlier ? union(earlier, wanted) : wanted);
  }
  return both;
}

/** The selected part of an object. Missing fields are left out. */
export function select(value: JsonObject, wanted: Selector): JsonObject {
  if (wanted.size === 0) return value;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const selector = wanted.get(name) ?? wanted.get('*');
    return selector ? [[name, within(inner, selector)] as const] : [];
  });
  return Object.fromEntries(entries);
}

function within(value: Json | undefined, wanted: Selector): Json | undefined {
  if (Array.isArray(value)) return value.map(inner => within(inner, wanted) ?? null);
  return isObject(value) ? select(value, wanted) : value;
}
