/** What a profile says of a process. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { profiled, sentence } from './profile.ts';

const node = (id: number, functionName: string, url = '') => ({ id, callFrame: { functionName, url } });

test('by whose code it is, the dearest first, without the time that is waited', () => {
  const nodes = [
    node(1, '(idle)'),
    node(2, 'parse', 'file:///app/node_modules/@google-cloud/container/build/a.js'),
    node(3, 'walk', 'file:///app/jobs/checks/a.ts'),
    node(4, 'load', 'node:internal/modules/esm/load'),
    node(5, '(garbage collector)'),
    node(6, 'write', 'node:net'),
    node(7, '(program)'),
  ];
  const said = sentence('one run', {
    cpuMicros: 120_000,
    nodes,
    samples: [1, 2, 3, 4, 5, 6, 7, 2],
    timeDeltas: [900_000, 30_000, 25_000, 15_000, 8_000, 7_000, 5_000, 10_000],
  });
  expect(said).toContain('120 ms of CPU, by a profile of one run: ');
  expect(said).toContain(
    '@google-cloud/container 40 %, gke-auth 25 %, loading modules 15 %, garbage collection 8 %, Node’s libraries 7 %, V8 and the system 5 %.',
  );
});

test('of a process that is run', async () => {
  const said = await profiled('nothing', async env => execFileSync(process.execPath, ['-e', '0'], { env }));
  expect(said).toMatch(/^[1-9]\d* ms of CPU, by a profile of nothing: .*\d+ %/);
});
