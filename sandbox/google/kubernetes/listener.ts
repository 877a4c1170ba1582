import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { type Authority, issueServerCertificate } from './certificates.ts';

/** An HTTPS endpoint on loopback that can refuse connections, stop answering, and change its certificate. */
export interface Listener {
  readonly port: number;
  /** Listens again on the same port. */
  start(): Promise<void>;
  /** Refuses new connections and drops open ones. */
  stop(): Promise<void>;
  /** While closed, accepts connections but never answers on them. */
  setOpen(open: boolean): void;
  /** Replaces the certificate by one that `authority` signs, and drops open connections. */
  certify(authority: Authority): Promise<void>;
}

/** Starts a listener on a free port of 127.0.0.1. */
export async function startListener(
  authority: Authority,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  let isOpen = true;

  const tls = createHttpsServer(await credentials(authority), (request, response) => {
    answer(request, response).catch(error => response.destroy(error));
  });
  // A client that does not trust the CA, or gives up, ends the connection during the handshake. That is no error here.
  tls.on('tlsClientError', () => undefined);
  // A plain TCP server in front of TLS can accept a connection and never answer on it.
  const front = createTcpServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (isOpen) tls.emit('connection', socket);
  });
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      front.once('error', reject);
      front.listen(port, '127.0.0.1', () => {
        front.removeListener('error', reject);
        resolve();
      });
    });

  await listen(0);
  const address = front.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    start: async () => {
      if (!front.listening) await listen(port);
    },
    stop: () =>
      new Promise(resolve => {
        if (front.listening) front.close(() => resolve());
        else resolve();
        drop();
      }),
    setOpen(open) {
      isOpen = open;
      drop();
    },
    async certify(next) {
      tls.setSecureContext(await credentials(next));
      drop();
    },
  };
}

async function credentials(authority: Authority): Promise<{ cert: string; key: string }> {
  const { certificate, privateKey } = await issueServerCertificate(authority);
  return { cert: certificate, key: privateKey };
}
