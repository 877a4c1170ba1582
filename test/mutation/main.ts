/**
 * npm run mutate: changes the code in one small way after the other (Stryker's mutants) and looks whether a fast test fails.
 * `-- iam src/remedies/kinds`: areas of `areas.ts`, files or folders; without any, all areas. `--only PATH`: of these, what lies there.
 * `--sample N --seed S`: N mutants of each, the same for the same seed. `--tests PATH,…`: these tests too, although they are slow.
 * `--timeout MS`: what a mutant gets beyond 1.5 times its tests' own time, 15000 by default; on a busy machine more, or mutants time
 * out that would survive. `--incremental`: takes over the last incremental run's results where neither the code nor the tests that come
 * across it changed (what tests import is not looked at). `--untested`: lists what no test comes across. `--json`: one JSON object on
 * standard output.
 * Exit code: 0 nothing survives that isn't accepted, 1 something does, 2 wrong usage, 3 could not run.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../architecture/sources.ts';
import { AREAS } from './areas.ts';
import { mutate, type Scope, ScopeError, sourcesOf } from './mutate.ts';
import type { Area } from './outcome.ts';
import { textOf } from './text.ts';

const LARGEST_SEED = 999_999_999;

const { positionals, values } = readArguments();
const seed = wholeNumber('seed', values.seed) ?? Math.ceil(Math.random() * LARGEST_SEED);
const size = wholeNumber('sample', values.sample);
const timeout = wholeNumber('timeout', values.timeout) ?? 15_000;
const slowTests = values.tests?.split(',') ?? [];
for (const path of [...slowTests, ...(values.only ? [values.only] : [])]) mustExist(path);
const scopes = (positionals.length > 0 ? positionals : Object.keys(AREAS)).map(scopeOf);

const sample = size === undefined ? undefined : { size, seed };
if (sample && values.incremental) refuse('--sample and --incremental exclude each other');
const limits = { only: values.only, slowTests, sample, timeout, incremental: values.incremental };

const sources = sourcesOf();
const areas: Area[] = [];
const codes = new Set([0]);
for (const scope of scopes) {
  process.stderr.write(`${scope.name} …\n`);
  try {
    const area = await mutate(scope, sources, limits);
    areas.push(area);
    if (area.survivors.length > 0 || area.stale.length > 0) codes.add(1);
    if (!values.json) process.stdout.write(`${textOf(area, { all: values.untested })}\n`);
  } catch (error) {
    // With --only, areas that hold nothing of it are left out.
    if (error instanceof ScopeError && values.only && scopes.length > 1) continue;
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    codes.add(error instanceof ScopeError ? 2 : 3);
  }
}

if (values.json) process.stdout.write(`${JSON.stringify({ schema: 'gke-auth/mutation/v1', sample, areas })}\n`);
else if (sample) process.stdout.write(`A sample of ${size} mutants of each area: --sample ${size} --seed ${seed}\n`);
process.exitCode = Math.max(...codes);

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        sample: { type: 'string' },
        seed: { type: 'string' },
        tests: { type: 'string' },
        timeout: { type: 'string' },
        incremental: { type: 'boolean', default: false },
        untested: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function scopeOf(name: string): Scope {
  const paths = AREAS[name];
  if (paths) return { name, paths };
  mustExist(name, `${name} is neither a path nor one of ${Object.keys(AREAS).join(', ')}`);
  return { name, paths: [name] };
}

function mustExist(path: string, message = `${path} does not exist`): void {
  if (!existsSync(join(ROOT, path))) refuse(message);
}

function wholeNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(value)) refuse(`--${option} takes a whole number from 1 on, not ${value}`);
  return Number(value);
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
