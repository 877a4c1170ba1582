/** Changes the code of an area in one small way after the other and looks whether a test fails. */
import { readSources, type Source } from '../architecture/sources.ts';
import { readAccepted } from './accepted.ts';
import { EXCLUDED_TESTS, SLOW_MODULES } from './areas.ts';
import { type Area, areaOf } from './outcome.ts';
import type { Sample } from './plugin.ts';
import { isWithin, testsReaching } from './reachable.ts';
import { runStryker } from './stryker.ts';

export interface Scope {
  readonly name: string;
  /** Files and folders, from the project's root. */
  readonly paths: readonly string[];
}

export interface Limits {
  /** Only what lies here too. */
  readonly only: string | undefined;
  /** Tests that run although they are slow: files and folders. */
  readonly slowTests: readonly string[];
  readonly sample: Sample | undefined;
  /** As in `Run`. */
  readonly timeout: number;
  readonly incremental: boolean;
}

/** What can't be run as it was asked for. */
export class ScopeError extends Error {}

/** The folders of the project that hold sources and tests. */
export const sourcesOf = (): Source[] => readSources(['src', 'jobs', 'sandbox', 'test']);

/** @throws ScopeError where there is no file to change, or no test that would notice. */
export async function mutate(
  { name, paths }: Scope,
  sources: readonly Source[],
  { only, slowTests, sample, timeout, incremental }: Limits,
): Promise<Area> {
  const files = sources
    .map(({ path }) => path)
    .filter(path => paths.some(one => isWithin(path, one)) && (!only || isWithin(path, only)));
  if (files.length === 0) throw new ScopeError(`${name}: no source file in ${only ?? paths.join(', ')}`);
  const testsOf = testsReaching(sources, files, (test, reached) =>
    slowTests.some(one => isWithin(test, one))
      ? true
      : !(test in EXCLUDED_TESTS) && !SLOW_MODULES.some(module => reached.has(module)),
  );
  const tests = [...new Set(Object.values(testsOf).flat())].sort();
  if (tests.length === 0) throw new ScopeError(`${name}: no fast test reaches these files; name one with --tests`);
  const started = performance.now();
  const report = await runStryker({ name: name.replaceAll('/', '-'), testsOf, timeout, sample, incremental });
  const seconds = (performance.now() - started) / 1000;
  return areaOf({ name, seconds, tests, sampled: sample !== undefined }, report, readAccepted());
}
