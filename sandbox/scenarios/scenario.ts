import type { World } from '../google/world.ts';

/** A broken world, and what is broken in it. */
export type Scenario = {
  name: string;
  /** One sentence that says what is broken. */
  broken: string;
  /**
   * The checks' answers that make it visible: ids and verdicts, and the end of the subject where several have one.
   * What fails or warns is here whole; what passes, where it is the point.
   */
  shows: { check: string; status: 'pass' | 'warn' | 'fail' | 'unknown' | 'not-applicable'; subject?: string }[];
  /** Arguments besides the cluster that the diagnosis needs, for example `--workload shop/checkout`. */
  arguments?: string[];
  /** The cluster that a diagnosis is about; `cluster-x` by default. */
  cluster?: string;
  /** How it is asked for, where that is the point; its full name by default. */
  target?: string;
  /** A new world each time. */
  world(): World;
};

/** Says a scenario. */
export function scenario(scenario: Scenario): Scenario {
  return scenario;
}
