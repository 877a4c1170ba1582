/**
 * npm run bench: the targets of PRODUCT.md ("fast"), each against its reference, measured in the same run.
 * `-- --json`: one JSON object on standard output and nothing else. `-- --only latency,memory`: some figures. `-- --full`: also
 * what takes many minutes. `-- --save`: the results into docs/.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type Figure, isMet, type Result, round } from './figure.ts';
import { markdown } from './table.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    full: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
});

export interface Outcome {
  readonly schema: 'gke-auth/bench/v1';
  readonly at: string;
  readonly machine: { cpu: string; cores: number; memoryGb: number; node: string; platform: string };
  readonly results: readonly (Result & { readonly met: boolean })[];
  readonly failed: readonly { figure: string; error: string }[];
}

const folder = new URL('figures/', import.meta.url);
const names = (await readdir(folder)).filter(file => file.endsWith('.ts')).map(file => file.slice(0, -3));
const wanted = values.only?.split(',') ?? names;
const unknown = wanted.filter(name => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No figure ${unknown.join(', ')}. There are: ${names.join(', ')}\n`);
  process.exit(2);
}

const results: Outcome['results'][number][] = [];
const failed: Outcome['failed'][number][] = [];
for (const name of names.filter(name => wanted.includes(name))) {
  const { default: figure } = (await import(new URL(`${name}.ts`, folder).href)) as { default: Figure };
  process.stderr.write(`${name}: ${figure.about} …\n`);
  try {
    const measured = await figure.run({ full: values.full });
    results.push(...measured.map(result => ({ ...result, met: isMet(result) })));
  } catch (error) {
    failed.push({ figure: name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

const [cpu] = cpus();
const outcome: Outcome = {
  schema: 'gke-auth/bench/v1',
  at: new Date().toISOString(),
  machine: {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: round(totalmem() / 2 ** 30, 1),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  },
  results,
  failed,
};
if (values.save) {
  const docs = new URL('../../docs/', import.meta.url);
  await writeFile(new URL('bench.json', docs), `${JSON.stringify(outcome, null, 2)}\n`);
  await writeFile(new URL('bench.md', docs), markdown(outcome));
}
process.stdout.write(values.json ? `${JSON.stringify(outcome)}\n` : markdown(outcome));
process.exit(failed.length > 0 || results.some(({ met }) => !met) ? 1 : 0);
