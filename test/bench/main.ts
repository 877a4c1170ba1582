/**
 * npm run bench: the targets of docs/bench.md, each against its reference, measured in the same run.
 * `-- --json`: one JSON object on standard output and nothing else. `-- --only latency,crashes`: some figures. `-- --full`: also
 * what takes many minutes. `-- --save`: the results into docs/, where figures that were not run keep their last ones.
 */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Figure, isMet } from './figure.ts';
import { merged, type Outcome, readSaved, save, thisMachine } from './outcome.ts';
import { markdown } from './table.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    full: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
});

const folder = new URL('./figures/', import.meta.url);
const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const names = (await readdir(folder))
  .filter(file => file.endsWith('.ts'))
  .map(file => file.slice(0, -3))
  .sort();
const named = values.only?.split(',');
const unknown = named?.filter(name => !names.includes(name)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(`No figure ${unknown.join(', ')}. There are: ${names.join(', ')}\n`);
  process.exit(2);
}
// Before minutes of measuring: what can't be merged is known now.
const saved = values.save ? await readSaved(docs).catch(refuse) : undefined;

const machine = thisMachine();
const ran: string[] = [];
const results: Outcome['results'] = [];
const failed: Outcome['failed'] = [];
for (const name of named ?? names) {
  const { default: figure } = (await import(new URL(`${name}.ts`, folder).href)) as { default: Figure };
  if (figure.slow && !values.full && !named) continue;
  process.stderr.write(`${name}: ${figure.about} …\n`);
  const run = { figure: name, at: new Date().toISOString(), machine };
  ran.push(name);
  try {
    const measured = await figure.run({ full: values.full });
    const empty = measured.find(({ value }) => !Number.isFinite(value));
    if (empty) throw new Error(`${empty.name}: nothing was measured`);
    results.push(...measured.map(result => ({ ...result, met: isMet(result), ...run })));
  } catch (error) {
    failed.push({ error: error instanceof Error ? (error.stack ?? error.message) : String(error), ...run });
  }
}

const outcome: Outcome = { schema: 'gke-auth/bench/v1', at: new Date().toISOString(), machine, results, failed };
if (values.save) await save(docs, merged(saved, outcome, names, ran));
process.stdout.write(values.json ? `${JSON.stringify(outcome)}\n` : markdown(outcome));
process.exit(failed.length > 0 || results.some(({ met }) => !met) ? 1 : 0);

function refuse(error: Error): never {
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
