/** Approve, Deny, Revoke: from the click over the modals to the decision, and back onto the cards. */
import { type Click, decide } from '../../approvals/decide.ts';
import type { Message } from '../../slack/messages/blocks.ts';
import { prose } from '../../slack/messages/escape.ts';
import { textMessage } from '../../slack/messages/usage.ts';
import { clickOrigin, type Interaction, originOf } from '../interaction.ts';
import type { Services } from '../services.ts';
import { disruptiveModal, reasonModal } from '../views/decision.ts';
import type { ActionHandler } from './action.ts';

/** A grant or change was confirmed in Slack's own dialog. */
export const approve: ActionHandler = (services, interaction, value) =>
  decided(services, interaction, { approvalId: value, decision: 'approve' });

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

/**
 * Decides, brings the cards up to date, tells those concerned. What is disruptive first gets a modal that says what restarts.
 * Answers with what only the one who clicked sees.
 */
export async function decided(
  services: Services,
  interaction: Interaction,
  click: Omit<Click, 'origin' | 'deliveryId'>,
): Promise<Message | undefined> {
  const { cards, client, log } = services;
  const { trace, language } = interaction;
  const outcome = await decide(services.deciding, {
    ...click,
    origin: clickOrigin(interaction),
    deliveryId: interaction.triggerId,
  });
  const { approval } = outcome;
  if (outcome.kind === 'unconfirmed') {
    const view = disruptiveModal(await cards.view(outcome.approval), originOf(interaction), language);
    await client.views.open({ trigger_id: interaction.triggerId, view });
    return undefined;
  }
  log.info(
    {
      event: 'approval.decision',
      trace: approval?.signed.plan.reportId ?? trace,
      click: trace,
      approval: approval?.id,
      decision: click.decision,
      outcome: outcome.kind === 'refused' ? outcome.code : outcome.kind,
    },
    'decision',
  );
  if (approval) {
    // The sweeper edits the cards later where Slack doesn't take it now.
    void cards
      .refresh(approval)
      .catch(error => log.warn({ event: 'card.refresh_failed', err: error, trace }, 'failed to update approval card'));
    // What is revoked is announced by the worker, once it is gone.
    if (outcome.kind === 'denied') {
      void cards
        .announce(approval)
        .catch(error =>
          log.warn({ event: 'card.announce_failed', err: error, trace }, 'failed to announce a decision'),
        );
    }
  }
  const cardSaysIt = outcome.kind === 'denied' || ('queued' in outcome && outcome.queued);
  return cardSaysIt ? undefined : textMessage(prose(outcome.says[language], 800));
}
