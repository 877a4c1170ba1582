/** Rate limit tiers of methods (https://docs.slack.dev/apis/web-api/rate-limits). `special` methods have rules of their own. */
export type Tier = 1 | 2 | 3 | 4 | 'special';

/** Calls per minute and method. For `special` it is the workspace's limit of chat.postMessage, a few hundred. */
const perMinute: Record<Tier, number> = { 1: 1, 2: 20, 3: 50, 4: 100, special: 300 };

/** chat.postMessage in one channel: about one message per second, with short bursts. */
const post = { perSecond: 1, burst: 5 };

type Bucket = { tokens: number; at: number };

/** Token buckets: one for each method, and one for each channel for chat.postMessage. */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Counts one call. Returns 0, or the seconds after which to retry (Retry-After). */
  take(method: string, tier: Tier, channel: string | undefined): number {
    const wait = this.draw(method, perMinute[tier] / 60, perMinute[tier]);
    if (wait > 0 || method !== 'chat.postMessage' || channel === undefined) return wait;
    return this.draw(`${method} ${channel}`, post.perSecond, post.burst);
  }

  reset(): void {
    this.buckets.clear();
  }

  private draw(key: string, perSecond: number, capacity: number): number {
    const now = this.now();
    const bucket = this.buckets.get(key) ?? { tokens: capacity, at: now };
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
    return 0;
  }
}
