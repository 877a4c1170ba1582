import { defineConfig } from 'vitest/config';

/** For Stryker. `MUTATION_TESTS` holds the test files, separated by commas. */
export default defineConfig({
  test: {
    include: process.env.MUTATION_TESTS?.split(',') ?? [],
    setupFiles: ['test/mutation/repeatable.ts'],
    testTimeout: 10_000,
  },
});
