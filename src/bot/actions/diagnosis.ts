/** The buttons of a report: stop it, run it again, see all of it, copy a fix, ask again for one that was settled. */

import { mayCancel } from '../../approvals/cancellation.ts';
import { botText } from '../../locales/bot.ts';
import { person, prose } from '../../slack/messages/escape.ts';
import { textMessage } from '../../slack/messages/usage.ts';
import { cancelJob } from '../../store/cancellations.ts';
import { remedyAt } from '../../store/reports.ts';
import { askDiagnosis, askScan } from '../enqueue.ts';
import type { Interaction } from '../interaction.ts';
import type { Services } from '../services.ts';
import { remedyModal, resultsModal } from '../views/texts.ts';
import type { ActionHandler } from './action.ts';

const gone = (interaction: Interaction) => textMessage(botText.goneReport[interaction.language]);

export const cancel: ActionHandler = async ({ redis, reports, deciding, config }, interaction, id) => {
  const job = await reports.job(id);
  if (!job) return gone(interaction);
  if (!(await mayCancel(deciding, config.projects, interaction, job))) {
    return textMessage(botText.cancelRefused(person(job.requester.user))[interaction.language]);
  }
  await cancelJob(redis, id, interaction.user);
  return undefined;
};

export const rerun: ActionHandler = async (services, interaction, id) => {
  const job = await services.reports.job(id);
  if (!job) return gone(interaction);
  // A new run has a thread of its own.
  const here: Interaction = { ...interaction, channel: job.place.channel, threadTs: undefined };
  const { language } = job.place;
  return job.kind === 'scan'
    ? askScan(services, here, job.projects, language)
    : askDiagnosis(services, here, job.request, language);
};

/** `value`: the job whose cluster's name was ambiguous, and the one that was meant. */
export const pickCluster: ActionHandler = async (services, interaction, value) => {
  const [id = '', cluster = ''] = value.split(' ');
  const job = await services.reports.job(id);
  if (job?.kind !== 'diagnose' || cluster === '') return gone(interaction);
  const here: Interaction = { ...interaction, channel: job.place.channel, threadTs: undefined };
  return askDiagnosis(services, here, { ...job.request, cluster }, job.place.language);
};

/** `approval`: one that is settled. The diagnosis runs anew and offers what is needed by now. */
export const askAgain: ActionHandler = async (services, interaction, approval) => {
  const settled = await services.store.get(approval);
  if (!settled) return gone(interaction);
  const { plan } = settled.signed;
  const job = await services.reports.job(plan.reportId);
  const here: Interaction = { ...interaction, threadTs: undefined, ...(job && { channel: job.place.channel }) };
  await askDiagnosis(services, here, plan.request, job?.place.language);
  return textMessage(botText.asked(prose(plan.headline, 200))[interaction.language]);
};

export const allResults: ActionHandler = async (services, interaction, id) => {
  const stored = await services.reports.report(id);
  if (!stored) return gone(interaction);
  return open(services, interaction, resultsModal(stored.report, interaction.language));
};

/** `reference`: see `remedyReference`. */
export const remedyText: ActionHandler = async (services, interaction, reference) => {
  const [id = '', finding, remedy] = reference.split('/');
  const stored = await services.reports.report(id);
  const found = stored && remedyAt(stored, Number(finding), Number(remedy));
  return found ? open(services, interaction, remedyModal(found, interaction.language)) : gone(interaction);
};

async function open(
  { client }: Services,
  interaction: Interaction,
  view: ReturnType<typeof remedyModal>,
): Promise<undefined> {
  await client.views.open({ trigger_id: interaction.triggerId, view });
}
