import type { ServerResponse } from 'node:http';
import { isVisibleTo } from './state.ts';
import type { World } from './world.ts';

/** The open Server-Sent Events streams of the page: one `change` event for each change that the person can see. */
export class EventStreams {
  private readonly open = new Set<ServerResponse>();
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** Serves one stream until the browser closes it. */
  serve(response: ServerResponse, user: string): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    });
    response.write(': connected\n\n');
    this.open.add(response);
    const stop = this.world.workspace.onChange(change => {
      if (isVisibleTo(this.world, user, change)) response.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
    });
    response.on('close', () => {
      stop();
      this.open.delete(response);
    });
  }

  close(): void {
    for (const response of this.open) response.end();
  }
}
