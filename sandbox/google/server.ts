import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { refusalOf } from '../guard.ts';
import type { Cloud } from './cloud.ts';
import { handleControl, type Worlds } from './control.ts';
import { GoogleError, invalid, PlainError, serviceDisabled, unauthenticated, userProjectDenied } from './errors.ts';
import type { KnownFault } from './faults.ts';
import { select, selectorOf } from './fields.ts';
import { hierarchyResource, may } from './iam/evaluate.ts';
import { refuseByPerimeter } from './perimeter.ts';
import { type Call, JsonText, type Route } from './route.ts';
import { findRoute } from './router.ts';
import { serviceTitles } from './services/catalogue.ts';
import { consumerProject } from './services/resource-manager.ts';
import { findProject, isObject, type Json, type JsonObject } from './world.ts';

const maxBodyBytes = 16 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > maxBodyBytes) throw invalid('Request payload size exceeds the limit.');
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): JsonObject {
  if (text.trim() === '') return {};
  try {
    const value: Json = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Answered below like JSON that is not an object.
  }
  throw invalid('Invalid JSON payload received. Unexpected token.');
}

/** The fields of a JSON body or of a form; the content of an upload is ignored. */
function bodyOf(path: string, contentType: string, text: string): JsonObject {
  if (path.startsWith('/upload/')) return {};
  return /^application\/x-www-form-urlencoded/.test(contentType)
    ? Object.fromEntries(new URLSearchParams(text))
    : parseBody(text);
}

function send(response: ServerResponse, status: number, body: string, headers: { [name: string]: string } = {}): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

function pretty(body: JsonObject): string {
  return `${JSON.stringify(body, null, 2)}\n`;
}

const html =
  '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

const statusNames: { [status: number]: string } = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  412: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

function faultBody(fault: KnownFault, status: number): string {
  if (typeof fault.body === 'string') return fault.body;
  const name = statusNames[status] ?? 'UNKNOWN';
  return JSON.stringify(
    fault.body ?? { error: { code: status, message: `The service answers ${name}.`, status: name } },
  );
}

/** Sends the answer of a fault. `finish` processes the call, for faults that need the real answer. */
function sendFault(response: ServerResponse, fault: KnownFault, finish: () => Promise<Answer>): void {
  const status = fault.status ?? 503;
  switch (fault.kind) {
    case 'hang':
      return;
    case 'drop':
      response.destroy();
      return;
    case 'dropAfter':
      void finish().finally(() => response.destroy());
      return;
    case 'html':
      send(response, fault.status ?? 200, html, { 'content-type': 'text/html; charset=UTF-8', ...fault.headers });
      return;
    case 'empty':
      send(response, fault.status ?? 200, '', fault.headers);
      return;
    case 'huge':
      send(response, fault.status ?? 200, `{"padding":"${'x'.repeat(64 * 1024 * 1024)}"}`, fault.headers);
      return;
    case 'truncated':
      void finish().then(({ text }) => send(response, 200, text.slice(0, Math.floor(text.length / 2)), fault.headers));
      return;
    default:
      send(response, status, faultBody(fault, status), fault.headers);
  }
}

type Answer = { status: number; text: string };

/** Checks what Google's front end checks: credentials, quota project, and whether the consumer project enables the API. */
function checkAccess(cloud: Cloud, request: IncomingMessage, route: Route, call: Call): void {
  if (route.open) return;
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const known = Object.hasOwn(cloud.world.tokens, token) ? cloud.world.tokens[token] : undefined;
  const nobody = route.anonymous && request.headers.authorization === undefined;
  if (!nobody && (!known || known.expiresAt <= cloud.clock.now())) throw unauthenticated(route.service, route.id);
  call.caller = known?.email ?? '';
  const quotaProject = request.headers['x-goog-user-project'];
  if (typeof quotaProject === 'string' && quotaProject !== '') {
    const resource = hierarchyResource(cloud.world, `projects/${quotaProject}`);
    if (!call.may('serviceusage.services.use', resource)) throw userProjectDenied(route.service, quotaProject);
  }
  const consumer = findProject(cloud.world, String(quotaProject ?? '')) ?? consumerProject(call);
  if (consumer && consumer.services[route.service] !== 'ENABLED') {
    throw serviceDisabled(route.service, serviceTitles[route.service] ?? route.service, consumer.projectNumber);
  }
  refuseByPerimeter(call, route, consumerProject(call));
}

