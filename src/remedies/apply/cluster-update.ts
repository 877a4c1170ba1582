/**
 * Changes a cluster or a node pool by one update, which GKE carries out as a long operation. Can be repeated: whoever takes it
 * up after a crash finds it done, or finds the operation and follows it.
 */

import type { Text } from '../../contracts/text.ts';
import type { ClusterOperation, WritableCluster } from '../../google/cluster-writes.ts';
import { GoogleApiError } from '../../google/errors.ts';
import type { ApplyContext } from '../remedy.ts';
import { followOperation } from './follow-operation.ts';

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

/** Whether anything had to be changed. @throws {ChangeRefusedError | GoogleApiError} */
export async function updateCluster(update: ClusterUpdate, context: ApplyContext): Promise<boolean> {
  const { google } = context;
  if (update.isDone(await google.getCluster(update.cluster))) return false;
  const running = await findRunning(update, context);
  if (running) {
    await follow(update, running, context);
    // It was ours, from before a crash, or somebody else's of another purpose.
    if (update.isDone(await google.getCluster(update.cluster))) return true;
  }
  await follow(update, await start(update, context), context);
  return true;
}

function placeOf({ cluster }: ClusterUpdate): string {
  return cluster.replace(/\/clusters\/.*/, '');
}

async function findRunning(update: ClusterUpdate, { google }: ApplyContext): Promise<ClusterOperation | undefined> {
  const operations = await google.listOperations(placeOf(update));
  return operations.find(
    ({ operationType, status, targetLink }) =>
      operationType === 'UPDATE_CLUSTER' && status !== 'DONE' && targetLink.endsWith(update.target),
  );
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
