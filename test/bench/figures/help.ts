/** CPU time of the terminal's `--help` over that of `node -e 0`: user and system, of child processes, by the shell's `times`. */
import { execFileSync } from 'node:child_process';
import { type Figure, median, round } from '../figure.ts';

const RUNS = 10;
const ROUNDS = 3;

/** CPU ms of one run, mean of ten. */
function cpuMs(command: string): number {
  const script = `for i in $(seq ${RUNS}); do ${command} > /dev/null; done; times`;
  const output = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  const children = output.trim().split('\n').at(-1) ?? '';
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  );
  return (seconds.reduce((sum, value) => sum + value, 0) * 1_000) / RUNS;
}

const figure: Figure = {
  about: 'CPU time of --help over that of node -e 0',
  async run() {
    const node = `"${process.execPath}"`;
    const help = `${node} "${new URL('../../../bin/gke-auth.ts', import.meta.url).pathname}" --help`;
    const rounds = Array.from({ length: ROUNDS }, () => ({ help: cpuMs(help), bare: cpuMs(`${node} -e 0`) }));
    const bare = median(rounds.map(round => round.bare));
    return [
      {
        name: '--help',
        value: round(median(rounds.map(({ help, bare }) => help / bare))),
        unit: '× the CPU time of node -e 0',
        atMost: 4,
        reference: `node -e 0 takes ${round(bare, 0)} ms`,
      },
    ];
  },
};
export default figure;
