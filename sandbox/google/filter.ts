import { isObject, type Json, type JsonObject } from './world.ts';

/**
 * The filter language of Google's list methods (https://google.aip.dev/160 and
 * https://cloud.google.com/logging/docs/view/logging-query-language): comparisons `field = value`, `field : value`, bare
 * words that match in any field, AND, OR, NOT, `-`, parentheses. A space or a line break means AND.
 */
export type Filter = (item: JsonObject) => boolean;

const tokenPattern =
  /\s*(?:--[^\n]*\n\s*)*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()]|<=|>=|!=|=~|!~|[=:<>]|[^\s()=:<>!"']+)/y;
const comparisons = new Set(['=', ':', '<', '>', '<=', '>=', '!=', '=~', '!~']);
const severities = ['DEFAULT', 'DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERROR', 'CRITICAL', 'ALERT', 'EMERGENCY'];

function tokenize(source: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (source.slice(at).trim() !== '') {
    tokenPattern.lastIndex = at;
    const token = tokenPattern.exec(source)?.[1];
    if (token === undefined) throw new SyntaxError(`invalid filter near ${source.slice(at, at + 20)}`);
    at = tokenPattern.lastIndex;
    tokens.push(token);
  }
  return tokens;
}

function unquote(token: string): string {
  return /^["']/.test(token) ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token;
}

/** All values at a path. A list stands for its items; a quoted key may contain dots. */
function valuesAt(item: Json, path: string[]): Json[] {
  if (Array.isArray(item)) return item.flatMap(entry => valuesAt(entry, path));
  const [key, ...rest] = path;
  if (key === undefined) return item === undefined ? [] : [item];
  return isObject(item) ? valuesAt(item[key], rest) : [];
}

function deepText(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(deepText);
  return isObject(value) ? Object.values(value).flatMap(deepText) : [String(value)];
}

function rank(field: string, value: string): string | number {
  if (field === 'severity') return severities.indexOf(value);
  const time = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  return value !== '' && !Number.isNaN(Number(value)) ? Number(value) : value;
}

function compare(field: string, operator: string, found: Json[], wanted: string): boolean {
  const texts = found.flatMap(deepText);
  switch (operator) {
    case ':':
      if (wanted === '*') return found.length > 0;
      return texts.some(text => text.toLowerCase().includes(wanted.toLowerCase()));
    case '=':
      return texts.some(text => text.toLowerCase() === wanted.toLowerCase());
    case '!=':
      return !texts.some(text => text.toLowerCase() === wanted.toLowerCase());
    case '=~':
      return texts.some(text => new RegExp(wanted).test(text));
    case '!~':
      return !texts.some(text => new RegExp(wanted).test(text));
    default:
      return texts.some(text => {
        const [a, b] = [rank(field, text), rank(field, wanted)];
        if (operator === '<') return a < b;
        if (operator === '<=') return a <= b;
        return operator === '>' ? a > b : a >= b;
      });
  }
}

function splitPath(token: string): string[] {
  return [...token.matchAll(/"([^"]*)"|([^."]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/**
 * Parses a filter. An empty text matches everything.
 * @throws SyntaxError for a text that is not a filter.
 */
export function parseFilter(source: string): Filter {
  const tokens = tokenize(source);
  let position = 0;
  const next = (): string | undefined => tokens[position];
  const isWord = (word: string): boolean => next() === word;

  const term = (): Filter => {
    const token = next();
    if (token === undefined) throw new SyntaxError('invalid filter: it ends too early');
    position += 1;
    if (token === 'NOT' || token === '-') {
      const inner = term();
      return item => !inner(item);
    }
    if (token === '(') {
      const inner = anyOf();
      if (next() !== ')') throw new SyntaxError('invalid filter: a parenthesis is open');
      position += 1;
      return inner;
    }
    if (token === 'log_id') return logId();
    let field = token;
    // `labels."k8s-pod/app"` is several tokens: they belong to one path as long as a dot joins them.
    while (field.endsWith('.') && next() !== undefined) {
      field += next();
      position += 1;
    }
    const operator = next();
    if (operator === undefined || !comparisons.has(operator)) {
      const word = unquote(token).toLowerCase();
      return item => deepText(item).some(text => text.toLowerCase().includes(word));
    }
    position += 1;
    const negative = field.startsWith('-');
    const path = splitPath(negative ? field.slice(1) : field);
    const wanted = comparedValues();
    const name = path.join('.');
    const matches: Filter = item => {
      const found = valuesAt(item, path);
      return wanted.any(value => compare(name, operator, found, value));
    };
    return negative ? item => !matches(item) : matches;
  };

  /** `log_id("cloudaudit.googleapis.com/activity")`: entries of that log (Logging query language, "log_id function"). */
  const logId = (): Filter => {
    const [open, id = '', close] = tokens.slice(position, position + 3);
    if (open !== '(' || close !== ')') throw new SyntaxError('invalid filter: log_id takes one string');
    position += 3;
    const wanted = unquote(id);
    return item =>
      valuesAt(item, ['logName']).some(name => decodeURIComponent(String(name)).endsWith(`/logs/${wanted}`));
  };

  /** One value, or `("a" OR "b")`. */
  const comparedValues = (): { any(test: (value: string) => boolean): boolean } => {
    const token = next() ?? '';
    position += 1;
    if (token !== '(') return { any: test => test(unquote(token)) };
    const values: string[] = [];
    let every = false;
    for (let entry = next(); entry !== undefined && entry !== ')'; entry = next()) {
      position += 1;
      if (entry === 'AND') every = true;
      else if (entry !== 'OR') values.push(unquote(entry));
    }
    position += 1;
    return { any: test => (every ? values.every(test) : values.some(test)) };
  };

  const allOf = (): Filter => {
    const parts = [term()];
    while (next() !== undefined && !isWord('OR') && !isWord(')')) {
      if (isWord('AND')) position += 1;
      parts.push(term());
    }
    return item => parts.every(part => part(item));
  };

  const anyOf = (): Filter => {
    const parts = [allOf()];
    while (isWord('OR')) {
      position += 1;
      parts.push(allOf());
    }
    return item => parts.some(part => part(item));
  };

  if (tokens.length === 0) return () => true;
  const filter = anyOf();
  if (position < tokens.length) throw new SyntaxError(`invalid filter near ${tokens[position]}`);
  return filter;
}
