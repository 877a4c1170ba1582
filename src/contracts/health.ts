/** What each worker says of itself in Redis, for `status` and for whoever watches. Renewed every 10 s. */
import { z } from 'zod';

export const HEALTH_EVERY_MS = 10_000;
/** A worker that was silent for this long is gone. */
export const HEALTH_GONE_MS = 35_000;

export const WorkerHealth = z.object({
  role: z.enum(['diagnoser', 'remediator']),
  /** Unique per process: host and process id. */
  instance: z.string(),
  startedAt: z.string(),
  at: z.string(),
  google: z.object({
    state: z.enum(['ok', 'failing', 'unknown']),
    /** The email whose rights are used, where it is known. */
    identity: z.string().optional(),
    /** Why it fails, and what to do. */
    problem: z.object({ en: z.string(), ja: z.string() }).optional(),
  }),
});
export type WorkerHealth = z.infer<typeof WorkerHealth>;
