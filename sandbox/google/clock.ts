/** The time of the simulated cloud: the machine's, plus what was advanced. A frozen clock moves only when it is advanced. */
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

  /** Sets the time; the clock goes on from there unless it is frozen. */
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
