/** A fault of calls. With `after`, the call takes effect before it fails. */
export type Fault = {
  id: number;
  /** A Web API method, `response_url`, `upload`, or `*`. */
  method: string;
  kind: 'ratelimited' | 'http_error' | 'error' | 'hang' | 'drop';
  when: 'before' | 'after';
  /** How many more calls fail. */
  times: number;
  /** How many more calls succeed first. */
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

/** The faults that still apply to further calls. */
export class Faults {
  private ordered: Fault[] = [];
  private nextId = 1;

  add(fault: Omit<Fault, 'id'>): Fault {
    const added = { ...fault, id: this.nextId };
    this.nextId += 1;
    this.ordered.push(added);
    return added;
  }

  /** Finds the fault that applies to a call, and counts the call against it. */
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
