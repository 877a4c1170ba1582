/** What `explain` answers: the problems that an error text may name, and what it says about each (schema `gke-auth/explanation/v1`). */
import { z } from 'zod';
import { CHECK_IDS, Report } from './report.ts';

/** Problems that an error text can name but that no check of a cluster proves: they lie with the caller or the organization. */
export const CALLER_PROBLEMS = ['token-invalid', 'impersonation-denied', 'org-policy-blocked'] as const;

export const PROBLEM_IDS = [...CHECK_IDS, ...CALLER_PROBLEMS] as const;
export const ProblemId = z.enum(PROBLEM_IDS);
export type ProblemId = z.infer<typeof ProblemId>;

/** The keys of what a text names (docs/domain/error-texts.md#entities). */
export const ENTITY_KEYS = [
  'project',
  'projectNumber',
  'location',
  'cluster',
  'nodePool',
  'permission',
  'role',
  'principal',
  'iamServiceAccount',
  'namespace',
  'kubernetesServiceAccount',
  'resource',
  'verb',
  'apiGroup',
  'kubernetesResource',
  'statusCode',
  'host',
  'service',
  'constraint',
] as const;
export type EntityKey = (typeof ENTITY_KEYS)[number];

/** Only what the text says; a key that it doesn't name is absent. */
export const Entities = z.partialRecord(z.enum(ENTITY_KEYS), z.string().min(1));
export type Entities = z.infer<typeof Entities>;

/** A confidence below this counts as "I don't know". */
export const KNOWN = 0.5;

export const Match = z.object({
  problem: ProblemId,
  /** How sure it is, 0 to 1. */
  confidence: z.number().min(0).max(1),
  entities: Entities,
  /** The explanation in the reader's language. */
  means: z.string().min(1).optional(),
  /** What to do, in order. */
  next: z.array(z.string().min(1)).optional(),
});
export type Match = z.infer<typeof Match>;

export const Explanation = z.object({
  schema: z.literal('gke-auth/explanation/v1'),
  /** Best first; empty where the text is none of the problems. */
  matches: z.array(Match),
  /** How many secrets were taken out of the text before anything else saw it. */
  redactions: z.number().int().min(0),
  report: Report.optional(),
});
export type Explanation = z.infer<typeof Explanation>;
