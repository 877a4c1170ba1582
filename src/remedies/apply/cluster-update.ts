/**
 * Changes a cluster or a node pool by one update, which GKE carries out as a long operation. Can be repeated: whoever takes it
 * up after a crash finds it done, or finds the operation and follows it.
 */

import type { Text } from '../../contracts/text.ts';
import type { ClusterOperation, WritableCluster } from '../../google/cluster-writes.ts';
import { GoogleApiError } from '../../google/errors.ts';
import type { ApplyContext } from '../remedy.ts';
import { followOperation } from './follow-operation.ts';
import { ChangeRefusedError } from './refused.ts';

export interface ClusterUpdate {
  /** Full resource name of the cluster. */
  readonly cluster: string;
  /** End of the URL of what is changed: `/clusters/C` or `/clusters/C/nodePools/NP`. */
  readonly target: string;
  readonly isDone: (cluster: WritableCluster) => boolean;
  readonly send: () => Promise<ClusterOperation>;
  readonly doing: Text;
  readonly failed: Text;
}

/**
 * Whether anything had to be changed. An operation that runs on the same target is followed first, whatever its type: it is ours
 * from before a crash, or it keeps GKE from starting another one.
 * @throws {ChangeRefusedError | GoogleApiError}
 */
export async function updateCluster(update: ClusterUpdate, context: ApplyContext): Promise<boolean> {
  const { google } = context;
  if (update.isDone(await google.getCluster(update.cluster))) return false;
  const running = await findRunning(update, context);
  if (running) {
    await untilOver(update, running, context);
    if (update.isDone(await google.getCluster(update.cluster))) return true;
  }
  await follow(update, await start(update, context), context);
  return true;
}

/** That it failed is no reason to stop: it may have been somebody else's, and sending the update again does no harm. */
async function untilOver(update: ClusterUpdate, running: ClusterOperation, context: ApplyContext): Promise<void> {
  try {
    await follow(update, running, context);
  } catch (error) {
    if (!(error instanceof ChangeRefusedError)) throw error;
  }
}

function placeOf({ cluster }: ClusterUpdate): string {
  return cluster.replace(/\/clusters\/.*/, '');
}

async function findRunning(update: ClusterUpdate, { google }: ApplyContext): Promise<ClusterOperation | undefined> {
  const operations = await google.listOperations(placeOf(update));
  return operations.find(({ status, targetLink }) => status !== 'DONE' && targetLink.endsWith(update.target));
}

async function start(update: ClusterUpdate, context: ApplyContext): Promise<ClusterOperation> {
  try {
    return await update.send();
  } catch (error) {
    const failure = GoogleApiError.from(error);
    // Refused is refused; of anything else nobody knows whether the operation began.
    if (failure.status !== undefined && failure.status < 500) throw failure;
    const begun = await findRunning(update, context);
    if (begun) return begun;
    throw failure;
  }
}

function follow(update: ClusterUpdate, started: ClusterOperation, context: ApplyContext): Promise<void> {
  const { doing, failed } = update;
  const progress = ({ name, status }: ClusterOperation): Text => ({
    en: `${doing.en}: ${status} (${name})`,
    ja: `${doing.ja}: ${status}（${name}）`,
  });
  return followOperation({ place: placeOf(update), progress, failed }, started, context);
}
