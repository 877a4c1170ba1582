/** The buttons of the Home tab: modals that end in a direct message. */

import { originOf } from '../interaction.ts';
import { diagnoseModal } from '../views/diagnose.ts';
import { explainModal } from '../views/explain.ts';
import type { ActionHandler } from './action.ts';

export const homeDiagnose: ActionHandler = async ({ client }, visit) => {
  const view = diagnoseModal({ origin: originOf(visit), request: { projects: [] } }, visit.language);
  await client.views.open({ trigger_id: visit.triggerId, view });
  return undefined;
};

export const homeExplain: ActionHandler = async ({ client }, visit) => {
  await client.views.open({ trigger_id: visit.triggerId, view: explainModal(originOf(visit), visit.language) });
  return undefined;
};
