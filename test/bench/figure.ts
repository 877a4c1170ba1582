/** What the bench measures: one file in `figures/` for each. */
import { z } from 'zod';

/** One number, with what it has to be. */
export const Result = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  atMost: z.number().optional(),
  atLeast: z.number().optional(),
  /** What it was measured against, in the same run. */
  reference: z.string().optional(),
  /** What the gap is made of, by a profile; shown only where the target is missed. */
  explanation: z.string().optional(),
  /** Further numbers that explain it. */
  detail: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  /** What was counted, one by one, as a table: all of them with the keys of the first. */
  rows: z.array(z.record(z.string(), z.string())).optional(),
});
export type Result = Readonly<z.infer<typeof Result>>;

export interface Options {
  /** Also what takes many minutes. */
  readonly full: boolean;
}

export interface Figure {
  /** One line on what it measures. */
  readonly about: string;
  /** It takes minutes: run only with `--full`, or where it is named. */
  readonly slow?: boolean;
  run(options: Options): Promise<Result[]>;
}

type Target = Pick<Result, 'value' | 'atMost' | 'atLeast'>;

export const isMet = ({ value, atMost, atLeast }: Target): boolean =>
  value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);

/** How far a missed target is missed, for people; empty where it is met. */
export function gap({ value, atMost, atLeast }: Target): string {
  if (atMost !== undefined && value > atMost) return `${share(value - atMost, atMost)} over`;
  if (atLeast !== undefined && value < atLeast) return `${share(atLeast - value, atLeast)} short`;
  return '';
}

const share = (difference: number, target: number): string =>
  target === 0 ? `${round(difference)}` : `${round((100 * difference) / target, 0)} %`;

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
