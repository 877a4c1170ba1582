/** What people see in a terminal, in both languages: every form of a report, a scan and the catalogue. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import defaultScenario from '../../sandbox/scenarios/default.ts';
import { findScenario } from '../../sandbox/scenarios/index.ts';
import { type Place, startPlace } from './program.ts';

/** Without what differs from run to run. */
function steady(text: string): string {
  return text.replace(/ *\d+\.\d (s|秒)(, |、)/g, '  N $1$2').replace(/\d+ API calls|API 呼び出し \d+ 回/g, 'N calls');
}

describe('the default world', () => {
  let place: Place;
  beforeAll(async () => {
    place = await startPlace(defaultScenario.world());
  });
  afterAll(() => place?.[Symbol.asyncDispose]());

  const commands = [
    ['diagnose', 'cluster-x'],
    ['diagnose', 'cluster-x', '--lang', 'ja'],
    ['diagnose', 'cluster-x', '--format', 'markdown'],
    ['diagnose', 'cluster-x', '--only', 'node-sa-permissions', '--verbose'],
    ['diagnose', 'cluster-autopilot', '--only', 'node-sa-permissions,node-oauth-scopes,wi-workload-pool', '--verbose'],
    ['diagnose', 'clutser-x'],
    ['scan'],
    ['scan', '--lang', 'ja'],
    ['scan', '--format', 'markdown', '--lang', 'ja'],
  ];
  test.each(commands.map(args => [args.join(' '), args] as const))('gke-auth %s', async (_, args) => {
    // What has no options goes through the program as people start it; the others, to save a second each, from its entrance on.
    const { stdout, stderr, code } = await (args.some(arg => arg.startsWith('--')) ? place.enter : place.run)(...args);
    expect(stderr).toBe('');
    expect(`exit ${code}\n${steady(stdout)}`).toMatchSnapshot();
    for (const line of stdout.split('\n')) expect(line).not.toContain('undefined');
  });
});

test('a scan stays readable: accounts that are fine are counted, problems told once with where they are', async () => {
  const fleet = findScenario('fleet-100');
  if (!fleet) throw new Error('there is no fleet of a hundred');
  await using place = await startPlace(fleet.world());
  const { stdout, code } = await place.enter('scan');
  expect(code).toBe(1);
  const lines = stdout.split('\n');
  expect(lines.length).toBeLessThan(100);
  expect(stdout.match(/^✗ node-\d+@/gm)).toHaveLength(4);
  expect(stdout).toContain('and 26 more accounts that are fine');
  expect(stdout.match(/^✗ node-sa-permissions /gm)).toHaveLength(4);
  expect(stdout).toMatch(/where {2}cluster-\d+\/pool-\d,[\s\S]{0,200}? and\s+4 more/);
  const all = await place.enter('scan', '--verbose');
  expect(all.stdout.match(/^✓ node-\d+@/gm)).toHaveLength(36);
});
