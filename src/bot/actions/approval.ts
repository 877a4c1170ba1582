/** Approve, Deny, Revoke: from the click over the modals to the decision, and back onto the cards. */
import { type Click, decide } from '../../approvals/decide.ts';
import { ApprovalTamperedError } from '../../approvals/record.ts';
import type { Message } from '../../slack/messages/blocks.ts';
import { prose } from '../../slack/messages/escape.ts';
import { note } from '../../slack/messages/usage.ts';
import { clickOrigin, type Interaction, originOf } from '../interaction.ts';
import type { Services } from '../services.ts';
import { disruptiveModal, reasonModal } from '../views/decision.ts';
import type { ActionHandler } from './action.ts';

/** A grant or change was confirmed in Slack's own dialog; what is disruptive first gets a modal that says what restarts. */
export const approve: ActionHandler = async (services, interaction, value) => {
  // An altered record is the decision's to refuse, and to put on record.
  const approval = await services.store.get(value).catch(error => {
    if (error instanceof ApprovalTamperedError) return undefined;
    throw error;
  });
  if (approval?.state !== 'pending' || approval.signed.plan.remedy.risk !== 'disruptive') {
    return decided(services, interaction, { approvalId: value, decision: 'approve' });
  }
  const view = disruptiveModal(await services.cards.view(approval), originOf(interaction), interaction.language);
  await services.client.views.open({ trigger_id: interaction.triggerId, view });
  return undefined;
};

export const deny: ActionHandler = (services, interaction, value) => askReason(services, interaction, 'deny', value);
export const revoke: ActionHandler = (services, interaction, value) =>
  askReason(services, interaction, 'revoke', value);

async function askReason(
  { client }: Services,
  interaction: Interaction,
  decision: 'deny' | 'revoke',
  value: string,
): Promise<undefined> {
  const view = reasonModal(decision, value, originOf(interaction), interaction.language);
  await client.views.open({ trigger_id: interaction.triggerId, view });
}

/** Decides, brings the cards up to date, tells those concerned. Answers with what only the one who clicked sees. */
export async function decided(
  services: Services,
  interaction: Interaction,
  click: Pick<Click, 'approvalId' | 'decision' | 'reason'>,
): Promise<Message | undefined> {
  const { cards, log } = services;
  const outcome = await decide(services.deciding, {
    ...click,
    origin: clickOrigin(interaction),
    deliveryId: interaction.triggerId,
  });
  const { approval } = outcome;
  const code = outcome.kind === 'refused' ? outcome.code : outcome.kind;
  const report = approval?.signed.plan.reportId;
  log.info(
    {
      trace: report ?? interaction.trace,
      click: interaction.trace,
      approval: approval?.id,
      decision: click.decision,
      outcome: code,
    },
    'decision',
  );
  if (approval) {
    // The sweeper edits the cards later where Slack doesn't take it now.
    void cards.refresh(approval).catch(error => log.warn({ err: error, trace: interaction.trace }, 'a card is behind'));
    // What is revoked is announced by the worker, once it is gone.
    if (outcome.kind === 'denied') {
      void cards
        .announce(approval)
        .catch(error =>
          log.warn(
            { event: 'announcement.failed', err: error, trace: interaction.trace },
            'failed to announce decision',
          ),
        );
    }
  }
  const cardSaysIt = outcome.kind === 'denied' || ('queued' in outcome && outcome.queued);
  return cardSaysIt ? undefined : note(prose(outcome.says[interaction.language], 800));
}
