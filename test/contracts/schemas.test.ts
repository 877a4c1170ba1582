/** What other programs read has the published form (`../shared/schemas`), where that is at hand, and ours always. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findScenario } from '../../sandbox/scenarios/index.ts';
import { Report, Scan } from '../../src/contracts/report.ts';
import { enter } from '../cli/entrance.ts';
import { type Place, startPlace } from '../cli/program.ts';

const SCHEMAS = join(import.meta.dirname, '../../../shared/schemas');

/** What is wrong with a value, a line each; empty where it has the form. */
function errorsOf(name: string, value: unknown): string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(join(SCHEMAS, `${name}.v1.schema.json`), 'utf8')));
  void validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe.each(['default', 'node-account-variants', 'api-enabled', 'fleet-10'])('the world %s', name => {
  let place: Place;
  let report: unknown;
  let scan: unknown;
  beforeAll(async () => {
    const scenario = findScenario(name);
    if (!scenario) throw new Error(`there is no world ${name}`);
    place = await startPlace(scenario.world());
    // The first world through the program as people start it; the others, to save a second each, from its entrance on.
    const ask = name === 'default' ? place.run : place.enter;
    const [diagnosed, scanned] = await Promise.all([
      ask('diagnose', scenario.cluster ?? 'cluster-x', '--format', 'json'),
      ask('scan', '--format', 'json', '--lang', 'ja'),
    ]);
    report = JSON.parse(diagnosed.stdout);
    scan = JSON.parse(scanned.stdout);
  });
  afterAll(() => place?.[Symbol.asyncDispose]());

  test('gives a report and a scan that our own schemas take, nothing lost', () => {
    expect(Report.parse(report)).toEqual(report);
    expect(Scan.parse(scan)).toEqual(scan);
  });

  test.skipIf(!existsSync(SCHEMAS))('gives a report and a scan of the published form', () => {
    expect(errorsOf('report', report)).toEqual([]);
    expect(errorsOf('scan', scan)).toEqual([]);
  });
});

describe('errors', () => {
  test.skipIf(!existsSync(SCHEMAS)).each([
    [['diagnose', 'Not A Name', '--format', 'json'], 2],
    [['diagnose', 'cluster-x', '--format=json'], 2],
    [['scan', '--format', 'json'], 2],
    [['diagnos', '--format', 'json'], 2],
  ])('of %j have the published form', async (args, code) => {
    const run = await enter(args);
    expect(run.code).toBe(code);
    expect(errorsOf('error', JSON.parse(run.stdout))).toEqual([]);
    expect(run.stderr).toBe('');
  });
});
