/** One person's command, click or submission: who, where, in which language, and the id that leads through the logs. */
import { createHash, randomUUID } from 'node:crypto';
import type { Language } from '../contracts/text.ts';

export interface Visit {
  /** Slack user id, and the workspace it came from; empty where the payload names none. */
  readonly user: string;
  readonly team: string;
  readonly channel?: string;
  /** The message that was clicked, and the thread it stands in. */
  readonly messageTs?: string;
  readonly threadTs?: string;
  readonly triggerId: string;
  /** Never logged. */
  readonly responseUrl?: string;
  /** Of this person, for what only they see. */
  readonly language: Language;
  /** In every log line; becomes the id of the job that this starts. */
  readonly trace: string;
}

/** The same envelope, delivered twice or to two processes, has the same trace. */
export function traceOf(triggerId: string): string {
  const seed = triggerId === '' ? randomUUID() : triggerId;
  return `d${createHash('sha256').update(seed).digest('hex').slice(0, 12)}`;
}
