/** Connections that go nowhere, to rehearse with: what a first request makes Node load and compile is there before anybody waits. */
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';

/** `tcpmux`, which no machine has. */
const NOBODYS_PORT = 1;

/** Answers every request with this, as JSON. */
export function agentToNowhere(protocol: 'http:' | 'https:', answer: object): http.Agent {
  const body = JSON.stringify(answer);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const agent = protocol === 'http:' ? new http.Agent() : new https.Agent();
  agent.createConnection = () => connectionToNowhere(head + body);
  return agent;
}

/** The first socket of a process costs 8 ms: it is made here, for an address where nobody listens. */
export function connectToNobody(): Promise<void> {
  const socket = connect(NOBODYS_PORT, '127.0.0.1');
  return new Promise(resolve => {
    const enough = () => {
      socket.destroy();
      resolve();
    };
    for (const event of ['error', 'connect', 'timeout']) socket.once(event, enough);
    // A firewall may swallow it: the program starts all the same.
    socket.setTimeout(50);
  });
}

/** A connection at whose other end somebody says this to whatever is sent. */
export function connectionToNowhere(says: string): Duplex {
  return new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      this.push(says);
      done();
    },
  });
}
