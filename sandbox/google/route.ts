import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from './clock.ts';
import { GoogleError } from './errors.ts';
import type { Resource } from './iam/evaluate.ts';
import type { JsonObject, World } from './world.ts';

/** One call as a service sees it. */
export type Call = {
  world: World;
  clock: Clock;
  /** Named parts of the path, decoded. */
  params: { [name: string]: string };
  query: URLSearchParams;
  body: JsonObject;
  headers: IncomingHttpHeaders;
  /** Email of who calls; empty where the route is open. */
  caller: string;
  /** `http://127.0.0.1:PORT/` */
  baseUrl: string;
  /** Whether the caller holds a permission on a resource; false where there is no such resource. */
  may(permission: string, resource: Resource | undefined, modifiedRoles?: string[] | 'unsupported'): boolean;
};

/** An answer that is JSON text already: large lists are kept as text. */
export class JsonText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Route = {
  /** Name of the API, for example `container.googleapis.com`. */
  service: string;
  /** Method id of Google's discovery document, without the service's name. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `{name}` stands for one segment, `{name*}` for any number; `a|b` for either. */
  path: string;
  /** Needs no credentials and ignores them. */
  open?: boolean;
  /** Credentials are optional: a caller without any has the rights of `allUsers`. */
  anonymous?: boolean;
  handle(call: Call): JsonObject | JsonText | Promise<JsonObject>;
};

/** A param of the call's path. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

export type Page = { items: JsonObject[]; nextPageToken?: string };

/**
 * One page of a list, by `pageSize` and `pageToken` of the query or the body.
 * @throws GoogleError for a page token that this list never gave.
 */
export function page(call: Call, items: JsonObject[], limits: { default: number; max: number }): Page {
  const read = (name: string): string => String(call.query.get(name) ?? call.body[name] ?? '');
  const size = Math.min(Number(read('pageSize')) || limits.default, limits.max);
  const token = read('pageToken');
  const start = token === '' ? 0 : Number(Buffer.from(token, 'base64url').toString().replace('page:', ''));
  if (!Number.isInteger(start) || start < 0) throw new GoogleError('INVALID_ARGUMENT', 'Invalid page token.');
  const shown = items.slice(start, start + size);
  if (start + size >= items.length) return { items: shown };
  return { items: shown, nextPageToken: Buffer.from(`page:${start + size}`).toString('base64url') };
}

/** A list as Google's APIs answer it: an empty list has no key at all. */
export function listResponse(key: string, { items, nextPageToken }: Page): JsonObject {
  return { ...(items.length > 0 && { [key]: items }), ...(nextPageToken && { nextPageToken }) };
}
