/**
 * `approvals.frozen` as the configuration file says now: an operator who freezes there must not have to restart anything. Read
 * again and again, since what is mounted into a container is replaced by links that file watches don't follow.
 */
import { type Config, loadConfig } from './config.ts';

const EVERY_MS = 2_000;

/** The configuration without what `watchFrozen` says by the minute; rules that freeze single projects stay. */
export function withoutFreeze<Of extends Pick<Config, 'approvals'>>(config: Of): Of {
  return { ...config, approvals: { ...config.approvals, frozen: false } };
}

export interface LiveFreeze {
  readonly isFrozen: () => boolean;
  stop(): void;
}

/**
 * @param onChange told of each change.
 * @param onError told where the file can't be read or is wrong; what it said last then holds.
 */
export function watchFrozen(
  config: Pick<Config, 'approvals'>,
  { onChange, onError }: { onChange: (frozen: boolean) => void; onError: (error: unknown) => void },
): LiveFreeze {
  let frozen = config.approvals.frozen;
  let failing = false;
  const timer = setInterval(() => {
    try {
      const now = loadConfig().approvals.frozen;
      failing = false;
      if (now === frozen) return;
      frozen = now;
      onChange(now);
    } catch (error) {
      if (!failing) onError(error);
      failing = true;
    }
  }, EVERY_MS);
  timer.unref();
  return { isFrozen: () => frozen, stop: () => clearInterval(timer) };
}
