import type { ServerResponse } from 'node:http';
import type { KubernetesObject } from './manifest.ts';
import { type Call, selectObjects } from './rest.ts';
import type { Change } from './store.ts';
import { table } from './table.ts';

/**
 * Streams the changes of the selected objects, one JSON document per line. A watch without a resourceVersion starts with
 * the current objects. It ends after `timeoutSeconds`, or with the connection.
 */
export function watchStream(call: Call, now: KubernetesObject[], asTable: boolean, response: ServerResponse): void {
  const { cluster, type, info } = call;
  const send = (event: Change['event'], object: KubernetesObject) => {
    const shown = asTable
      ? table(type, [object], { resourceVersion: object.metadata.resourceVersion }, Date.now())
      : object;
    response.write(`${JSON.stringify({ type: event, object: shown })}\n`);
  };
  response.flushHeaders();
  const since = info.query.get('resourceVersion') ?? '';
  if (since === '' || since === '0') for (const object of now) send('ADDED', object);
  const known = new Set(now.map(keyOf));
  const stop = cluster.store.watch(change => {
    // Whichever version of the resource it was written in.
    if (change.type.group !== type.group || change.type.plural !== type.plural) return;
    const key = keyOf(change.object);
    const found = change.event === 'DELETED' ? undefined : selectObjects(call).find(object => keyOf(object) === key);
    if (found) send(known.has(key) ? 'MODIFIED' : 'ADDED', found);
    else if (known.has(key)) send('DELETED', change.object);
    if (found) known.add(key);
    else known.delete(key);
  });
  const seconds = Number(info.query.get('timeoutSeconds') ?? 0);
  const timer = seconds > 0 ? setTimeout(() => response.end(), seconds * 1000) : undefined;
  timer?.unref();
  response.on('close', () => {
    stop();
    clearTimeout(timer);
  });
}

const keyOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;
