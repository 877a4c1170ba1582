/** A JSON object whose fields are not known yet. */
export type JsonObject = { [key: string]: unknown };

/** Whether `value` is a JSON object (not null, not an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` as an object; anything else becomes an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** `value` as a list; anything else becomes an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects in `value`; what is not an object is left out. */
export function objectsOf(value: unknown): JsonObject[] {
  return listOf(value).filter(isObject);
}

/** `value` as a string: numbers and booleans as a form would carry them, anything else undefined. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Slack's booleans arrive as true, "true" or "1"; the last two when the body is a form. */
export function flagOf(value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1;
}

/** `text` parsed as JSON, or undefined where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A form carries arrays and objects as JSON text; a JSON body carries them as they are. */
export function parseStructured(value: unknown): unknown {
  return typeof value === 'string' ? parseJson(value) : value;
}

/** A deep copy, so that what leaves the workspace can't change it. */
export function copyOf<T>(value: T): T {
  return structuredClone(value);
}
