import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455, section 1.3: what both sides append to the key of the handshake. */
const handshakeGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcode = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;
const maxMessageBytes = 16 * 1024 * 1024;

type Frame = { final: boolean; opcode: number; payload: Buffer; size: number };

/** What the owner of a connection wants to hear of. */
export type WebSocketEvents = {
  text(message: string): void;
  close(code: number): void;
};

/** One accepted WebSocket, server side: text messages, pings, and an orderly or a sudden end. */
export type WebSocketConnection = {
  send(text: string): void;
  ping(data?: string): void;
  /** Starts the closing handshake; the socket ends when the client has answered. */
  close(code?: number, reason?: string): void;
  /** Cuts the TCP connection without a word. */
  destroy(): void;
  readonly open: boolean;
};

/**
 * Answers an upgrade request and serves the socket as a WebSocket (RFC 6455).
 * Returns undefined, with the socket refused, where the request is no WebSocket handshake.
 */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  events: WebSocketEvents,
): WebSocketConnection | undefined {
  const key = request.headers['sec-websocket-key'];
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined) {
    refuseUpgrade(socket, 400, 'Bad Request');
    return undefined;
  }
  const accept = createHash('sha1')
    .update(key + handshakeGuid)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  return serve(socket, head, events);
}

/** Ends an upgrade request with a plain HTTP status. */
export function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function serve(socket: Duplex, head: Buffer, events: WebSocketEvents): WebSocketConnection {
  let pending: Buffer = Buffer.alloc(0);
  let fragments: Buffer[] = [];
  let closeSent = false;
  let ended = false;

  const write = (code: number, payload: Buffer) => {
    if (!ended && socket.writable) socket.write(frame(code, payload));
  };
  const end = (code: number) => {
    if (ended) return;
    ended = true;
    events.close(code);
  };
  const close = (code = 1000, reason = '') => {
    if (closeSent || ended) return;
    closeSent = true;
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    payload.writeUInt16BE(code, 0);
    payload.write(reason, 2);
    write(opcode.close, payload);
  };
  const fail = (code: number) => {
    close(code);
    socket.end();
    end(code);
  };

  const handle = (received: Frame) => {
    switch (received.opcode) {
      case opcode.ping:
        return write(opcode.pong, received.payload);
      case opcode.pong:
        return;
      case opcode.close: {
        const code = received.payload.length >= 2 ? received.payload.readUInt16BE(0) : 1005;
        close(code === 1005 ? 1000 : code);
        socket.end();
        return end(code);
      }
      case opcode.text:
      case opcode.continuation:
        fragments.push(received.payload);
        if (!received.final) return;
        events.text(Buffer.concat(fragments).toString('utf8'));
        fragments = [];
        return;
      default:
        return fail(1003);
    }
  };

  const receive = (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (!ended) {
      const next = readFrame(pending);
      if (next === 'unmasked') return fail(1002);
      if (next === 'too big') return fail(1009);
      if (next === undefined) return;
      pending = pending.subarray(next.size);
      handle(next);
    }
  };

  if (head.length > 0) socket.unshift(head);
  socket.on('data', receive);
  socket.on('error', () => end(1006));
  // HTTP sockets stay half open: a client that was killed would seem connected.
  socket.on('end', () => socket.destroy());
  socket.on('close', () => end(1006));

  return {
    send: text => write(opcode.text, Buffer.from(text)),
    ping: (data = '') => write(opcode.ping, Buffer.from(data)),
    close,
    destroy: () => {
      socket.destroy();
      end(1006);
    },
    get open() {
      return !ended && !closeSent;
    },
  };
}

/** RFC 6455, section 5.2: a whole unfragmented server frame (never masked). */
function frame(code: number, payload: Buffer): Buffer {
  const length = payload.length;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = 0x80 | code;
  if (length < 126) {
    header[1] = length;
  } else if (length < 65_536) {
    header[1] = 126;
    header.writeUInt16BE(length, 2);
  } else {
    header[1] = 127;
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, payload]);
}

/** The first frame in `buffer`, or undefined while it is incomplete. Clients must mask (section 5.1). */
function readFrame(buffer: Buffer): Frame | 'unmasked' | 'too big' | undefined {
  if (buffer.length < 2) return undefined;
  const first = buffer.readUInt8(0);
  const second = buffer.readUInt8(1);
  if ((second & 0x80) === 0) return 'unmasked';
  const short = second & 0x7f;
  const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
  const maskAt = 2 + lengthBytes;
  if (buffer.length < maskAt + 4) return undefined;
  const length =
    lengthBytes === 0 ? short : lengthBytes === 2 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
  if (length > maxMessageBytes) return 'too big';
  const start = maskAt + 4;
  if (buffer.length < start + length) return undefined;
  const mask = buffer.subarray(maskAt, start);
  const payload = Buffer.from(buffer.subarray(start, start + length));
  for (let i = 0; i < length; i += 1) payload.writeUInt8(payload.readUInt8(i) ^ mask.readUInt8(i % 4), i);
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload, size: start + length };
}
