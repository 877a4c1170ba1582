/** The HTTP requests that reach the simulated Slack, Google and API servers, which run in this process, as they came. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** Enough to send it again. */
export interface RawRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const CHANNEL = 'http.server.request.start';
const KEPT = ['authorization', 'content-type', 'accept', 'accept-encoding'];

/** Every request that comes while the work is under way, in the order in which they ended. */
export async function recorded(work: () => Promise<unknown>): Promise<RawRequest[]> {
  const requests: RawRequest[] = [];
  const listen = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    const { socket, method = 'GET', headers, url = '/' } = request;
    if (url.startsWith('/_sandbox')) return;
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const kept = KEPT.flatMap(name => (typeof headers[name] === 'string' ? [[name, headers[name]]] : []));
      const scheme = 'encrypted' in socket ? 'https' : 'http';
      requests.push({
        url: `${scheme}://127.0.0.1:${socket.localPort}${url}`,
        method,
        headers: Object.fromEntries(kept),
        body: Buffer.concat(chunks).toString(),
      });
    });
  };
  subscribe(CHANNEL, listen);
  await work().finally(() => unsubscribe(CHANNEL, listen));
  return requests;
}
