/** What may go wrong with a call. `after` means that the call has taken effect all the same. */
export type Fault = {
  id: number;
  /** A Web API method, `response_url`, `upload`, or `*`. */
  method: string;
  kind: 'ratelimited' | 'http_error' | 'error' | 'hang' | 'drop';
  when: 'before' | 'after';
  /** How many more calls it strikes. */
  times: number;
  /** Let this many calls pass first. */
  skip: number;
  /** Only calls whose `channel` is this one. */
  channel?: string;
  /** http_error: the status, 503 by default. */
  status?: number;
  /** ratelimited: seconds, 1 by default. */
  retryAfter?: number;
  /** error: Slack's error code. */
  error?: string;
};

export const faultKinds: readonly Fault['kind'][] = ['ratelimited', 'http_error', 'error', 'hang', 'drop'];

/** The faults that were ordered and have not all struck yet. */
export class Faults {
  private ordered: Fault[] = [];
  private nextId = 1;

  add(fault: Omit<Fault, 'id'>): Fault {
    const added = { ...fault, id: this.nextId };
    this.nextId += 1;
    this.ordered.push(added);
    return added;
  }

  /** The fault that strikes this call, if any; it is used up by one. */
  take(method: string, channel: string | undefined): Fault | undefined {
    const hit = this.ordered.find(
      fault =>
        (fault.method === method || fault.method === '*') &&
        (fault.channel === undefined || fault.channel === channel) &&
        fault.times > 0,
    );
    if (!hit) return undefined;
    if (hit.skip > 0) {
      hit.skip -= 1;
      return undefined;
    }
    hit.times -= 1;
    this.ordered = this.ordered.filter(fault => fault.times > 0);
    return hit;
  }

  list(): Fault[] {
    return [...this.ordered];
  }

  clear(): void {
    this.ordered = [];
  }
}
