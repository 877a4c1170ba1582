/** Stands between a process and Redis, and holds it at a step: the command that it sends there goes no further, or its answer. */
import { once } from 'node:events';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';

export interface HoldAt {
  /** Found in what is sent to Redis (its wire format, so `\r\n` between arguments). */
  readonly command: RegExp;
  /** `before`: Redis never gets the command. `after`: Redis carries it out and the answer is lost. */
  readonly when: 'before' | 'after';
  /** Commands with one of these in them pass. */
  readonly unless?: readonly string[];
}

interface Hold extends HoldAt {
  readonly reached: () => void;
}

export class RedisProxy {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #holds: Hold[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(redisUrl: string): Promise<RedisProxy> {
    const target = Number(new URL(redisUrl).port);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const proxy = new RedisProxy(server, address.port);
    server.on('connection', client => proxy.#serve(client, dial(target, '127.0.0.1')));
    return proxy;
  }

  /** Holds the next connection that sends such a command, for good. Resolves once it is held. */
  hold(at: HoldAt): Promise<void> {
    return new Promise(reached => this.#holds.push({ ...at, reached }));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(client: Socket, redis: Socket): void {
    let held: Hold | undefined;
    let piece = '';
    for (const [one, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', chunk => {
      if (held) return;
      const sent = piece + chunk.toString('latin1');
      held = this.#take(sent);
      // A command may arrive in pieces; a whole one is forgotten.
      piece = sent.endsWith('\r\n') ? '' : sent;
      if (held?.when === 'before') held.reached();
      else redis.write(chunk);
    });
    redis.on('data', chunk => {
      if (held) held.reached();
      else client.write(chunk);
    });
  }

  #take(sent: string): Hold | undefined {
    const commands = sent.split(/(?=\*\d+\r\n\$\d)/);
    const hold = this.#holds.find(({ command, unless = [] }) =>
      commands.some(one => command.test(one) && !unless.some(text => one.includes(text))),
    );
    this.#holds = this.#holds.filter(other => other !== hold);
    return hold;
  }
}
