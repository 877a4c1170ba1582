/** Waiting for something that can be seen, never for time to pass. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 15;

/**
 * The first value that `look` gives which is neither undefined nor false; it is asked again until then.
 * @param what for the error, where nothing came within `ms`. What `look` threw last is its cause.
 */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
  ms = 25_000,
): Promise<Value> {
  const deadline = performance.now() + ms;
  let thrown: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== false) return value;
      thrown = undefined;
    } catch (error) {
      thrown = error;
    }
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms: ${what}`, { cause: thrown });
    await sleep(LOOK_EVERY_MS);
  }
}
