/** The contract of a remedy: `plan` says exactly what would be done, and is pure; `apply` does it, and can be repeated. */
import type { z } from 'zod';
import type { Change, Remedy, RemedyKind, Risk } from '../../src/contracts/report.ts';
import type { Text } from '../../src/contracts/text.ts';
import type { RemedyRequest } from '../checks/check.ts';
import type { Access } from '../facts/access.ts';

/** What planning may look at: what was read for the check that asks. */
export interface PlanContext {
  readonly access: Access;
  /** The permissions that the finding names as missing. */
  readonly missing: readonly string[];
}

/** A planned remedy, in every language; `renderRemedy` picks one. */
export interface PlannedRemedy {
  readonly params: Readonly<Record<string, unknown>>;
  readonly command: string;
  readonly summary: Text;
  readonly terraform?: string;
  readonly manifest?: string;
  readonly undo?: string;
  readonly console?: string;
  readonly change?: Omit<Change, 'disrupts'> & { readonly disrupts?: Text };
}

export interface RemedyDefinition<Params> {
  readonly kind: RemedyKind;
  readonly risk: Risk;
  /** Validates parameters, also those that came back out of Redis. */
  readonly params: z.ZodType<Params>;
  plan(params: Params, context: PlanContext): PlannedRemedy;
}

/** Checks the parameters and plans. @throws {z.ZodError} where a check asked for something impossible: a bug. */
export function planWith<Params>(
  definition: RemedyDefinition<Params>,
  request: RemedyRequest,
  context: PlanContext,
): PlannedRemedy & Pick<Remedy, 'kind' | 'risk'> {
  const params = definition.params.parse(request.params);
  return { ...definition.plan(params, context), kind: definition.kind, risk: definition.risk };
}
