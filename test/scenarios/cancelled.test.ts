/** A diagnosis that is called off while Google makes it wait ends as one error, and leaves nothing behind that fails later. */
import { expect, test } from 'vitest';
import defaultScenario from '../../sandbox/scenarios/default.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { scan } from '../../src/diagnosis/scan.ts';
import { startPlace } from '../cli/program.ts';
import { until } from '../system/until.ts';

test.each(['diagnose', 'scan'])('%s', async verb => {
  await using place = await startPlace(defaultScenario.world());
  const fault = place.google.cloud.faults.add({ path: '.', status: 503, headers: { 'retry-after': '20' } });
  const loose: unknown[] = [];
  const note = (reason: unknown) => loose.push(reason);
  process.on('unhandledRejection', note);
  const stop = new AbortController();
  try {
    const session = await openSession({ env: place.env, signal: stop.signal, scan: verb === 'scan' });
    const projects = ['sandbox-1'];
    const work =
      verb === 'scan'
        ? scan({ projects, session, language: 'en' })
        : diagnose({ id: 'x', request: { cluster: 'cluster-x', projects }, session, language: 'en' });
    const ended = expect(work).rejects.toThrow('enough');
    await until('every first call has met the fault', () => fault.hits >= 3);
    stop.abort(new Error('enough'));
    await ended;
    await new Promise(resolve => setImmediate(resolve));
    expect(loose).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
