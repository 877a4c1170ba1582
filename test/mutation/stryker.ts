/** One run of Stryker: its configuration, its process, its report. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../architecture/sources.ts';
import type { Sample } from './plugin.ts';

export interface Run {
  /** Names the folder of the run's files below `.cache/mutation/`. */
  readonly name: string;
  /** The test files that reach a file to mutate, by its path. All paths are from the project's root. */
  readonly testsOf: Readonly<Record<string, readonly string[]>>;
  /** Milliseconds that a mutant gets beyond 1.5 times what its tests take without it. */
  readonly timeout: number;
  readonly sample: Sample | undefined;
  /** Takes over what the last such run found where nothing changed. */
  readonly incremental: boolean;
}

const Position = z.object({ line: z.number(), column: z.number() });
const Mutant = z.object({
  mutatorName: z.string(),
  replacement: z.string().default(''),
  location: z.object({ start: Position, end: Position }),
  status: z.enum(['Killed', 'Survived', 'NoCoverage', 'CompileError', 'RuntimeError', 'Timeout', 'Ignored', 'Pending']),
  statusReason: z.string().optional(),
  static: z.boolean().optional(),
  coveredBy: z.array(z.string()).default([]),
});
/** As in https://github.com/stryker-mutator/mutation-testing-elements/tree/master/packages/report-schema; lines and columns count from 1. */
const Report = z.object({ files: z.record(z.string(), z.object({ source: z.string(), mutants: z.array(Mutant) })) });
export type Report = z.infer<typeof Report>;
export type Mutant = z.infer<typeof Mutant>;

/** @throws where the tests fail without any mutant, or Stryker can't run. */
export async function runStryker(run: Run): Promise<Report> {
  const folder = join('.cache/mutation', run.name);
  await rm(join(ROOT, folder), { recursive: true, force: true });
  await mkdir(join(ROOT, folder), { recursive: true });
  const options = configuration(run, folder);
  const file = join(folder, 'stryker.config.json');
  await writeFile(join(ROOT, file), JSON.stringify(options, null, 2));
  const stryker = spawn(process.execPath, ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', file], {
    cwd: ROOT,
    // Stryker's progress is no result: it goes to standard error.
    stdio: ['ignore', 2, 2],
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'))),
      // Redis and Chromium, where the set-up brought them: the copy of the project has no .cache.
      PATH: [join(ROOT, '.cache/bin'), process.env.PATH ?? ''].join(delimiter),
      // Not by Stryker's own `testFiles`: with it, mutants of code that runs at import survive wrongly
      // (https://github.com/stryker-mutator/stryker-js/issues/6144).
      MUTATION_TESTS: [...new Set(Object.values(run.testsOf).flat())].join(','),
    },
  });
  const [code] = await endOf(stryker);
  if (code !== 0) throw new Error(`Stryker ended with exit code ${code}`);
  return Report.parse(JSON.parse(await readFile(join(ROOT, options.jsonReporter.fileName), 'utf8')));
}

/** A signal that ends this process ends Stryker too, which then removes its copies of the project. */
async function endOf(stryker: ChildProcess): Promise<unknown[]> {
  const pass = (signal: NodeJS.Signals) => stryker.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, pass);
  try {
    return await once(stryker, 'exit');
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}

function configuration({ name, testsOf, timeout, sample, incremental }: Run, folder: string) {
  return {
    $schema: relative(folder, 'node_modules/@stryker-mutator/core/schema/stryker-schema.json'),
    plugins: ['@stryker-mutator/vitest-runner', './test/mutation/plugin.ts'],
    testRunner: 'vitest-by-file',
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    mutate: Object.keys(testsOf),
    testsOf,
    coverageAnalysis: 'perTest',
    // A loop that a mutant makes endless fills its memory: the sooner it is full the better.
    testRunnerNodeArgs: ['--max-old-space-size=512'],
    timeoutMS: timeout,
    incremental,
    incrementalFile: join('.cache/mutation', `${name}.incremental.json`),
    ignorers: ['wording'],
    ...(sample ? { checkers: ['sample'], sample } : {}),
    // Without tsconfig.json Stryker doesn't look for the JavaScript API of TypeScript, which version 7 no longer has.
    ignorePatterns: ['/.cache', '/.data*', '/coverage', '/.git*', '/tsconfig.json'],
    disableTypeChecks: false,
    tempDirName: join(folder, 'sandbox'),
    cleanTempDir: 'always',
    reporters: ['progress-append-only', 'json', 'html'],
    jsonReporter: { fileName: join(folder, 'stryker.json') },
    htmlReporter: { fileName: join(folder, 'report.html') },
    logLevel: 'warn',
    warnings: { slow: false },
    allowConsoleColors: false,
  };
}
