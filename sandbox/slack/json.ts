/** A JSON object with unchecked fields. */
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

/** `value` as a string. Numbers and booleans are converted as in a form; anything else is undefined. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Whether a boolean argument is set: true, or "true" or "1" in a form. */
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

/** Parses an argument that is JSON text in a form; in a JSON body it is an array or object already. */
export function parseStructured(value: unknown): unknown {
  return typeof value === 'string' ? parseJson(value) : value;
}

/** A deep copy, so that the receiver can't change the original. */
export function copyOf<T>(value: T): T {
  return structuredClone(value);
}
