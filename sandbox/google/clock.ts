/** The simulated clock: the machine's time plus an offset. A frozen clock changes only when it is advanced or set. */
export class Clock {
  #offset = 0;
  #frozenAt: number | undefined;

  /** Milliseconds since the epoch. */
  now(): number {
    return (this.#frozenAt ?? Date.now()) + this.#offset;
  }

  advance(ms: number): void {
    this.#offset += ms;
  }

  /** Sets the time. The clock keeps running from there unless it is frozen. */
  set(ms: number): void {
    this.#offset = ms - (this.#frozenAt ?? Date.now());
  }

  freeze(frozen: boolean): void {
    const now = this.now();
    this.#frozenAt = frozen ? now : undefined;
    this.#offset = frozen ? 0 : now - Date.now();
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined;
  }
}
