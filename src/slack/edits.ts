/** Edits of one's own messages: many small ones become few, the last one is always shown. */

/** At most one edit of a message in this time (ms); docs/slack.md#rate-limits. */
export const EDIT_EVERY_MS = 2_500;

interface State<What> {
  lastAt: number;
  waiting?: What;
  timer?: NodeJS.Timeout;
  running: Promise<unknown>;
}

/** `show` makes the edit; one that is `droppable` may as well be left out. It gives false where the message is gone. */
export class Edits<What> {
  readonly #states = new Map<string, State<What>>();
  readonly #show: (id: string, what: What, droppable: boolean) => Promise<boolean>;
  readonly #onError: (error: unknown) => void;

  constructor(
    show: (id: string, what: What, droppable: boolean) => Promise<boolean>,
    onError: (error: unknown) => void,
  ) {
    this.#show = show;
    this.#onError = onError;
  }

  /** Shows it soon, unless something newer comes first. Never waits and never throws. */
  soon(id: string, what: What): void {
    const state = this.#states.get(id) ?? { lastAt: 0, running: Promise.resolve() };
    this.#states.set(id, state);
    state.waiting = what;
    if (state.timer) return;
    const delay = Math.max(0, state.lastAt + EDIT_EVERY_MS - Date.now());
    state.timer = setTimeout(() => {
      state.timer = undefined;
      const next = state.waiting;
      state.waiting = undefined;
      if (next === undefined) return;
      state.lastAt = Date.now();
      state.running = state.running.then(() => this.#show(id, next, true)).catch(this.#onError);
    }, delay);
    state.timer.unref();
  }

  /** Shows it, after what is under way and instead of what waits. @returns false where the message is gone. */
  async now(id: string, what: What): Promise<boolean> {
    const state = this.#states.get(id);
    if (state?.timer) clearTimeout(state.timer);
    this.#states.delete(id);
    await state?.running;
    return this.#show(id, what, false);
  }
}
