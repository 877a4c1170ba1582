/** Approve, Deny, Revoke: from the click over the modals to the decision, and back onto the cards. */
import { type Click, decide } from '../../approvals/decide.ts';
import { ApprovalAltered } from '../../approvals/record.ts';
import type { Message } from '../../slack/messages/blocks.ts';
import { prose } from '../../slack/messages/escape.ts';
import { note } from '../../slack/messages/usage.ts';
import { clickOrigin, originOf, type Visit } from '../interaction.ts';
import type { Services } from '../services.ts';
import { disruptiveModal, reasonModal } from '../views/decision.ts';
import type { ActionHandler } from './action.ts';

/** A grant or change was confirmed in Slack's own dialog; what is disruptive first gets a modal that says what restarts. */
export const approve: ActionHandler = async (services, visit, value) => {
  // An altered record is the decision's to refuse, and to put on record.
  const approval = await services.store.get(value).catch(error => {
    if (error instanceof ApprovalAltered) return undefined;
    throw error;
  });
  if (approval?.state !== 'pending' || approval.signed.plan.remedy.risk !== 'disruptive') {
    return decided(services, visit, { approvalId: value, decision: 'approve' });
  }
  const view = disruptiveModal(await services.cards.view(approval), originOf(visit), visit.language);
  await services.client.views.open({ trigger_id: visit.triggerId, view });
  return undefined;
};

export const deny: ActionHandler = (services, visit, value) => askReason(services, visit, 'deny', value);
export const revoke: ActionHandler = (services, visit, value) => askReason(services, visit, 'revoke', value);

async function askReason(
  { client }: Services,
  visit: Visit,
  decision: 'deny' | 'revoke',
  value: string,
): Promise<undefined> {
  const view = reasonModal(decision, value, originOf(visit), visit.language);
  await client.views.open({ trigger_id: visit.triggerId, view });
}

/** Decides, brings the cards up to date, tells those concerned. Answers with what only the one who clicked sees. */
export async function decided(
  services: Services,
  visit: Visit,
  click: Pick<Click, 'approvalId' | 'decision' | 'reason'>,
): Promise<Message | undefined> {
  const { cards, log } = services;
  const outcome = await decide(services.deciding, {
    ...click,
    origin: clickOrigin(visit),
    deliveryId: visit.triggerId,
  });
  const { approval } = outcome;
  const code = outcome.kind === 'refused' ? outcome.code : outcome.kind;
  const report = approval?.signed.plan.reportId;
  log.info(
    {
      trace: report ?? visit.trace,
      click: visit.trace,
      approval: approval?.id,
      decision: click.decision,
      outcome: code,
    },
    'decision',
  );
  if (approval) {
    // The sweeper edits the cards later where Slack doesn't take it now.
    void cards.refresh(approval).catch(error => log.warn({ err: error, trace: visit.trace }, 'a card is behind'));
    // What is revoked is announced by the worker, once it is gone.
    if (outcome.kind === 'denied') {
      void cards.announce(approval).catch(error => log.warn({ err: error, trace: visit.trace }, 'nobody was told'));
    }
  }
  const cardSaysIt = outcome.kind === 'denied' || ('queued' in outcome && outcome.queued);
  return cardSaysIt ? undefined : note(prose(outcome.says[visit.language], 800));
}
