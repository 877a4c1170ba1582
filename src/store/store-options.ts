/** What the store of approvals works with. */
import type { Redis } from 'ioredis';
import type { AuditLog } from '../approvals/audit.ts';
import type { Signing } from '../signing/signing.ts';

export interface StoreOptions {
  readonly redis: Redis;
  readonly signing: Signing;
  readonly audit: AuditLog;
  /** Takes secrets out of reasons and details before they are stored. */
  readonly redact: <Value>(value: Value) => Value;
  /** ms that a worker holds what it claimed. */
  readonly leaseMs: number;
  /** ms after applying at which it is verified; the last is when verification should be over. */
  readonly verifyMs: readonly number[];
  /** Told where something that was decided could not be read again or recorded yet; the sweeper catches up. */
  readonly onBehind?: (error: unknown) => void;
  /** Told once of each thing that somebody without a key wrote into an approval. */
  readonly onTampering?: (approval: string, what: string) => void;
}
