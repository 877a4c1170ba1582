/** What somebody without a key wrote into an approval is told: to the log, the audit log and on the cards. */

import { keys } from './keys.ts';
import type { StoreOptions } from './store-options.ts';

/** More than this are not told apart any more: whoever writes so much is known by then. */
const REMEMBERED = 10_000;

export class TamperingReports {
  readonly #options: StoreOptions;
  readonly #told = new Set<string>();

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** Each thing once for each process. */
  report(approval: string, what: string): void {
    const { redis, audit, onTampering, onBehind } = this.#options;
    const key = `tampered ${approval} ${what}`;
    if (this.#told.has(key) || this.#told.size > REMEMBERED) return;
    this.#told.add(key);
    onTampering?.(approval, what);
    const event = { action: 'approval.tampered', at: new Date().toISOString(), approval, detail: { what } };
    const noted = async () => {
      await audit.append([{ key, event }]);
      await redis.zadd(keys.index.staleCards, Date.now(), approval);
    };
    void noted().catch(error => onBehind?.(error));
  }
}
