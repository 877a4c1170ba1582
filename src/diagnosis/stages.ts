/** How long the stages of one diagnosis took. They overlap where checks don't wait for each other. */
export class Stages {
  #started = performance.now();
  #collect = 0;
  #check = 0;
  #plan = 0;

  /** The diagnosis begins: what was read before, with the same session, is not a part of it. */
  begin(): void {
    this.#started = performance.now();
  }

  /** ms since it began, rounded up, so that no stage is longer. */
  get elapsed(): number {
    return Math.ceil(performance.now() - this.#started);
  }

  /** Everything that somebody waits for so far has been read. */
  collected(): void {
    this.#collect = performance.now() - this.#started;
  }

  check<Result>(work: () => Result): Result {
    const started = performance.now();
    const result = work();
    this.#check += performance.now() - started;
    return result;
  }

  plan<Result>(work: () => Result): Result {
    const started = performance.now();
    const result = work();
    this.#plan += performance.now() - started;
    return result;
  }

  /** In ms: until the last fact was there, and the time spent in checks and in planning remedies. */
  get ms(): { collect: number; check: number; plan: number } {
    const round = (ms: number) => Math.round(ms * 10) / 10;
    return { collect: round(this.#collect), check: round(this.#check), plan: round(this.#plan) };
  }
}
