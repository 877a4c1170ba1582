/**
 * What this process knows of the audit log, kept up to date: it reads what was appended since, and notices where the log is not
 * the one that it knew: cut off, replaced, or put back from a copy together with the rest of Redis. A process that lives, or a
 * checkpoint kept outside Redis, remembers what somebody who can write to Redis can't make it forget.
 */
import type { SignerName, Signing } from '../signing/signing.ts';
import { ALTERED, type AuditEntry, type AuditLog, type Head, nextEntry } from './audit.ts';

export const FREEZE = 'approvals.freeze';
export const UNFREEZE = 'approvals.unfreeze';
/** Written by the remediating worker where it finds another log than it knew. */
export const RESTORED = 'audit.restored';

/** The log is not the one that was known. */
export interface Restored {
  readonly expected: Head;
  /** What is there now. */
  readonly found: Head;
}

export interface AuditView {
  readonly head: Head;
  /** Who froze all deciding and applying with `gke-auth freeze`, and when (ms); undefined where nobody did. */
  readonly frozen?: { readonly by: string; readonly at: number };
  /** What was opened before this (ms) belongs to a log that was put back, and is not applied any more. */
  readonly notBefore: number;
  /** Hashes of the approval's events by their index (1, 2, 3 …), as the log has them. */
  events(approval: string): ReadonlyMap<number, string>;
}

export interface AuditTailOptions {
  readonly audit: AuditLog;
  readonly signing: Signing;
  /** The last checkpoint that was kept outside Redis. */
  readonly known?: Head;
  /** Told once of each time that the log is another than was known. */
  readonly onRestored: (restored: Restored) => void;
}

/** Approvals that are remembered; what is older can't be begun any more. */
const REMEMBERED = 20_000;
const NOTHING: Head = { seq: 0, hash: '0'.repeat(64) };

export class AuditTail {
  readonly #options: AuditTailOptions;
  #head: Head = NOTHING;
  #expected: Head | undefined;
  #frozen: AuditView['frozen'];
  #notBefore = 0;
  readonly #events = new Map<string, Map<number, string>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: AuditTailOptions) {
    this.#options = options;
    this.#expected = options.known;
  }

  /** Reads on. @throws where Redis doesn't answer. */
  read(): Promise<AuditView> {
    const turn = this.#turn.then(() => this.#read());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #read(): Promise<AuditView> {
    const { audit, signing } = this.#options;
    const from = Math.max(0, this.#head.seq - 1);
    let seen = from;
    for await (const line of audit.lines(from)) {
      seen += 1;
      if (seen === this.#head.seq) {
        if (hashIn(line) === this.#head.hash) continue;
        return this.#again();
      }
      const entry = nextEntry(line, this.#head, signing);
      if (!('seq' in entry)) {
        // Nobody with a key wrote this line. What follows it may be ours again.
        const found = { seq: seen, hash: hashIn(line) };
        this.#restored({ expected: this.#head, found });
        this.#head = found;
        continue;
      }
      if (this.#expected?.seq === entry.seq && this.#expected.hash !== entry.hash) {
        this.#restored({ expected: this.#expected, found: { seq: entry.seq, hash: entry.hash } });
        this.#expected = undefined;
      }
      this.#take(entry);
    }
    if (seen < this.#head.seq) return this.#again();
    if (this.#expected && this.#expected.seq > this.#head.seq) {
      this.#restored({ expected: this.#expected, found: this.#head });
    }
    this.#expected = undefined;
    const events = this.#events;
    return {
      head: this.#head,
      ...(this.#frozen && { frozen: this.#frozen }),
      notBefore: this.#notBefore,
      events: approval => events.get(approval) ?? new Map(),
    };
  }

  /** Another log than the one that was known: from its beginning. Who froze approvals froze them still. */
  #again(): Promise<AuditView> {
    this.#restored({ expected: this.#head, found: NOTHING });
    this.#head = NOTHING;
    this.#events.clear();
    return this.#read();
  }

  #restored(restored: Restored): void {
    this.#notBefore = Date.now();
    this.#options.onRestored(restored);
  }

  #take({ seq, hash, event, signer }: AuditEntry & { signer: SignerName }): void {
    this.#head = { seq, hash };
    const at = Date.parse(event.at);
    if (event.action === ALTERED || (event.action === RESTORED && signer === 'remediator')) {
      this.#notBefore = Math.max(this.#notBefore, at);
    }
    if (signer === 'operator' && event.action === FREEZE) this.#frozen = { by: event.who?.user ?? '', at };
    if (signer === 'operator' && event.action === UNFREEZE && at >= (this.#frozen?.at ?? 0)) this.#frozen = undefined;
    const { approval, index, eventHash } = event;
    if (approval === undefined || index === undefined || eventHash === undefined) return;
    const known = this.#events.get(approval) ?? new Map<number, string>();
    // The first word counts: a second one about the same place is what somebody made up later.
    if (!known.has(index)) known.set(index, eventHash);
    this.#events.set(approval, known);
    const oldest = this.#events.keys().next();
    if (this.#events.size > REMEMBERED && !oldest.done) this.#events.delete(oldest.value);
  }
}

function hashIn(line: string): string {
  try {
    const { hash }: { hash?: unknown } = JSON.parse(line);
    return typeof hash === 'string' ? hash : '';
  } catch {
    return '';
  }
}
