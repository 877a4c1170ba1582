/** What can be made to go wrong, and with which calls. */
export type Fault = {
  /** Name of the API, as in the counts (`container`). */
  service?: string;
  /** HTTP method. */
  method?: string;
  /** Regular expression on path and query. */
  path?: string;
  /** How often; without it, until the faults are cleared. */
  times?: number;
  /** Calls that match and still go through before the fault sets in. */
  after?: number;
  /** HTTP status of the answer; 503 by default. */
  status?: number;
  /** Headers of the answer, for example `retry-after`. */
  headers?: { [name: string]: string };
  /** The answer: JSON, or text as it is. Google's error of that status by default. */
  body?: unknown;
  /**
   * How it fails: `hang` never answers, `drop` closes the connection, `dropAfter` does the work and then closes it,
   * `html` answers a page, `empty` nothing, `truncated` half of the true answer, `huge` 64 MB.
   */
  kind?: 'status' | 'hang' | 'drop' | 'dropAfter' | 'html' | 'empty' | 'truncated' | 'huge';
  /** How long this call takes before it fails or goes on, in ms. */
  delay?: number;
};

export type KnownFault = Fault & { id: number; matched: number; hits: number };

/** The faults that are set, in order; the first that matches a call meets it. */
export class Faults {
  #faults: KnownFault[] = [];
  #ids = 0;

  add(fault: Fault): KnownFault {
    this.#ids += 1;
    const known = { ...fault, id: this.#ids, matched: 0, hits: 0 };
    this.#faults.push(known);
    return known;
  }

  list(): KnownFault[] {
    return this.#faults;
  }

  clear(id?: number): void {
    this.#faults = id === undefined ? [] : this.#faults.filter(fault => fault.id !== id);
  }

  /** The fault that meets this call, counted. */
  take(call: { service: string; method: string; url: string }): KnownFault | undefined {
    for (const fault of this.#faults) {
      if (fault.service !== undefined && fault.service !== call.service) continue;
      if (fault.method !== undefined && fault.method !== call.method) continue;
      if (fault.path !== undefined && !new RegExp(fault.path).test(call.url)) continue;
      fault.matched += 1;
      if (fault.matched <= (fault.after ?? 0) || fault.hits >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
      fault.hits += 1;
      return fault;
    }
    return undefined;
  }
}
