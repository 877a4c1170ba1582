/**
 * A deadline that can be let go. `AbortSignal.timeout` keeps itself, all signals made of it and whatever listens to them in
 * memory until its time is over, also where the work was done long before: at ten diagnoses a second that is a lot.
 */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Call it when the work is done. */
  clear(): void;
}

export function deadlineIn(ms: number): Deadline {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException(`No end within ${ms} ms`, 'TimeoutError'));
  const timer = setTimeout(late, ms);
  timer.unref();
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
