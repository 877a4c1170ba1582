import type { World } from '../google/world.ts';

/** A world in which something is broken, and the findings that show it. */
export type Scenario = {
  name: string;
  /** One sentence that says what is broken. */
  broken: string;
  /**
   * The findings that show it: check, status, and the end of the subject where a check has several. All failures and
   * warnings are listed; passes only where they matter.
   */
  shows: { check: string; status: 'pass' | 'warn' | 'fail' | 'unknown' | 'not-applicable'; subject?: string }[];
  /** Further arguments of the diagnosis, for example `--workload shop/checkout`. */
  arguments?: string[];
  /** The cluster to diagnose; `cluster-x` by default. */
  cluster?: string;
  /** The cluster argument of the diagnosis; the full name by default. */
  target?: string;
  /** Creates the world. */
  world(): World;
};

/** Defines a scenario. */
export function scenario(scenario: Scenario): Scenario {
  return scenario;
}
