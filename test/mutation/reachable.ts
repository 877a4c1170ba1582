/** Which tests can tell that a file was changed: those that import it, directly or through others. */
import { dirname, join } from 'node:path';
import type { Source } from '../architecture/sources.ts';

const TEST = /\.(test|spec)\.ts$/;

/**
 * @param sources the files to mutate, and everything that may lie between them and the tests.
 * @param mutated the paths of the files that are changed.
 * @param wanted whether a test may run, given the targets of all imports that it reaches: paths, packages and modules of Node.js.
 * @returns for each changed file the paths of the test files that reach it.
 */
export function testsReaching(
  sources: readonly Source[],
  mutated: readonly string[],
  wanted: (test: string, reached: ReadonlySet<string>) => boolean,
): Record<string, string[]> {
  const byPath = new Map(sources.map(source => [source.path, source]));
  const tests = sources
    .map(({ path }) => ({ path, reached: reachedFrom(path, byPath) }))
    .filter(({ path, reached }) => TEST.test(path) && wanted(path, reached));
  return Object.fromEntries(
    mutated.map(file => [file, tests.filter(({ reached }) => reached.has(file)).map(({ path }) => path)]),
  );
}

function reachedFrom(start: string, byPath: ReadonlyMap<string, Source>): Set<string> {
  const reached = new Set([start]);
  for (const path of reached) {
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? []) if (!typeOnly) reached.add(target);
  }
  return reached;
}

/** Whether a file is this one or lies below this folder. Both from the project's root, with slashes. */
export function isWithin(path: string, folder: string): boolean {
  let current = path;
  const wanted = join(folder);
  while (current !== '.') {
    if (current === wanted || `${current}/` === wanted) return true;
    current = dirname(current);
  }
  return false;
}
