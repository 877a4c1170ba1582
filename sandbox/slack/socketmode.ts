import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { type Ack, ackMs, type DeliveryType, type Retry, type Transport } from './delivery.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import { app } from './people.ts';
import type { Switches } from './switches.ts';

/** https://docs.slack.dev/apis/events-api/using-socket-mode: an app may have up to ten connections. */
const maxConnections = 10;
const maxMessageBytes = 16 * 1024 * 1024;
const ticketMs = 30_000;
const pingMs = 5_000;
const warningMs = 10_000;
const closingMs = 300;
/** RFC 6455, section 7.4.1: data of a kind that this side does not accept. */
const unsupportedData = 1003;

export const disconnectReasons = ['warning', 'refresh_requested', 'link_disabled', 'too_many_websockets'] as const;
export type DisconnectReason = (typeof disconnectReasons)[number];

type Pending = { settle(ack: Ack): void; timer: NodeJS.Timeout };

/** Socket Mode: tickets of apps.connections.open, connections, envelopes and their acknowledgements. */
export class SocketMode implements Transport {
  readonly connections: WebSocket[] = [];
  /** The envelopes that were sent; for tests. */
  readonly sent: { envelope_id: string; type: DeliveryType }[] = [];
  private readonly tickets = new Map<string, number>();
  private readonly pending = new Map<string, Pending>();
  private readonly pings: NodeJS.Timeout;
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  private readonly now: () => number;
  private readonly switches: Switches;
  private next = 0;

  constructor(now: () => number, switches: Switches) {
    this.now = now;
    this.switches = switches;
    this.pings = setInterval(() => {
      for (const connection of this.connections) connection.ping(`Ping from sandbox (${now()})`);
    }, pingMs);
    this.pings.unref();
  }

  get connected(): boolean {
    return this.connections.length > 0;
  }

  /** Issues a ticket. Returns path and query of a WebSocket URL that is valid for one connection. */
  ticket(): string {
    const ticket = randomBytes(12).toString('hex');
    this.tickets.set(ticket, this.now() + ticketMs);
    return `/link/?ticket=${ticket}&app_id=${app.id}`;
  }

  /** Answers an upgrade request: 401 without a valid ticket, else a WebSocket connection. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const ticket = url.searchParams.get('ticket') ?? '';
    const expires = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    if (expires === undefined || expires < this.now()) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.server.handleUpgrade(request, socket, head, connection => this.accept(connection));
  }

  private accept(connection: WebSocket): void {
    connection.on('message', (data, isBinary) => {
      if (isBinary) connection.close(unsupportedData);
      else this.received(data.toString());
    });
    connection.on('close', () => this.forget(connection));
    // An invalid frame or a broken connection. `close` follows.
    connection.on('error', () => {});
    if (this.connections.length >= maxConnections) {
      this.refuse(connection, 'too_many_websockets');
      return;
    }
    this.connections.push(connection);
    connection.send(JSON.stringify(this.hello()));
    connection.ping('Ping from sandbox');
  }

  deliver(type: DeliveryType, payload: JsonObject, retry?: Retry): Promise<Ack> {
    const targets = this.targets();
    if (targets.length === 0) return Promise.resolve({ ok: false, error: 'dispatch_failed' });
    const envelope = {
      envelope_id: randomUUID(),
      type,
      payload,
      accepts_response_payload: type !== 'events_api',
      ...(retry ? { retry_attempt: retry.attempt, retry_reason: retry.reason } : {}),
    };
    this.sent.push({ envelope_id: envelope.envelope_id, type });
    return new Promise(resolve => {
      const settle = (ack: Ack) => {
        clearTimeout(timer);
        this.pending.delete(envelope.envelope_id);
        resolve(ack);
      };
      const timer = setTimeout(() => settle({ ok: false, error: 'operation_timeout' }), ackMs);
      this.pending.set(envelope.envelope_id, { settle, timer });
      for (const connection of targets) connection.send(JSON.stringify(envelope));
    });
  }

  /**
   * Sends a disconnect message to all connections, or to the one with this index. After `warning` the connection stays
   * open for ten seconds, after the others it is closed. `drop` closes the TCP connection without a message or a closing
   * handshake. Returns the number of connections.
   */
  disconnect(reason: DisconnectReason | 'drop', index?: number): number {
    const told = index === undefined ? [...this.connections] : this.connections.slice(index, index + 1);
    for (const connection of told) {
      if (reason === 'drop') this.drop(connection);
      else this.refuse(connection, reason);
    }
    return told.length;
  }

  /** Closes all connections and stops all timers. A client that does not answer the closing handshake is disconnected. */
  async close(): Promise<void> {
    clearInterval(this.pings);
    const open = [...this.connections];
    for (const connection of open) connection.close(1001);
    for (let waited = 0; this.connected && waited < closingMs; waited += 10) await delay(10);
    for (const connection of this.server.clients) connection.terminate();
    for (const { settle } of [...this.pending.values()]) settle({ ok: false, error: 'dispatch_failed' });
    this.tickets.clear();
  }

  private refuse(connection: WebSocket, reason: DisconnectReason): void {
    connection.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));
    if (reason === 'warning') setTimeout(() => connection.close(1000), warningMs).unref();
    else connection.close(1000);
  }

  private hello(): JsonObject {
    return {
      type: 'hello',
      num_connections: this.connections.length,
      connection_info: { app_id: app.id },
      debug_info: { host: 'sandbox', approximate_connection_time: 18_060 },
    };
  }

  private targets(): WebSocket[] {
    const open = this.connections.filter(({ readyState }) => readyState === WebSocket.OPEN);
    if (this.switches.everyConnection) return open;
    this.next += 1;
    return open.length === 0 ? [] : open.slice(this.next % open.length, (this.next % open.length) + 1);
  }

  private received(text: string): void {
    const message = parseJson(text);
    if (!isObject(message) || typeof message.envelope_id !== 'string') return;
    this.pending.get(message.envelope_id)?.settle({ ok: true, payload: message.payload });
  }

  private drop(connection: WebSocket): void {
    connection.terminate();
    this.forget(connection);
  }

  private forget(connection: WebSocket): void {
    const index = this.connections.indexOf(connection);
    if (index >= 0) this.connections.splice(index, 1);
  }
}
