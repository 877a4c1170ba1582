/** Which failures pass by themselves, and when. Pure. */

/** What a failure means for another attempt. */
export interface Classified {
  /** False where another attempt would fail in the same way. */
  readonly isTransient: boolean;
  /** What the server asked for (`Retry-After`), in ms. */
  readonly retryAfterMs?: number;
  /** Fewer attempts than otherwise. */
  readonly attempts?: number;
}

/** Statuses that pass by themselves. A 403 never does. */
const TRANSIENT = new Set([429, 500, 502, 503, 504]);

export function isTransientStatus(status: number | undefined): boolean {
  return status !== undefined && TRANSIENT.has(status);
}

/** `Retry-After` in seconds, as Google and Kubernetes send it (RFC 9110, section 10.2.3), in ms; undefined for a date. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  const seconds = Number(header || Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
