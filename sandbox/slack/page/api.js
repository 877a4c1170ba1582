// The client of the simulated workspace's own interface below /_sandbox/slack/.

const BASE = new URL('/_sandbox/slack/', location.href);

/** An answer with an error. `code` is Slack's error code, `body` the whole answer. */
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

/** Reads the workspace as `user` sees it. Without `user` the server chooses a person. */
export const fetchState = user => request(user ? `state?user=${encodeURIComponent(user)}` : 'state');

/** Calls `command`, `message`, `action`, `options`, `submit`, `close`, `shortcut` or `home`. Throws {@link ApiError}. */
export const post = (method, body) =>
  request(method, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/**
 * Listens for changes that `user` can see. `onOpen` is called for every connection; changes may have been missed before
 * it. Returns a function that stops listening.
 */
export function listenForChanges(user, { onChange, onOpen, onLost }) {
  const events = new EventSource(new URL(`events?user=${encodeURIComponent(user)}`, BASE));
  events.addEventListener('open', onOpen);
  events.addEventListener('error', onLost);
  events.addEventListener('change', event => onChange(JSON.parse(event.data)));
  return () => events.close();
}
