/** A network that only a proxy leads out of: names that nothing else resolves, and certificates of a CA of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer, type Server } from 'node:tls';
import {
  type Authority,
  createAuthority,
  issueServerCertificate,
} from '../../sandbox/google/kubernetes/certificates.ts';

/** Names that the sandbox's certificates hold, and that no resolver outside of a cluster knows. */
export const SLACK_HOST = 'kubernetes.default';
export const GOOGLE_HOST = 'kubernetes.default.svc';

export interface ProxyProcess {
  readonly url: string;
  /** `HOST:PORT` of each tunnel that was asked for. */
  readonly asked: readonly string[];
  stop(): void;
}

/** `hosts`: the port on this machine where each host is. */
export async function startProxy(hosts: Readonly<Record<string, number>> = {}): Promise<ProxyProcess> {
  const file = new URL('./connect-proxy.ts', import.meta.url).pathname;
  const args = Object.entries(hosts).map(([host, port]) => `${host}=${port}`);
  const child: ChildProcess = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (!child.stdout) throw new Error('the proxy has no output');
  const lines = createInterface({ input: child.stdout });
  const [port] = (await once(lines, 'line')) as [string];
  const asked: string[] = [];
  lines.on('line', line => asked.push(line));
  return { url: `http://127.0.0.1:${port}`, asked, stop: () => void child.kill('SIGKILL') };
}

export interface TlsFront {
  readonly port: number;
  close(): void;
}

/** Speaks TLS for a server on this machine that doesn't. */
export async function startTlsFront(authority: Authority, port: number): Promise<TlsFront> {
  const { certificate: cert, privateKey: key } = await issueServerCertificate(authority);
  const server: Server = createServer({ cert, key }, socket => {
    const upstream = connect(port, '127.0.0.1');
    for (const one of [socket, upstream]) {
      one.on('error', () => {
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.pipe(upstream).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

export interface ExtraCa {
  readonly authority: Authority;
  /** For NODE_EXTRA_CA_CERTS. */
  readonly file: string;
  remove(): Promise<void>;
}

export async function createExtraCa(): Promise<ExtraCa> {
  const authority = await createAuthority();
  const folder = await mkdtemp(join(tmpdir(), 'extra-ca-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, authority.certificate);
  return { authority, file, remove: () => rm(folder, { recursive: true }) };
}
