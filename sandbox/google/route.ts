import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from './clock.ts';
import { GoogleError } from './errors.ts';
import type { Resource } from './iam/evaluate.ts';
import type { JsonObject, World } from './world.ts';

/** One call, as the handler of a route gets it. */
export type Call = {
  world: World;
  clock: Clock;
  /** Named parts of the path, decoded. */
  params: { [name: string]: string };
  query: URLSearchParams;
  body: JsonObject;
  headers: IncomingHttpHeaders;
  /** Email of the caller; empty for a route without authentication. */
  caller: string;
  /** `http://127.0.0.1:PORT/` */
  baseUrl: string;
  /** Whether the caller has a permission on a resource; false where the resource does not exist. */
  may(permission: string, resource: Resource | undefined, modifiedRoles?: string[] | 'unsupported'): boolean;
};

/** An answer that is already JSON text. Large lists are cached in this form. */
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
  /** The route needs no credentials, and ignores them. */
  open?: boolean;
  /** Credentials are optional: a caller without any has the rights of `allUsers`. */
  anonymous?: boolean;
  handle(call: Call): JsonObject | JsonText | Promise<JsonObject>;
};

/** A path parameter of the call. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

export type Page = { items: JsonObject[]; nextPageToken?: string };

/**
 * One page of a list, by `pageSize` and `pageToken` of the query or the body.
 * @throws GoogleError for an unknown page token.
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

/** A list response. As in Google's APIs, an empty list has no key. */
export function listResponse(key: string, { items, nextPageToken }: Page): JsonObject {
  return { ...(items.length > 0 && { [key]: items }), ...(nextPageToken && { nextPageToken }) };
}
