/** When to begin what nothing waits for yet. */
import { setImmediate } from 'node:timers/promises';

/**
 * Resolves when the requests that were made until now are out. Two rounds of the event loop: in the first their connections are
 * made, in the second they carry them. Without it the first of many would leave only when the last has been put together.
 */
export async function requestsSent(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
