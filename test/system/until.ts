/** Waiting for something that can be seen, never for time to pass. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = { first: 15, last: 100 };
/** How much of the time that has passed is waited for the next look: fifty that wait long leave the cores to what they wait for. */
const SHARE = 1 / 20;

/**
 * The first value that `look` gives which is neither undefined nor false; it is asked again until then.
 * @param what for the error, where nothing came within `ms`. What `look` threw last is its cause.
 */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
  ms = 25_000,
): Promise<Value> {
  const started = performance.now();
  let thrown: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== false) return value;
      thrown = undefined;
    } catch (error) {
      thrown = error;
    }
    const waited = performance.now() - started;
    if (waited > ms) throw new Error(`Not within ${ms} ms: ${what}`, { cause: thrown });
    await sleep(Math.min(Math.max(waited * SHARE, LOOK_EVERY_MS.first), LOOK_EVERY_MS.last));
  }
}
