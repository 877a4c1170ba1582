/**
 * Checkpoints of the audit log outside Redis: how many entries there are and the hash of the last one, signed. Always into the
 * log stream, and into a file where one is configured. `gke-auth audit verify --checkpoint FILE` proves against them that
 * nothing before was altered or cut off.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { type Signing, sealed, unsealed } from '../signing/signing.ts';
import type { Head } from './audit.ts';
import type { AuditTail } from './audit-tail.ts';

export const Checkpoint = z.object({ seq: z.number().int().nonnegative(), hash: z.string(), at: z.string() });
export type Checkpoint = z.infer<typeof Checkpoint>;

export interface CheckpointsOptions {
  readonly tail: AuditTail;
  readonly signing: Signing;
  readonly file?: string;
  readonly log: Pick<Logger, 'info'>;
}

export class Checkpoints {
  readonly #options: CheckpointsOptions;
  #last: Head | undefined;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
  }

  /** Keeps where the log ends now, unless that was the last one too. @throws where Redis or the file fails. */
  async keep(): Promise<void> {
    const { tail, signing, file, log } = this.#options;
    const { head } = await tail.read();
    if (this.#last?.seq === head.seq && this.#last.hash === head.hash) return;
    const checkpoint: Checkpoint = { ...head, at: new Date().toISOString() };
    const line = sealed(signing, 'checkpoint', checkpoint);
    if (file !== undefined) {
      writeFileSync(`${file}.new`, `${line}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    }
    log.info({ event: 'audit.checkpoint', checkpoint: line }, 'audit checkpoint');
    this.#last = head;
  }
}

/** The checkpoint in this file; undefined where there is none that the remediating worker signed. */
export function readCheckpoint(file: string, signing: Signing): Head | undefined {
  try {
    return parseCheckpoints(readFileSync(file, 'utf8'), signing).at(-1);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const LogLine = z.object({ checkpoint: z.string() });

/** Every checkpoint in a text: lines of a checkpoint file, or log lines with the field `checkpoint`. Others are passed over. */
export function parseCheckpoints(text: string, signing: Signing): Checkpoint[] {
  return text.split('\n').flatMap(line => {
    const logged = LogLine.safeParse(json(line));
    const content = unsealed(signing, 'checkpoint', logged.success ? logged.data.checkpoint : line, ['remediator']);
    const parsed = Checkpoint.safeParse(content);
    return parsed.success ? [parsed.data] : [];
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
