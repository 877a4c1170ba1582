import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Scenario tests start processes of their own; two files at a time keep two cores busy and no test starved.
    maxWorkers: 2,
    passWithNoTests: false,
    // Tests start the program some hundred times: each file is compiled once.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compile', import.meta.url)) },
  },
});
