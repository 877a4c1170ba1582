/** Where GKE says that a node pool requires recreation: in an error text, or as the error of an operation. */
import type { Cluster } from '../../../facts/google/cluster.ts';
import { type Operation, poolToRecreate } from '../../../facts/google/operations.ts';
import type { CheckRequest } from '../../check.ts';
import type { EvidenceDraft } from '../../evidence.ts';

export interface Message {
  readonly pool: string;
  /** RFC 3339; of a pasted text, the time at which it was pasted, so GKE said it then at the latest. */
  readonly at?: string;
  readonly pasted: boolean;
  readonly evidence: EvidenceDraft;
}

export function asksForRecreation({ symptom }: CheckRequest): boolean {
  return symptom?.problem === 'nodepool-requires-recreation';
}

/** A pasted text that names no pool means the cluster's only one. */
export function inErrorText(request: CheckRequest, { nodePools }: Cluster): Message[] {
  const { symptom } = request;
  if (!symptom || !asksForRecreation(request)) return [];
  const [only] = nodePools;
  const pool = symptom.entities.nodePool ?? (nodePools.length === 1 ? only?.name : undefined);
  if (pool === undefined) return [];
  const says = `Node pool "${pool}" requires recreation`;
  return [{ pool, at: symptom.at, pasted: true, evidence: { source: 'the error text', says: { en: says, ja: says } } }];
}

export function inOperation(operation: Operation): Message[] {
  const pool = poolToRecreate(operation);
  if (pool === undefined) return [];
  const says = `${operation.type} ${operation.name}: ${operation.error}`;
  return [
    {
      pool,
      at: operation.endTime ?? operation.startTime,
      pasted: false,
      evidence: { source: 'container operations.list', says: { en: says, ja: says } },
    },
  ];
}

export function latestOf(messages: readonly Message[], pool: string): Message | undefined {
  return messages
    .filter(message => message.pool === pool)
    .sort((a, b) => timeOf(a.at) - timeOf(b.at))
    .at(-1);
}

/** One message for each pool. */
export function onePerPool(messages: readonly Message[]): Message[] {
  return [...new Map(messages.map(message => [message.pool, message])).values()];
}

/** In ms since the epoch; a time that is not known comes before all others. */
export function timeOf(at: string | undefined): number {
  return at === undefined ? 0 : Date.parse(at);
}
