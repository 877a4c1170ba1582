/** One diagnosis' view of the world: every source is read at most once in it, and all reads share one clock. */
import type { GoogleReads } from '../../google/reads.ts';
import type { KubernetesConnector } from '../../kubernetes/connect.ts';
import { Stages } from '../stages.ts';
import { PLACEHOLDER } from './fact.ts';

/** What is kept of a predefined role. */
export interface CachedRole {
  readonly permissions: readonly string[];
  readonly disabled: boolean;
}

/** Where predefined roles are kept for a day for all diagnosing workers. Custom roles never go through it. */
export interface RoleCache {
  /**
   * The cached role; else what `read` gives, read once for everybody who asks at the same time. Undefined, which is not kept,
   * where it could not be read.
   */
  get(name: string, read: () => Promise<CachedRole | undefined>): Promise<CachedRole | undefined>;
}

export interface SessionOptions {
  readonly google: GoogleReads;
  /** Opens clusters' API servers; absent where none may be asked. */
  readonly kubernetes?: KubernetesConnector;
  readonly now: Date;
  readonly roleCache?: RoleCache;
  /** Who we are, for the commands that would give us a missing permission: `serviceAccount:…`, where it can be known. */
  readonly member?: () => Promise<string | undefined>;
  /**
   * For a scan: its calls must not grow with what it finds. So it asks no Troubleshooter, and reads the service accounts of a
   * project as a list instead of one by one.
   */
  readonly scan?: boolean;
}

export class Session {
  readonly google: GoogleReads;
  readonly kubernetes: KubernetesConnector | undefined;
  readonly now: Date;
  readonly roleCache: RoleCache | undefined;
  /** Our own identity as a member of a binding, or the placeholder for it. */
  readonly self: () => Promise<string>;
  readonly scan: boolean;
  readonly stages = new Stages();
  readonly #reads = new Map<string, Promise<unknown>>();

  constructor(options: SessionOptions) {
    this.google = options.google;
    this.kubernetes = options.kubernetes;
    this.now = options.now;
    this.roleCache = options.roleCache;
    this.self = async () => (await options.member?.()) ?? PLACEHOLDER;
    this.scan = options.scan ?? false;
  }

  /** Runs `read` the first time `key` is asked for, and gives everybody its one answer. */
  once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const running = this.#reads.get(key);
    // Keys carry the reader's name, so a key always belongs to one type.
    if (running) return running as Promise<T>;
    const started = read();
    // Some reads begin before anybody waits for them: what fails meanwhile is told to whoever asks, and is no loose end.
    started.catch(() => {});
    this.#reads.set(key, started);
    return started;
  }

  /** Requests sent so far by service, retries included. */
  apiCalls(): Record<string, number> {
    return { ...this.google.calls(), kubernetes: this.kubernetes?.calls ?? 0 };
  }

  /** Resolves when no read is under way, so that the count of calls is final. */
  async settled(): Promise<void> {
    for (let size = -1; size !== this.#reads.size; ) {
      size = this.#reads.size;
      await Promise.allSettled(this.#reads.values());
    }
  }
}
