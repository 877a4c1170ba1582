/** The buttons of the Home tab: modals that end in a direct message. */

import { originOf } from '../interaction.ts';
import { diagnoseModal } from '../views/diagnose.ts';
import { explainModal } from '../views/explain.ts';
import type { ActionHandler } from './action.ts';

export const homeDiagnose: ActionHandler = async ({ client }, interaction) => {
  const view = diagnoseModal({ origin: originOf(interaction), request: { projects: [] } }, interaction.language);
  await client.views.open({ trigger_id: interaction.triggerId, view });
  return undefined;
};

export const homeExplain: ActionHandler = async ({ client }, interaction) => {
  await client.views.open({
    trigger_id: interaction.triggerId,
    view: explainModal(originOf(interaction), interaction.language),
  });
  return undefined;
};
