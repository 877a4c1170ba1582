/**
 * JSON in a paste, told as lines. A log record, an API's answer or an object of Kubernetes says in its fields what is wrong;
 * what a field quotes (a message of several lines, another JSON text) is read as a paste of its own.
 */
import { hasFailure } from './failures.ts';
import { MARKS } from './lines.ts';

/** How deep JSON in strings in JSON is followed. */
const DEPTH = 6;
/** Fields that hold what somebody said, in logs and APIs. */
const SAYS =
  /^(?:message|msg|log|error|err|errors|error_?message|error_?description|text_?payload|body|reason|cause|details?|description|stack|status_?message|stderr|stdout)$/i;
/** Kinds of Kubernetes objects that report what happened; all others are written by people. */
const REPORTS = /^(?:Status|APIStatus|Event|ExecCredential)$/;

/** The text with every JSON object in it replaced by its fields, one a line, each marked by what it is (`MARKS`). */
export function unwrapJson(text: string): string {
  const found = objectsIn(text);
  if (found.length === 0) return text;
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, value } of found) {
    const before = text.slice(at, start);
    // A line that begins with an object is a record of its own; anywhere else the object belongs to what it follows.
    const isRecord = /(?:^|\n)[ ]{0,40}$/.test(before.slice(-60)) && (at > 0 || before.trim() === '');
    parts.push(
      before.replace(/:?[ ]{0,40}$/, ''),
      isRecord ? `\n${MARKS.break}\n` : '\n',
      ...told(value, DEPTH, isRecord),
      '\n',
    );
    at = end;
  }
  return [...parts, text.slice(at)].join('');
}

function told(value: object, depth: number, isRecord: boolean): string[] {
  // What an object in the middle of a line tells without failing is for the words around it to say.
  const otherwise = isRecord ? MARKS.output : '';
  if (!isManifest(value)) return [fieldsOf(value, depth, isFailing(value) ? MARKS.error : otherwise).join('\n')];
  const { status, ...written } = value;
  const reported = isObject(status) ? fieldsOf(status, depth, isFailing(status) ? MARKS.error : MARKS.output) : [];
  return [[...fieldsOf(written, depth, MARKS.configuration), ...reported].join('\n')];
}

/** What somebody wrote for Kubernetes or Google: a manifest, a kubeconfig, a file of credentials. */
function isManifest(value: object): value is { readonly status?: unknown } {
  const fields = new Map<string, unknown>(Object.entries(value));
  const [apiVersion, kind] = [fields.get('apiVersion'), fields.get('kind')];
  if (/^(?:service_account|external_account|authorized_user)$/.test(String(fields.get('type')))) return true;
  return typeof apiVersion === 'string' && typeof kind === 'string' && !REPORTS.test(kind);
}

/** Says that something failed: in a message, by a code, or as a permission that wasn't granted. */
function isFailing(value: unknown, depth = DEPTH): boolean {
  if (!isObject(value) || depth <= 0) return false;
  return Object.entries(value).some(([key, item]) => {
    if (typeof item === 'string') return (SAYS.test(key) || CODE.test(key)) && hasFailure(item);
    if (typeof item === 'number') return CODE.test(key) && item !== 0 && item !== 200;
    return (key === 'granted' && item === false) || isFailing(item, depth - 1);
  });
}
const CODE = /^(?:code|status|status_?code|severity|level|state)$/i;

const fieldsOf = (value: object, depth: number, mark: string): string[] =>
  Object.entries(value).flatMap(([key, item]) => field(key, item, depth, mark));

function field(key: string, item: unknown, depth: number, mark: string): string[] {
  if (Array.isArray(item)) return depth <= 0 ? [] : item.flatMap(one => field(key, one, depth - 1, mark));
  if (isObject(item))
    return depth <= 0 ? [] : isManifest(item) ? told(item, depth - 1, true) : fieldsOf(item, depth - 1, mark);
  if (typeof item !== 'string') return [`${mark}${key}: ${String(item)}`];
  const quoted = depth > 0 ? unwrapJson(item) : item;
  // What spans lines or quotes JSON is a paste of its own, read by what it says.
  if (quoted !== item || (SAYS.test(key) && item.includes('\n'))) return [quoted];
  return [`${mark}${key}: ${item.replaceAll('\n', ' ')}`];
}

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object';

interface Found {
  readonly start: number;
  readonly end: number;
  readonly value: object;
}

/** The outermost JSON objects of a text. */
function objectsIn(text: string): Found[] {
  const ends = closingBraces(text);
  const found: Found[] = [];
  // How many characters may be parsed in vain, so that a text of nothing but braces costs no more than any other.
  let budget = 4 * text.length;
  let start = text.indexOf('{');
  while (start >= 0) {
    const end = ends.get(start) ?? start;
    const value = end - start > 1 && end - start <= budget ? parsed(text.slice(start, end)) : undefined;
    if (value !== undefined) found.push({ start, end, value });
    else budget -= end - start;
    start = text.indexOf('{', value === undefined ? start + 1 : end);
  }
  return found;
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

/** For each opening brace, the place behind the one that closes it. */
function closingBraces(text: string): Map<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let at = text.search(/[{}]/); at >= 0 && at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '{') open.push(at);
    else if (char === '}') {
      const start = open.pop();
      if (start !== undefined) ends.set(start, at + 1);
    }
  }
  return ends;
}
