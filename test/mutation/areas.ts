/** What `npm run mutate` changes unless it is told otherwise, and which tests it leaves out. */

/** Files and folders by name of the area. Each area is one run of Stryker with the tests that reach it. */
export const AREAS: Readonly<Record<string, readonly string[]>> = {
  checks: ['src/diagnosis/checks'],
  iam: ['src/diagnosis/iam'],
  'network-policy': ['src/diagnosis/network-policy'],
  remedies: ['src/remedies'],
  approvals: ['src/approvals'],
  redaction: ['src/explain/redact.ts', 'src/explain/secrets.ts', 'src/explain/secret-kind.ts'],
};

/** A test that reaches one of these starts processes or opens sockets: too slow to run for each mutant. */
export const SLOW_MODULES: readonly string[] = [
  'node:child_process',
  'node:cluster',
  'node:dgram',
  'node:http',
  'node:http2',
  'node:https',
  'node:net',
  'node:tls',
  'node:worker_threads',
  'bullmq',
  'ioredis',
  'playwright-core',
];

/** Tests that would qualify, and why they don't run. */
export const EXCLUDED_TESTS: Readonly<Record<string, string>> = {
  'test/docs/docs.test.ts': 'writes the generated pages of docs/',
  'test/explain/cost.test.ts': 'measures CPU time',
  'test/explain/mutations.test.ts': 'goes through ten thousand texts',
};
