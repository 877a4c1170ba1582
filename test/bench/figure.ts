/** What the bench measures: one file in `figures/` for each. */

/** One number, with what it has to be. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** What it was measured against, in the same run. */
  readonly reference?: string;
  /** Further numbers that explain it. */
  readonly detail?: Readonly<Record<string, number | string>>;
}

export interface Options {
  /** Also what takes many minutes. */
  readonly full: boolean;
}

export interface Figure {
  /** One line on what it measures. */
  readonly about: string;
  run(options: Options): Promise<Result[]>;
}

export const isMet = ({ value, atMost, atLeast }: Result): boolean =>
  value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
