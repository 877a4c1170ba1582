/**
 * Plays the table of states and prints it: right or wrong, and what was answered.
 *
 *     node test/states/run.ts [--json|--markdown] [--wrong] [NAME …]
 *
 * NAME is a family, or the beginning of an id. It ends with 1 where a row is wrong.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { families } from './families/index.ts';
import { actual, judge } from './judge.ts';
import { play } from './play.ts';
import type { State } from './state.ts';

interface Row {
  readonly family: string;
  readonly id: string;
  readonly opposite: boolean;
  readonly right: boolean;
  readonly wrongs: readonly string[];
  readonly actual: string;
  readonly says: string;
  readonly source: string;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, markdown: { type: 'boolean' }, wrong: { type: 'boolean' } },
});

const wanted = families.flatMap(({ name, states }) =>
  states
    .filter(({ id }) => positionals.length === 0 || positionals.some(one => one === name || id.startsWith(one)))
    .map(state => ({ family: name, state })),
);
const rows = await inParallel(wanted, ({ family, state }) => played(family, state));
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : values.markdown ? markdown() : table());
process.exitCode = rows.every(({ right }) => right) ? 0 : 1;

async function played(family: string, state: State): Promise<Row> {
  const answer = await play(state);
  const wrongs = judge(state, answer);
  const { id, says, source, opposite = false } = state;
  return { family, id, opposite, right: wrongs.length === 0, wrongs, actual: actual(state, answer), says, source };
}

/** Works on as many items at a time as there are processors, and keeps their order. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

function shownRows(): readonly Row[] {
  return values.wrong ? rows.filter(({ right }) => !right) : rows;
}

function table(): string {
  const lines = shownRows().map(({ id, right, opposite, actual: answered, wrongs }) =>
    [
      `${right ? 'right' : 'WRONG'}  ${id}${opposite ? ' (opposite)' : ''}: ${answered}`,
      ...wrongs.map(wrong => `         ${wrong}`),
    ].join('\n'),
  );
  return `${[...lines, '', ...figures()].join('\n')}\n`;
}

function markdown(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const lines = shownRows().map(({ family, id, right, says, source, actual: answered, wrongs }) =>
    ['', family, `${id}: ${says}`, source, right ? 'right' : 'wrong', answered, wrongs.join('; '), '']
      .map(cell)
      .join(' | ')
      .trim(),
  );
  const head = ['| family | state | source | | answered | wrong |', '|---|---|---|---|---|---|'];
  return `${[...head, ...lines, '', ...figures().map(line => `- ${line}`)].join('\n')}\n`;
}

/** How many rows of each family are right. */
function figures(): string[] {
  const names = [...new Set(rows.map(({ family }) => family))];
  const of = (some: readonly Row[]) => `${some.filter(({ right }) => right).length} of ${some.length} right`;
  return [
    ...names.map(name => {
      const all = rows.filter(({ family }) => family === name);
      return `${name}: ${of(all)} (opposites ${of(all.filter(({ opposite }) => opposite))})`;
    }),
    `all: ${of(rows)} (opposites ${of(rows.filter(({ opposite }) => opposite))})`,
  ];
}
