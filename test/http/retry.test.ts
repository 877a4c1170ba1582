/** Which calls are made again, how often, and when: the one rule for Google, Kubernetes and Slack. */
import { expect, test } from 'vitest';
import { type RetryOptions, retry } from '../../src/http/retry.ts';
import { type Classified, isTransientStatus, retryAfterMs } from '../../src/http/transient.ts';

class Failed extends Error {
  readonly classified: Classified;
  constructor(classified: Classified) {
    super('failed');
    this.classified = classified;
  }
}

const classify = (error: unknown): Classified => {
  if (error instanceof Failed) return error.classified;
  throw error;
};

/** Makes a call that fails so often before it answers; tells how it went, and when each attempt was made (ms from the first). */
async function attempted(failures: number, classified: Classified, options: Partial<RetryOptions> = {}) {
  const started = performance.now();
  const at: number[] = [];
  const call = async () => {
    at.push(performance.now() - started);
    if (at.length <= failures) throw new Failed(classified);
    return 'answer';
  };
  const outcome = await retry(call, classify, { attempts: 3, firstDelayMs: 10, ...options }).catch(
    (error: unknown) => error,
  );
  return { outcome, at };
}

test.each([0, 1, 2])('after %i failures that pass by themselves there is an answer', async failures => {
  const { outcome, at } = await attempted(failures, { isTransient: true });
  expect(outcome).toBe('answer');
  expect(at).toHaveLength(failures + 1);
});

test('the last failure is thrown', async () => {
  const { outcome, at } = await attempted(9, { isTransient: true });
  expect(outcome).toBeInstanceOf(Failed);
  expect(at).toHaveLength(3);
});

test('what does not pass by itself is thrown at once', async () => {
  const { outcome, at } = await attempted(9, { isTransient: false });
  expect(outcome).toBeInstanceOf(Failed);
  expect(at).toHaveLength(1);
});

test('a failure may allow fewer attempts than the caller, never more', async () => {
  expect((await attempted(9, { isTransient: true, attempts: 2 })).at).toHaveLength(2);
  expect((await attempted(9, { isTransient: true, attempts: 8 })).at).toHaveLength(3);
});

test('nothing is sent before the time that the server asked for', async () => {
  const { at } = await attempted(1, { isTransient: true, retryAfterMs: 80 });
  expect(at[1]).toBeGreaterThanOrEqual(79);
});

test('where the server wants a longer pause than the deadline leaves, the failure is thrown at once', async () => {
  const { outcome, at } = await attempted(1, { isTransient: true, retryAfterMs: 60_000 }, { totalMs: 1_000 });
  expect(outcome).toBeInstanceOf(Failed);
  expect(at).toHaveLength(1);
});

test('delays double, give or take a half, up to the longest', async () => {
  const delays: number[] = [];
  const onRetry = (_: unknown, delayMs: number) => delays.push(delayMs);
  await attempted(4, { isTransient: true }, { attempts: 5, maxDelayMs: 25, onRetry });
  for (const [i, nominal] of [10, 20, 40, 80].entries()) {
    expect(delays[i]).toBeGreaterThanOrEqual(Math.min(25, nominal * 0.5));
    expect(delays[i]).toBeLessThanOrEqual(Math.min(25, nominal * 1.5));
  }
});

test('a bug is no failed call: it is thrown as it is', async () => {
  const bug = new TypeError('x is undefined');
  await expect(retry(() => Promise.reject(bug), classify, { attempts: 3 })).rejects.toBe(bug);
});

test('an abort ends a delay, with its reason', async () => {
  const stop = new AbortController();
  const onRetry = () => setImmediate(() => stop.abort(new Error('stopped')));
  const { outcome } = await attempted(9, { isTransient: true, retryAfterMs: 60_000 }, { signal: stop.signal, onRetry });
  expect(outcome).toEqual(new Error('stopped'));
});

test.each([429, 500, 502, 503, 504])('%i passes by itself', status => {
  expect(isTransientStatus(status)).toBe(true);
});

test.each([200, 400, 401, 403, 404, 409, 412, undefined])('%s does not', status => {
  expect(isTransientStatus(status)).toBe(false);
});

test.each<[string | undefined, number | undefined]>([
  ['7', 7_000],
  ['0', 0],
  ['', undefined],
  [undefined, undefined],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
])('Retry-After: %s', (header, ms) => {
  expect(retryAfterMs(header)).toBe(ms);
});
