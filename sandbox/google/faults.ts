/** A fault: which calls it applies to, and how they fail. */
export type Fault = {
  /** Name of the API as in the recorded calls, for example `container`. */
  service?: string;
  /** HTTP method. */
  method?: string;
  /** Regular expression on path and query. */
  path?: string;
  /** How many calls fail; all until the faults are cleared by default. */
  times?: number;
  /** How many matching calls succeed before the first one fails. */
  after?: number;
  /** HTTP status of the answer; 503 by default. */
  status?: number;
  /** Headers of the answer, for example `retry-after`. */
  headers?: { [name: string]: string };
  /** The answer: JSON, or a string that is sent as it is. Google's error of that status by default. */
  body?: unknown;
  /**
   * `hang` never answers, `drop` closes the connection, `dropAfter` processes the call and then closes the connection,
   * `html` answers with a page, `empty` without a body, `truncated` with half of the real answer, `huge` with 64 MB.
   */
  kind?: 'status' | 'hang' | 'drop' | 'dropAfter' | 'html' | 'empty' | 'truncated' | 'huge';
  /** Delay in ms before the call fails or is processed. */
  delay?: number;
};

export type KnownFault = Fault & { id: number; matched: number; hits: number };

/** The active faults in the order in which they were added. The first one that matches a call applies. */
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

  /** Finds the fault that applies to a call, and counts the call against it. */
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
