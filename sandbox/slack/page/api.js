// The page's side of the simulated workspace's own interface, under /_sandbox/slack/.

const BASE = new URL('/_sandbox/slack/', location.href);

/** An answer that says no. `code` is Slack's error; `body` the whole answer. */
export class ApiError extends Error {
  constructor(code, body = {}) {
    super(code);
    this.code = code;
    this.body = body;
  }
}

async function request(path, init) {
  let response;
  try {
    response = await fetch(new URL(path, BASE), init);
  } catch {
    throw new ApiError('no_connection');
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok || body.ok === false) throw new ApiError(body.error ?? `http_${response.status}`, body);
  return body;
}

/** Reads the workspace as `user` sees it; the server picks someone where `user` is undefined. */
export const fetchState = user => request(user ? `state?user=${encodeURIComponent(user)}` : 'state');

/** Calls `command`, `message`, `action`, `options`, `submit`, `close`, `shortcut` or `home`. Throws {@link ApiError}. */
export const post = (method, body) =>
  request(method, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/**
 * Listens to what changes for `user`. `onOpen` is called at every connection, also after an interruption, when changes
 * may have been missed. Returns a function that stops.
 */
export function listenForChanges(user, { onChange, onOpen, onLost }) {
  const events = new EventSource(new URL(`events?user=${encodeURIComponent(user)}`, BASE));
  events.addEventListener('open', onOpen);
  events.addEventListener('error', onLost);
  events.addEventListener('change', event => onChange(JSON.parse(event.data)));
  return () => events.close();
}
