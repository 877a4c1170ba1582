import type { Approval } from '../../approvals/approval.ts';
import { lookUp } from '../../approvals/decide.ts';
import { mayDecide } from '../../approvals/policy.ts';
import { planRules } from '../../config/config.ts';
import { type Pending, pendingMessage } from '../../slack/messages/lists.ts';
import type { Interaction } from '../interaction.ts';
import type { Services } from '../services.ts';
import type { CommandHandler } from './command.ts';

const LINKS = 10;

export const pending: CommandHandler<'pending'> = async (services, interaction, { language }) =>
  pendingMessage(await waitingFor(services, interaction), language ?? interaction.language);

/** What this person may decide now, the one that expires first coming first. Nothing is decided here. */
export async function waitingFor(
  services: Services,
  interaction: Pick<Interaction, 'user' | 'team'>,
): Promise<Pending[]> {
  const { backlog, directory, config, cards, deciding } = services;
  const open = await backlog.pending();
  if (open.length === 0) return [];
  const actor = await directory.user({ user: interaction.user, team: interaction.team });
  const { workspace } = deciding;
  const mine: Approval[] = [];
  for (const approval of open) {
    const { plan } = approval.signed;
    const rules = planRules(config, plan);
    const groups = await lookUp(directory.recent, rules, undefined);
    if (mayDecide({ actor, decision: 'approve', plan, rules, groups, workspace }).allowed) mine.push(approval);
  }
  return Promise.all(
    mine.map(async (approval, index): Promise<Pending> => {
      const link = index < LINKS ? await permalink(services, approval) : undefined;
      return { view: await cards.view(approval), ...(link && { link }) };
    }),
  );
}

async function permalink({ client }: Services, { cards }: Approval): Promise<string | undefined> {
  const card = cards.thread ?? cards.approvalsChannel;
  if (!card) return undefined;
  const { permalink: link } = await client.chat
    .getPermalink({ channel: card.channel, message_ts: card.ts })
    .catch(() => ({ permalink: undefined }));
  return link;
}
