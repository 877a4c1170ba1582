/** The buttons of a report: stop it, run it again, see all of it, copy a fix, ask again for one that was settled. */

import { cancelJob, mayCancel } from '../../approvals/cancellation.ts';
import { botText } from '../../locales/bot.ts';
import { person, prose } from '../../slack/messages/escape.ts';
import { note } from '../../slack/messages/usage.ts';
import { remedyAt } from '../../store/reports.ts';
import { askDiagnosis, askScan } from '../enqueue.ts';
import type { Visit } from '../interaction.ts';
import type { Services } from '../services.ts';
import { remedyModal, resultsModal } from '../views/texts.ts';
import type { ActionHandler } from './action.ts';

const gone = (visit: Visit) => note(botText.goneReport[visit.language]);

export const cancel: ActionHandler = async ({ redis, reports, deciding, config }, visit, id) => {
  const job = await reports.job(id);
  if (!job) return gone(visit);
  if (!(await mayCancel(deciding, config.projects, visit, job))) {
    return note(botText.cancelRefused(person(job.requester.user))[visit.language]);
  }
  await cancelJob(redis, id, visit.user);
  return undefined;
};

export const rerun: ActionHandler = async (services, visit, id) => {
  const job = await services.reports.job(id);
  if (!job) return gone(visit);
  // A new run has a thread of its own.
  const here: Visit = { ...visit, channel: job.place.channel, threadTs: undefined };
  const { language } = job.place;
  return job.kind === 'scan'
    ? askScan(services, here, job.projects, language)
    : askDiagnosis(services, here, job.request, language);
};

/** `value`: the job whose cluster's name was ambiguous, and the one that was meant. */
export const pickCluster: ActionHandler = async (services, visit, value) => {
  const [id = '', cluster = ''] = value.split(' ');
  const job = await services.reports.job(id);
  if (job?.kind !== 'diagnose' || cluster === '') return gone(visit);
  const here: Visit = { ...visit, channel: job.place.channel, threadTs: undefined };
  return askDiagnosis(services, here, { ...job.request, cluster }, job.place.language);
};

/** `approval`: one that is settled. The diagnosis runs anew and offers what is needed by now. */
export const askAgain: ActionHandler = async (services, visit, approval) => {
  const settled = await services.store.get(approval);
  if (!settled) return gone(visit);
  const { plan } = settled.signed;
  const job = await services.reports.job(plan.reportId);
  const here: Visit = { ...visit, threadTs: undefined, ...(job && { channel: job.place.channel }) };
  await askDiagnosis(services, here, plan.request, job?.place.language);
  return note(botText.asked(prose(plan.headline, 200))[visit.language]);
};

export const allResults: ActionHandler = async (services, visit, id) => {
  const stored = await services.reports.report(id);
  if (!stored) return gone(visit);
  return open(services, visit, resultsModal(stored.report, visit.language));
};

/** `reference`: see `remedyReference`. */
export const remedyText: ActionHandler = async (services, visit, reference) => {
  const [id = '', finding, remedy] = reference.split('/');
  const stored = await services.reports.report(id);
  const found = stored && remedyAt(stored, Number(finding), Number(remedy));
  return found ? open(services, visit, remedyModal(found, visit.language)) : gone(visit);
};

async function open({ client }: Services, visit: Visit, view: ReturnType<typeof remedyModal>): Promise<undefined> {
  await client.views.open({ trigger_id: visit.triggerId, view });
}
