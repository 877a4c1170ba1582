import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { anonymous, authenticateRequest, type Identity, impersonate } from './authentication.ts';
import { type Authorizer, type Caller, denial } from './authorizer.ts';
import type { Cluster } from './cluster.ts';
import { discover } from './discovery.ts';
import { at, type Json } from './manifest.ts';
import { parseRequest, type RequestInfo } from './requestInfo.ts';
import { type Answer, type Call, handleResourceCall, selectObjects } from './rest.ts';
import { failureStatus, noSuchPath, StatusError, unauthorized } from './status.ts';
import { table, wantsTable } from './table.ts';
import { watchStream } from './watch.ts';

export interface HandlerOptions {
  cluster: Cluster;
  authorizer: Authorizer;
  version: string;
  authenticate(token: string): Identity | undefined;
  hasIamPermission(email: string, permission: string): boolean;
}

/** The endpoint that received a request. At the DNS endpoint Google's front end checks IAM first. */
export type Endpoint = 'ip' | 'dns';

export interface ApiRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  endpoint: Endpoint;
  /** Called with the user name, once it is known. */
  record(user: string): void;
}

export interface Reply {
  code: number;
  body: Json | string;
  contentType?: string;
  warning?: string;
  /** Streams the answer, in place of `body`. */
  stream?(response: ServerResponse): void;
}

/** Handles requests: authentication, authorization, then the call itself. An error becomes a Status. */
export function createHandler(options: HandlerOptions): (request: ApiRequest) => Reply {
  return request => {
    try {
      return handle(options, request);
    } catch (error) {
      const known =
        error instanceof StatusError ? error : new StatusError(500, 'InternalError', `the sandbox failed: ${error}`);
      return { code: known.code, body: failureStatus(known) };
    }
  };
}

function handle(options: HandlerOptions, request: ApiRequest): Reply {
  const { authorizer, cluster, version } = options;
  const info = parseRequest(request.method, request.path);
  const authenticatedCaller = callerOf(options, request, info);
  if (request.endpoint === 'dns' && !mayConnect(options, authenticatedCaller)) return forbiddenPage;
  const caller = impersonate(authenticatedCaller, request.headers, authorizer);
  const { allowed, reason } = authorizer.decide(caller, info);
  if (!allowed) throw denial(caller, info, reason);
  const accept = request.headers.accept ?? '';
  if (info.path !== undefined) {
    if (['/healthz', '/livez', '/readyz'].includes(info.path))
      return { code: 200, body: 'ok', contentType: 'text/plain' };
    const found = discover(info.path, accept, cluster.types(), version);
    if (found === undefined) throw noSuchPath();
    return { code: 200, ...found };
  }
  const type = cluster.type(info.group, info.resource, info.version);
  if (type === undefined) throw noSuchPath();
  const contentType = (request.headers['content-type'] ?? '').split(';')[0] ?? '';
  const call: Call = { cluster, authorizer, caller, info, type, contentType, body: request.body };
  if (info.verb === 'watch') {
    const objects = selectObjects(call);
    return { code: 200, body: '', stream: response => watchStream(call, objects, wantsTable(accept), response) };
  }
  return { warning: type.warning, ...shown(handleResourceCall(call), call, accept) };
}

function callerOf(options: HandlerOptions, request: ApiRequest, info: RequestInfo): Caller {
  const caller = authenticateRequest(request.headers, options.authenticate);
  if (caller !== undefined) {
    request.record(caller.name);
    return caller;
  }
  const withoutToken = request.headers.authorization === undefined;
  if (withoutToken && options.authorizer.rbac(anonymous, info).allowed) return anonymous;
  throw unauthorized();
}

function mayConnect({ hasIamPermission }: HandlerOptions, { account }: Caller): boolean {
  return account !== undefined && hasIamPermission(account, 'container.clusters.connect');
}

/** The page with which Google's front end rejects a request to the DNS endpoint. */
export const forbiddenPage: Reply = {
  code: 403,
  contentType: 'text/html; charset=UTF-8',
  body: `<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <title>Error 403 (Forbidden)!!1</title>
  <p><b>403.</b> <ins>That’s an error.</ins>
  <p>Your client does not have permission to get URL from this server.  <ins>That’s all we know.</ins>
`,
};

function shown(answer: Answer, { type }: Call, accept: string): Reply {
  if (answer.items === undefined || !wantsTable(accept)) return { code: answer.code, body: answer.body };
  const isList = at(answer.body, 'items') !== undefined;
  const metadata = isList ? answer.body.metadata : { resourceVersion: at(answer.body, 'metadata', 'resourceVersion') };
  return { code: answer.code, body: table(type, answer.items, metadata, Date.now()) };
}
