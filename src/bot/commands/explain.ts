import { explain as explainText } from '../explain.ts';
import { originOf } from '../interaction.ts';
import { explainModal } from '../views/explain.ts';
import type { CommandHandler } from './command.ts';

export const explain: CommandHandler<'explain'> = async (services, visit, { text, language, projects }) => {
  if (text) return explainText(services, visit, text, { projects, ...(language && { chosen: language }) });
  const view = explainModal(originOf(visit), language ?? visit.language);
  await services.client.views.open({ trigger_id: visit.triggerId, view });
  return undefined;
};
