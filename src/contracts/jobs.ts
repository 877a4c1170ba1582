/** What the bot asks of the workers. Everything that crosses the queue is here, and is validated when it is read. */
import { z } from 'zod';
import { CheckId } from './report.ts';

/** The verb `diagnose` with its options, as the user meant it; the same from Slack and from the terminal. */
export const DiagnoseRequest = z.object({
  /** As typed: `cluster-x`, `location/cluster-x`, `project/location/cluster-x` or the full resource name. */
  cluster: z.string(),
  /** Where a bare name is looked for; empty: the configured projects. */
  projects: z.array(z.string()).default([]),
  /** `--for`: an email or IAM member. */
  principal: z.string().optional(),
  verb: z.string().optional(),
  resource: z.string().optional(),
  namespace: z.string().optional(),
  /** `--workload`: `NS/KSA`, `NS/pod/NAME` or `NS/deploy/NAME`. */
  workload: z.string().optional(),
  /** `--needs`: the permission that is asked about, on `on`. */
  needs: z.string().optional(),
  /** `--on`: a full resource name, or `gs://BUCKET[/OBJECT]`. */
  on: z.string().optional(),
  /** `--from`: the caller's own IP address, as they state it. */
  from: z.string().optional(),
  only: z.array(CheckId).optional(),
  /** `--ttl` in ms: grants that are asked for end after this time. */
  grantMs: z.number().int().positive().optional(),
  /** What an error text named, where the diagnosis started from one (see `src/contracts/explanation.ts`). */
  symptom: z
    .object({
      problem: z.string(),
      entities: z.record(z.string(), z.string()),
      /** When the text was pasted (RFC 3339). */
      at: z.string(),
    })
    .optional(),
});
export type DiagnoseRequest = z.infer<typeof DiagnoseRequest>;

/** Who asked. `id` is the key for people (the Enterprise Grid id where there is one). */
export const Requester = z.object({
  team: z.string(),
  user: z.string(),
  id: z.string(),
  email: z.string().optional(),
});
export type Requester = z.infer<typeof Requester>;

/** Where in Slack the answer goes. */
export const Place = z.object({
  team: z.string(),
  channel: z.string(),
  /** Answer into this thread instead of starting one. */
  threadTs: z.string().optional(),
  /** The only way to answer where the bot is not a member. Valid for 30 min and 5 uses; never logged. */
  responseUrl: z.string().optional(),
  language: z.enum(['en', 'ja']),
  /** The language of the one who asked, for what only they see. */
  userLanguage: z.enum(['en', 'ja']),
});
export type Place = z.infer<typeof Place>;

const envelope = {
  /** One id from command to card: in every log line, the report's id, the job's id. */
  id: z.string().min(1),
  requestedAt: z.string(),
  requester: Requester,
  place: Place,
  /** The watch that this run belongs to: only what changed since its last run is posted (`src/store/watches.ts`). */
  watch: z.string().optional(),
};

export const DiagnoseJob = z.object({ kind: z.literal('diagnose'), ...envelope, request: DiagnoseRequest });
export type DiagnoseJob = z.infer<typeof DiagnoseJob>;

export const ScanJob = z.object({ kind: z.literal('scan'), ...envelope, projects: z.array(z.string()) });
export type ScanJob = z.infer<typeof ScanJob>;

/** What is waiting in the outbox for one channel is delivered. */
export const DeliveryJob = z.object({ channel: z.string() });
export type DeliveryJob = z.infer<typeof DeliveryJob>;

/** What the diagnosing workers take. */
export const DiagnosisJob = z.discriminatedUnion('kind', [DiagnoseJob, ScanJob]);
export type DiagnosisJob = z.infer<typeof DiagnosisJob>;

const remediation = {
  id: z.string(),
  approval: z.string(),
  /** Of the report that the approval came from: leads from the command to the card through all logs. */
  trace: z.string().optional(),
};

/** What the remediating worker takes: ids only; all else it reads from the store and verifies. */
export const RemediationJob = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('apply'), ...remediation }),
  z.object({ kind: z.literal('verify'), ...remediation, attempt: z.number().int() }),
  z.object({ kind: z.literal('revoke'), ...remediation }),
]);
export type RemediationJob = z.infer<typeof RemediationJob>;
