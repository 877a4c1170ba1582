import { explain as explainText } from '../explain.ts';
import { originOf } from '../interaction.ts';
import { explainModal } from '../views/explain.ts';
import type { CommandHandler } from './command.ts';

export const explain: CommandHandler<'explain'> = async (services, interaction, { text, language, projects }) => {
  if (text) return explainText(services, interaction, text, { projects, ...(language && { chosen: language }) });
  const view = explainModal(originOf(interaction), language ?? interaction.language);
  await services.client.views.open({ trigger_id: interaction.triggerId, view });
  return undefined;
};
