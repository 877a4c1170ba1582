/** What happens when a modal is submitted. */

import { refusals } from '../../approvals/refusals.ts';
import type { Text } from '../../contracts/text.ts';
import { approvalText } from '../../locales/approval.ts';
import type { Message } from '../../slack/messages/blocks.ts';
import { decided } from '../actions/approval.ts';
import { askDiagnosis } from '../enqueue.ts';
import { explain } from '../explain.ts';
import { type Interaction, returned } from '../interaction.ts';
import type { Services } from '../services.ts';
import { APPROVE_VIEW, DENY_VIEW, REASON_FIELD, REASON_MAX, REVOKE_VIEW, readDecision } from './decision.ts';
import { DIAGNOSE_VIEW, readDiagnosis } from './diagnose.ts';
import { EXPLAIN_VIEW, readExplain } from './explain.ts';
import { answers } from './modal.ts';

export interface Submission {
  readonly metadata: string;
  /** `view.state.values` */
  readonly values: unknown;
}

/** Either what is wrong with a field, at once; or the work, after which the person may be told something. */
export type Accepted =
  | { readonly field: string; readonly problem: Text }
  | { readonly interaction: Interaction; readonly work: () => Promise<Message | undefined> };

export type SubmissionHandler = (services: Services, interaction: Interaction, submission: Submission) => Accepted;

const diagnose: SubmissionHandler = (services, interaction, { metadata, values }) => {
  const read = readDiagnosis(metadata, values);
  if (!read.ok) return { field: read.field, problem: read.problem };
  const here = returned(interaction, read.carried.origin);
  return { interaction: here, work: () => askDiagnosis(services, here, read.request, read.carried.chosen) };
};

const explaining: SubmissionHandler = (services, interaction, { metadata, values }) => {
  const { origin, text } = readExplain(metadata, values);
  const here = returned(interaction, origin);
  return { interaction: here, work: () => explain(services, here, text) };
};

const withReason =
  (decision: 'deny' | 'revoke'): SubmissionHandler =>
  (services, interaction, { metadata, values }) => {
    const { approval, origin } = readDecision(metadata);
    const reason = answers(values)[REASON_FIELD] ?? '';
    if (reason.trim() === '') return { field: REASON_FIELD, problem: refusals['reason-missing']() };
    if (reason.length > REASON_MAX) return { field: REASON_FIELD, problem: approvalText.tooLong(REASON_MAX) };
    const here = returned(interaction, origin);
    return { interaction: here, work: () => decided(services, here, { approvalId: approval, decision, reason }) };
  };

const approve: SubmissionHandler = (services, interaction, { metadata }) => {
  const { approval, origin } = readDecision(metadata);
  const here = returned(interaction, origin);
  return {
    interaction: here,
    work: () => decided(services, here, { approvalId: approval, decision: 'approve', confirmed: true }),
  };
};

export const SUBMISSIONS: Readonly<Record<string, SubmissionHandler>> = {
  [DIAGNOSE_VIEW]: diagnose,
  [EXPLAIN_VIEW]: explaining,
  [DENY_VIEW]: withReason('deny'),
  [REVOKE_VIEW]: withReason('revoke'),
  [APPROVE_VIEW]: approve,
};
