/** What this project adds to Stryker: texts for people stay as they are, and a run may test a random sample of the mutants. */
import { createHash } from 'node:crypto';
import { type Checker, type CheckResult, CheckStatus } from '@stryker-mutator/api/check';
import type { Mutant, StrykerOptions } from '@stryker-mutator/api/core';
import {
  commonTokens,
  declareFactoryPlugin,
  declareValuePlugin,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import { z } from 'zod';
import { vitestRunner } from './runner.ts';

/** How many mutants a run tests; which ones depends on the seed. */
export const Sample = z.object({ size: z.int().positive(), seed: z.int() });
export type Sample = z.infer<typeof Sample>;

export const OUTSIDE_SAMPLE = 'not in the sample';

/** As far as Babel's syntax tree is looked at. Stryker types a path as an empty object. */
interface Path {
  readonly node: Node;
  readonly parentPath?: Path | null;
}
interface Node {
  readonly type: string;
  readonly key?: Node;
  readonly name?: unknown;
  readonly value?: unknown;
  readonly properties?: readonly Node[];
}

/**
 * Whether this is a string within a `Text`, `{ en: …, ja: … }`. No assertion is expected to repeat the wording; conditions and calls
 * around the strings are mutated all the same.
 */
function isWording(path: object): boolean {
  if (!isPath(path) || !['StringLiteral', 'TemplateLiteral'].includes(path.node.type)) return false;
  for (let at: Path | null | undefined = path; at; at = at.parentPath) {
    const object = at.parentPath?.node;
    if (at.node.type === 'ObjectProperty' && object?.type === 'ObjectExpression' && isText(object)) return true;
  }
  return false;
}

function isText({ properties = [] }: Node): boolean {
  const keys = properties.map(({ key }) => key?.name ?? key?.value);
  return properties.length === 2 && keys.includes('en') && keys.includes('ja');
}

function isPath(path: object): path is Path {
  return 'node' in path && path.node !== null && typeof path.node === 'object' && 'type' in path.node;
}

/** Rules out all mutants but the sample. Stryker knows no other way to leave out single mutants from outside. */
export function sampler({ size, seed }: Sample): Checker {
  const rank = ({ fileName, location, mutatorName, replacement }: Mutant) =>
    createHash('sha256')
      .update(JSON.stringify([seed, fileName.split(/[\\/]/).at(-1), location, mutatorName, replacement]))
      .digest('hex');
  return {
    async init() {},
    // One group: the sample is taken of all mutants.
    async group(mutants) {
      return [mutants.map(({ id }) => id)];
    },
    async check(mutants) {
      const chosen = new Set(
        mutants
          .map(({ id, ...mutant }) => ({ id, rank: rank({ id, ...mutant }) }))
          .sort((a, b) => (a.rank < b.rank ? -1 : 1))
          .slice(0, size)
          .map(({ id }) => id),
      );
      const passed: CheckResult = { status: CheckStatus.Passed };
      const leftOut: CheckResult = { status: CheckStatus.CompileError, reason: OUTSIDE_SAMPLE };
      return Object.fromEntries(mutants.map(({ id }) => [id, chosen.has(id) ? passed : leftOut]));
    },
  };
}

function configuredSampler(options: StrykerOptions): Checker {
  return sampler(Sample.parse(options.sample));
}
configuredSampler.inject = tokens(commonTokens.options);

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'wording', {
    shouldIgnore: path => (isWording(path) ? 'wording of a text' : undefined),
  }),
  declareFactoryPlugin(PluginKind.Checker, 'sample', configuredSampler),
  declareFactoryPlugin(PluginKind.TestRunner, 'vitest-by-file', vitestRunner),
];

export const strykerValidationSchema = {
  properties: {
    testsOf: { type: 'object' },
    sample: {
      type: 'object',
      properties: { size: { type: 'integer' }, seed: { type: 'integer' } },
    },
  },
};
