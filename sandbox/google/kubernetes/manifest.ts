/** A JSON object with unchecked fields. */
export type Json = { [field: string]: unknown };

/** `metadata` of an object. Only the fields that the server reads are typed. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  [field: string]: unknown;
}

/** A manifest as kubectl would print it with `-o json`. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether `value` has apiVersion, kind and metadata, as every stored object does. */
export function isManifest(value: unknown): value is KubernetesObject {
  return (
    isJson(value) && typeof value.apiVersion === 'string' && typeof value.kind === 'string' && isJson(value.metadata)
  );
}

/** The value under a path of field names, or undefined where a step is missing. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce((current, field) => (isJson(current) ? current[field] : undefined), value);
}

export function textAt(value: unknown, ...path: string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function listAt(value: unknown, ...path: string[]): unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, ...path: string[]): string[] {
  return listAt(value, ...path).filter(item => typeof item === 'string');
}

/** The string-valued fields of a map such as `labels` or `matchLabels`. */
export function mapAt(value: unknown, ...path: string[]): Record<string, string> {
  const found = at(value, ...path);
  if (!isJson(found)) return {};
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
