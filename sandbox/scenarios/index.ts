import defaultScenario from './default.ts';
import { fleets } from './fleet.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario; the first is what runs where none is named. */
export const scenarios: Scenario[] = [defaultScenario, ...fleets];

/** The scenario of this name. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find(scenario => scenario.name === name);
}