async function answer(cloud: Cloud, request: IncomingMessage, route: Route, call: Call): Promise<Answer> {
  try {
    cloud.completeDueOperations();
    checkAccess(cloud, request, route, call);
    const result = await route.handle(call);
    // A route that answers with JSON text has applied the selector itself.
    if (result instanceof JsonText) return { status: 200, text: result.text };
    const selector = selectorOf(call);
    return { status: 200, text: pretty(selector ? select(result, selector) : result) };
  } catch (error) {
    if (error instanceof GoogleError || error instanceof PlainError)
      return { status: error.code, text: pretty(error.body()) };
    throw error;
  }
}

async function serve(cloud: Cloud, worlds: Worlds, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/';
  const [path = '/', search = ''] = url.split('?', 2);
  if (path.startsWith('/_sandbox')) {
    const why = refusalOf(request);
    if (why) return send(response, 403, pretty({ error: `refused: ${why}` }));
    const { status, body } = await handleControl(
      { cloud, worlds },
      request.method ?? 'GET',
      path,
      parseBody(await readBody(request)),
    );
    send(response, status, pretty(body));
    return;
  }
  const matched = findRoute(request.method ?? 'GET', path);
  const service = matched?.route.service.replace('.googleapis.com', '') ?? 'unknown';
  const recorded = {
    at: new Date(cloud.clock.now()).toISOString(),
    service,
    method: request.method ?? 'GET',
    path: url,
    caller: '',
    status: 0,
  };
  cloud.record(recorded);
  const text = await readBody(request);
  const fault = cloud.faults.take({ service, method: recorded.method, url });
  const delay = fault?.delay ?? cloud.latency;
  if (delay > 0) await new Promise(resolve => setTimeout(resolve, delay));
  if (!matched) {
    recorded.status = 501;
    send(
      response,
      501,
      pretty(new GoogleError('UNIMPLEMENTED', `The sandbox has no route ${recorded.method} ${path}.`).body()),
    );
    return;
  }
  const call: Call = {
    world: cloud.world,
    clock: cloud.clock,
    params: matched.params,
    query: new URLSearchParams(search),
    body: {},
    headers: request.headers,
    caller: '',
    baseUrl: `http://${request.headers.host ?? '127.0.0.1'}/`,
    may: (permission, resource, modifiedGrantsByRole) =>
      resource !== undefined &&
      may(cloud.world, call.caller, permission, resource, {
        time: cloud.clock.now(),
        ...(modifiedGrantsByRole && { modifiedGrantsByRole }),
      }),
  };
  const finish = async (): Promise<Answer> => {
    call.body = bodyOf(path, request.headers['content-type'] ?? '', text);
    const result = await answer(cloud, request, matched.route, call);
    recorded.caller = call.caller;
    recorded.status = result.status;
    return result;
  };
  if (fault && (fault.kind !== undefined || fault.status !== undefined || fault.body !== undefined)) {
    recorded.status = fault.status ?? 0;
    sendFault(response, fault, finish);
    return;
  }
  const { status, text: body } = await finish();
  send(
    response,
    status,
    body,
    status === 401 ? { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' } : {},
  );
}

/** The HTTP server of a simulated cloud: Google's APIs on all paths, the control routes below `/_sandbox/`. */
export function createGoogleServer(cloud: Cloud, worlds: Worlds): Server {
  const server = createServer((request, response) => {
    serve(cloud, worlds, request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return;
      const wrong =
        error instanceof GoogleError ? error : new GoogleError('INTERNAL', `The sandbox failed: ${String(error)}`);
      send(response, wrong.code, pretty(wrong.body()));
    });
  });
  server.keepAliveTimeout = 60_000;
  return server;
}
