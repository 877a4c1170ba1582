/** Follows a long operation of GKE to its end, however long it takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Text } from '../../contracts/text.ts';
import type { ClusterOperation } from '../../google/cluster-writes.ts';
import { GoogleApiError } from '../../google/errors.ts';
import type { ApplyContext } from '../remedy.ts';
import { ChangeRefusedError } from './refused.ts';

export interface Followed {
  /** `projects/P/locations/L`. */
  readonly place: string;
  /** What is said while it runs; told again only when it changes. */
  readonly progress: (operation: ClusterOperation) => Text;
  /** What is said where it failed, before the operation's name and GKE's reason. */
  readonly failed: Text;
}

const FIRST_POLL_MS = 500;
const LAST_POLL_MS = 10_000;
/** Answers that may be missing in a row before it is given up. */
const PATIENCE = 10;

/** @throws {ChangeRefusedError} where the operation failed; {GoogleApiError} where its state can't be read. */
export async function followOperation(
  { place, progress, failed }: Followed,
  started: ClusterOperation,
  { google, signal, onProgress }: ApplyContext,
): Promise<void> {
  let operation = started;
  let told = '';
  let missed = 0;
  for (let wait = FIRST_POLL_MS; operation.status !== 'DONE'; wait = Math.min(wait * 2, LAST_POLL_MS)) {
    const text = progress(operation);
    if (text.en !== told) onProgress?.(text);
    told = text.en;
    await sleep(wait, undefined, { signal });
    try {
      operation = await google.getOperation(`${place}/operations/${started.name}`);
      missed = 0;
    } catch (error) {
      const failure = GoogleApiError.from(error);
      const passes = failure.status === undefined || failure.status === 429 || failure.status >= 500;
      if (!passes || ++missed > PATIENCE) throw failure;
    }
  }
  if (!operation.error) return;
  const problem = operation.error.message ?? operation.statusMessage;
  throw new ChangeRefusedError('operation-failed', {
    en: `${failed.en} (${operation.name}): ${problem ?? 'no reason given'}`,
    ja: `${failed.ja}（${operation.name}）: ${problem ?? '理由なし'}`,
  });
}
