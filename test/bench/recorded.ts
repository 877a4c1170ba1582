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

export interface Recorded extends RawRequest {
  /** ms on this process's clock. */
  readonly cameAt: number;
  /** When its answer had been sent; infinite where it has none yet. */
  readonly answeredAt: number;
}

const CAME = 'http.server.request.start';
const ANSWERED = 'http.server.response.finish';
const KEPT = ['authorization', 'content-type', 'accept', 'accept-encoding'];

/** Every request that comes while the work is under way, in the order in which they ended. */
export async function recorded(work: () => Promise<unknown>): Promise<Recorded[]> {
  const requests: { raw: RawRequest; cameAt: number; of: IncomingMessage }[] = [];
  const answers = new Map<IncomingMessage, number>();
  const came = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    const { socket, method = 'GET', headers, url = '/' } = request;
    if (url.startsWith('/_sandbox')) return;
    const cameAt = performance.now();
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const kept = KEPT.flatMap(name => (typeof headers[name] === 'string' ? [[name, headers[name]]] : []));
      const scheme = 'encrypted' in socket ? 'https' : 'http';
      const raw = {
        url: `${scheme}://127.0.0.1:${socket.localPort}${url}`,
        method,
        headers: Object.fromEntries(kept),
        body: Buffer.concat(chunks).toString(),
      };
      requests.push({ raw, cameAt, of: request });
    });
  };
  const answered = (message: unknown) => {
    answers.set((message as { request: IncomingMessage }).request, performance.now());
  };
  subscribe(CAME, came);
  subscribe(ANSWERED, answered);
  await work().finally(() => {
    unsubscribe(CAME, came);
    unsubscribe(ANSWERED, answered);
  });
  return requests.map(({ raw, cameAt, of }) => ({
    ...raw,
    cameAt,
    answeredAt: answers.get(of) ?? Number.POSITIVE_INFINITY,
  }));
}
