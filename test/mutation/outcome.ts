/** What a run says: scores by file, and what survived. */
import { type Accepted, type Changed, matches } from './accepted.ts';
import { OUTSIDE_SAMPLE } from './plugin.ts';
import type { Mutant, Report } from './stryker.ts';

/** A change that no test noticed. */
export interface Change extends Changed {
  readonly line: number;
  readonly column: number;
  /** Stryker's name of the kind of change. */
  readonly mutator: string;
}

export interface Counts {
  /** A test failed, or the tests crashed. */
  readonly killed: number;
  /** The tests didn't end in time, which counts as noticed. */
  readonly timeouts: number;
  readonly survived: number;
  /** Survived, and `accepted.json` says why that is right. */
  readonly accepted: number;
  /** No test that ran comes across. */
  readonly untested: number;
  /** Stryker could not test it, and says why in its own report. */
  readonly broken: number;
}

export interface Area {
  readonly name: string;
  readonly seconds: number;
  readonly tests: readonly string[];
  readonly files: readonly { readonly path: string; readonly counts: Counts }[];
  readonly total: Counts;
  readonly survivors: readonly Change[];
  readonly timedOut: readonly Change[];
  readonly untested: readonly Change[];
  readonly broken: readonly Change[];
  /** Entries of `accepted.json` for these files that no survivor matches any more; empty where only a sample was tested. */
  readonly stale: readonly Accepted[];
}

/** @param sampled whether mutants were left out, so that nothing can be said of what accepts them. */
export function areaOf(
  run: {
    readonly name: string;
    readonly seconds: number;
    readonly tests: readonly string[];
    readonly sampled: boolean;
  },
  report: Report,
  accepted: readonly Accepted[],
): Area {
  const files = Object.entries(report.files)
    .map(([path, { source, mutants }]) => ({
      path,
      mutants: mutants.map(mutant => judged(path, source, mutant, accepted)).sort(byPlace),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const all = files.flatMap(({ mutants }) => mutants);
  const changes = (verdict: Verdict) => all.filter(mutant => mutant.verdict === verdict).map(({ change }) => change);
  const agreed = changes('accepted');
  return {
    name: run.name,
    seconds: run.seconds,
    tests: run.tests,
    files: files.map(({ path, mutants }) => ({ path, counts: count(mutants) })),
    total: count(all),
    survivors: changes('survived'),
    timedOut: changes('timeout'),
    untested: changes('untested'),
    broken: changes('broken'),
    stale: run.sampled
      ? []
      : accepted.filter(entry => entry.file in report.files && !agreed.some(change => matches(entry, change))),
  };
}

/** In percent of what a test comes across, and of everything; accepted survivors left out. NaN where there is nothing. */
export function scores({ killed, timeouts, survived, untested }: Counts): { tested: number; all: number } {
  const noticed = killed + timeouts;
  return { tested: (100 * noticed) / (noticed + survived), all: (100 * noticed) / (noticed + survived + untested) };
}

type Verdict = 'killed' | 'timeout' | 'survived' | 'accepted' | 'untested' | 'broken' | 'left out';

function judged(path: string, source: string, mutant: Mutant, accepted: readonly Accepted[]) {
  const { start, end } = mutant.location;
  const change: Change = {
    file: path,
    line: start.line,
    column: start.column,
    mutator: mutant.mutatorName,
    original: source.slice(offset(source, start), offset(source, end)),
    replacement: mutant.replacement,
    code: (source.split('\n')[start.line - 1] ?? '').trim(),
  };
  const verdict = verdictOf(mutant);
  const isAccepted = verdict === 'survived' && accepted.some(entry => matches(entry, change));
  return { change, verdict: isAccepted ? ('accepted' as const) : verdict };
}

function byPlace({ change: a }: { readonly change: Change }, { change: b }: { readonly change: Change }): number {
  return a.line - b.line || a.column - b.column;
}

function verdictOf({ status, statusReason }: Mutant): Verdict {
  switch (status) {
    case 'Killed':
      return 'killed';
    case 'RuntimeError':
      // A test file could not be loaded: it would have failed.
      return statusReason?.startsWith('An error occurred outside of a test run') ? 'killed' : 'broken';
    case 'Timeout':
      return 'timeout';
    case 'Survived':
      return 'survived';
    case 'NoCoverage':
      return 'untested';
    case 'Ignored':
      return 'left out';
    case 'CompileError':
      if (statusReason === OUTSIDE_SAMPLE) return 'left out';
      throw new Error(`unexpected mutant: ${statusReason}`);
    case 'Pending':
      throw new Error('a mutant was not tested');
  }
}

function count(mutants: readonly { readonly verdict: Verdict }[]): Counts {
  const of = (verdict: Verdict) => mutants.filter(mutant => mutant.verdict === verdict).length;
  return {
    killed: of('killed'),
    timeouts: of('timeout'),
    survived: of('survived'),
    accepted: of('accepted'),
    untested: of('untested'),
    broken: of('broken'),
  };
}

/** Of a position that counts lines and columns from 1. */
function offset(source: string, { line, column }: { line: number; column: number }): number {
  const before = source.split('\n').slice(0, line - 1);
  return before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
}
