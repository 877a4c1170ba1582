/**
 * A CONNECT proxy as a process of its own (RFC 9110, section 9.3.6). Hosts given as arguments (`name=port`) are on this machine,
 * whatever the resolver says of them. It prints its port, then each target that it was asked for, one a line.
 */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

const ports = new Map(process.argv.slice(2).map(argument => argument.split('=') as [string, string]));

const server = createServer((_, response) => response.writeHead(501).end());
server.on('connect', (request, client, head) => {
  const target = request.url ?? '';
  process.stdout.write(`${target}\n`);
  const { hostname, port } = new URL(`http://${target}`);
  const known = ports.get(hostname);
  const upstream = connect(Number(known ?? (port || 80)), known ? '127.0.0.1' : hostname, () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
  });
  for (const socket of [client, upstream]) {
    socket.on('error', () => {
      client.destroy();
      upstream.destroy();
    });
  }
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
