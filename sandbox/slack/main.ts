import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { cookieOf, hasToken, isFromBrowser, refusalOf, TOKEN_NEEDED } from '../guard.ts';
import { controlRoutes, type Route } from './control.ts';
import { EventStreams } from './events.ts';
import { type Answer, json, readArguments, readBody, readForm, send } from './http.ts';
import { loadOptions, performAction } from './interactions/actions.ts';
import { openHome, runShortcut, sendCommand, sendMessage } from './interactions/commands.ts';
import { closeView, submitView } from './interactions/modals.ts';
import { textOf } from './json.ts';
import { defaultManifest, readManifest } from './manifest.ts';
import { SlackError } from './methods/method.ts';
import { ids } from './people.ts';
import { answerResponseUrl } from './respond.ts';
import { type Access, accessDetails, stateFor } from './state.ts';
import { pageFile } from './static.ts';
import { answerCall, faultAnswer } from './webapi.ts';
import type { Workspace } from './workspace.ts';
import { createWorld, type World } from './world.ts';

export type SlackOptions = {
  /** 0 or absent: any free port. */
  port?: number;
  /** Milliseconds by which every Web API call is delayed. */
  latencyMs?: number;
  /** Replaces the clock of message ids, triggers, response URLs and rate limits. Milliseconds since 1970. */
  now?: () => number;
  /** The app's manifest file; `manifest.yml` of this repository by default. With null, a built-in app is installed. */
  manifest?: string | null;
  /** Browsers must open the page with this token (`/?token=…`) before anything else; programs need none. */
  pageToken?: string;
};

export type SlackSandbox = {
  /** Base URL of the Web API, with a slash at the end: SLACK_API_URL. */
  slackApi: string;
  /** The page. */
  page: string;
  slack: Access;
  /** The live state. */
  workspace: Workspace;
  /** The internal state, for tests in the same process. */
  world: World;
  close(): Promise<void>;
};

const prefix = '/_sandbox/slack/';

const peopleRoutes: Record<string, Route> = {
  'GET state': (world, body) => {
    const state = stateFor(world, textOf(body.user) ?? ids.alice);
    if (!state) throw new SlackError('user_not_found');
    return state;
  },
  'GET access': () => accessDetails(),
  'POST command': sendCommand,
  'POST message': sendMessage,
  'POST action': performAction,
  'POST options': loadOptions,
  'POST submit': submitView,
  'POST close': closeView,
  'POST shortcut': runShortcut,
  'POST home': openHome,
};

const routes: Record<string, Route> = { ...peopleRoutes, ...controlRoutes };

/** Starts a simulated Slack workspace on 127.0.0.1: Web API, Socket Mode or signed HTTP, response URLs, the page. */
export async function startSlack(options: SlackOptions = {}): Promise<SlackSandbox> {
  const file = options.manifest === undefined ? new URL('../../manifest.yml', import.meta.url) : options.manifest;
  const manifest = file === null ? structuredClone(defaultManifest) : readManifest(file);
  const world = createWorld(options.now ?? Date.now, manifest, options.latencyMs ?? 0);
  const streams = new EventStreams(world);
  const server = createServer((request, response) => {
    void serve(world, streams, options.pageToken, request, response);
  });
  server.on('upgrade', (request, socket, head) => world.socketMode.upgrade(request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  world.origin = `http://127.0.0.1:${port}`;
  return {
    slackApi: `${world.origin}/api/`,
    page: `${world.origin}/`,
    slack: accessDetails(),
    workspace: world.workspace,
    world,
    close: async () => {
      streams.close();
      world.delivery.close();
      await world.socketMode.close();
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  world: World,
  streams: EventStreams,
  pageToken: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', world.origin);
  const refused = guard(request, url, pageToken);
  if (refused) return send(request, response, refused);
  if (request.method === 'GET' && url.pathname === `${prefix}events`) {
    return streams.serve(response, url.searchParams.get('user') ?? '');
  }
  try {
    send(request, response, await answer(world, request, url));
  } catch (error) {
    if (error instanceof SlackError) {
      return send(request, response, json({ ok: false, error: error.code, ...error.more }, 400));
    }
    console.error(error);
    send(request, response, json({ ok: false, error: 'internal_error' }, 500));
  }
}

/** Slack's own interface has credentials of its own; the page and what people do in it have none. */
function guard(request: IncomingMessage, url: URL, pageToken: string | undefined): Answer | undefined {
  const ours = url.pathname.startsWith('/_sandbox/');
  const api = ['/api/', '/commands/', '/actions/', '/upload/', '/files-pri/'].some(path =>
    url.pathname.startsWith(path),
  );
  if (api) return undefined;
  const why = refusalOf(request);
  // A link on another page may lead to this one; it shows nothing and does nothing without the routes.
  const opens = !ours && request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate';
  if (why && !(opens && why === 'the request comes from another site')) {
    return json({ ok: false, error: 'refused', why }, 403);
  }
  if (pageToken === undefined || !isFromBrowser(request)) return undefined;
  const token = hasToken(request, url, pageToken);
  if (token === 'now' && !ours) {
    return { status: 303, body: '', headers: { location: '/', 'set-cookie': cookieOf(pageToken) } };
  }
  if (token) return undefined;
  return ours
    ? json({ ok: false, error: 'token_needed' }, 403)
    : { status: 403, body: TOKEN_NEEDED, type: 'text/html; charset=utf-8' };
}

async function answer(world: World, request: IncomingMessage, url: URL): Promise<Answer> {
  const path = url.pathname;
  const body = await readBody(request);
  if (path.startsWith('/upload/')) return storeUpload(world, request, path, body);
  if (path.startsWith('/files-pri/')) return sendFile(world, path);
  const args = await readArguments(request, url, body);
  if (path.startsWith('/api/')) return answerCall(world, path.slice(5), args, request.headers.authorization);
  if (path.startsWith('/commands/') || path.startsWith('/actions/')) return answerResponseUrl(world, path, args);
  if (path.startsWith(prefix)) {
    const name = `${request.method} ${path.slice(prefix.length)}`;
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    if (!route) return json({ ok: false, error: 'unknown_route', routes: Object.keys(routes) }, 404);
    return json(await route(world, args));
  }
  const page = request.method === 'GET' ? await pageFile(path) : undefined;
  return page ?? json({ ok: false, error: 'not_found' }, 404);
}

/** Stores an upload to the URL of files.getUploadURLExternal: the raw bytes, or the first file of a form. */
async function storeUpload(world: World, request: IncomingMessage, path: string, body: Buffer): Promise<Answer> {
  world.ledger.called('upload');
  const fault = world.faults.take('upload', undefined);
  if (fault) return faultAnswer(fault);
  const stored = world.workspace.files.get(path.split('/').at(-1) ?? '');
  if (!stored) return { status: 404, body: 'file_not_found' };
  const type = request.headers['content-type'] ?? '';
  const form = type.startsWith('multipart/form-data') ? await readForm(type, body) : {};
  stored.bytes = Object.values(form).find(value => Buffer.isBuffer(value)) ?? body;
  stored.file.size = stored.bytes.length;
  return { status: 200, body: `OK - ${stored.bytes.length}` };
}

function sendFile(world: World, path: string): Answer {
  const stored = world.workspace.files.get(path.split('/')[2] ?? '');
  if (!stored) return json({ ok: false, error: 'file_not_found' }, 404);
  return { status: 200, body: stored.bytes, type: stored.file.mimetype, headers: { 'cache-control': 'no-store' } };
}
