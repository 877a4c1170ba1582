import type { AddressInfo } from 'node:net';
import { Cloud } from './cloud.ts';
import { createGoogleServer } from './server.ts';
import type { World } from './world.ts';

export type GoogleOptions = {
  world: World;
  /** The worlds that `POST /_sandbox/world` can load, by name. */
  worlds?: { [name: string]: () => World };
  /** 0 takes a free port. */
  port?: number;
  /** Milliseconds by which every answer is delayed. */
  latency?: number;
};

export type Google = {
  /** `http://127.0.0.1:PORT/`, the form of gcloud's endpoint overrides. */
  url: string;
  cloud: Cloud;
  close(): Promise<void>;
};

/** Starts the simulated Google Cloud on a loopback port, with the API servers of its clusters. */
export async function startGoogle(options: GoogleOptions): Promise<Google> {
  const cloud = new Cloud(options.world, options.latency ?? 0);
  await cloud.apiServers.start();
  const server = createGoogleServer(cloud, options.worlds ?? {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    cloud,
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await cloud.close();
    },
  };
}
