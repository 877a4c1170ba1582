/** Whether Google accepts the worker's identity, for `status`. Derived from the results of jobs, so it costs no calls. */
import type { WorkerHealth } from '../../src/contracts/health.ts';
import { NothingReadableError } from '../../src/diagnosis/pipeline.ts';
import { CredentialsError } from '../../src/google/identity.ts';

export class GoogleAccess {
  #google: WorkerHealth['google'];

  constructor(identity: string | undefined) {
    this.#google = { state: 'unknown', ...(identity ? { identity } : {}) };
  }

  get state(): WorkerHealth['google'] {
    return this.#google;
  }

  /** Runs `work` and records whether Google accepted the identity. */
  async watch<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      const { identity } = this.#google;
      this.#google = { state: 'ok', ...(identity ? { identity } : {}) };
      return result;
    } catch (error) {
      if (error instanceof CredentialsError || error instanceof NothingReadableError) {
        const { text, next } = error;
        const problem = { en: `${text.en} ${next.en}`, ja: `${text.ja}${next.ja}` };
        this.#google = { ...this.#google, state: 'failing', problem };
      }
      throw error;
    }
  }
}
