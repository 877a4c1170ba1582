/**
 * Stryker's test runner for Vitest, but any number of tests with titles of any length can be selected, and for code that runs at import only
 * the test files run that import it; Stryker would run all.
 */
import { join, relative, sep } from 'node:path';
import { commonTokens, tokens } from '@stryker-mutator/api/plugin';
import type { TestRunner } from '@stryker-mutator/api/test-runner';
import { strykerPlugins } from '@stryker-mutator/vitest-runner';
import { z } from 'zod';

/** Stryker selects tests by one regular expression of their titles. Node.js refuses those of more than some 20,000 characters. */
const LONGEST_SELECTION = 10_000;

const TestsOf = z.record(z.string(), z.array(z.string()));

type Injector = NonNullable<Parameters<(typeof strykerPlugins)[number]['factory']>[0]>;

export function vitestRunner(injector: Injector): TestRunner {
  const [plugin] = strykerPlugins;
  if (!plugin) throw new Error('@stryker-mutator/vitest-runner has no plugin');
  const runner = plugin.factory(injector);
  const testsOf = TestsOf.parse(injector.resolve(commonTokens.options).testsOf);
  // Stryker starts this in its copy of the project.
  const testsReaching = (file: string) =>
    testsOf[relative(process.cwd(), file).split(sep).join('/')]?.map(test => `${join(process.cwd(), test)}#`);
  return {
    capabilities: () => runner.capabilities(),
    init: async () => runner.init?.(),
    dryRun: options => runner.dryRun(options),
    mutantRun: options =>
      runner.mutantRun({
        ...options,
        testFilter: selection(options.testFilter ?? testsReaching(options.sandboxFileName)),
      }),
    dispose: async () => runner.dispose?.(),
  };
}
vitestRunner.inject = tokens(commonTokens.injector);

/**
 * @param tests as Stryker names them: a file, `#` and a title.
 * @returns them, or all tests of their files where the titles are too long together: an empty title matches every test.
 */
export function selection(tests: string[] | undefined): string[] | undefined {
  const length = tests?.reduce((sum, test) => sum + titleOf(test).length, 0) ?? 0;
  if (!tests || length <= LONGEST_SELECTION) return tests;
  return [...new Set(tests.map(test => `${test.slice(0, test.indexOf('#'))}#`))];
}

const titleOf = (test: string): string => test.slice(test.indexOf('#') + 1);
