/** A pasted error → what it means, told at once, and the checks that can prove it, as a diagnosis. */
import { type Explanation, KNOWN } from '../contracts/explanation.ts';
import type { Language } from '../contracts/text.ts';
import { explainText } from '../explain/recognize.ts';
import { toRequest } from '../explain/target.ts';
import { means, next } from '../explain/texts.ts';
import { askDiagnosis } from './asking.ts';
import type { Message } from './messages/blocks.ts';
import { explanationMessage } from './messages/explanation.ts';
import type { Services } from './services.ts';
import { diagnoseModal } from './views/diagnose.ts';
import { originOf, type Visit } from './visit.ts';

/** Where one thing is missing (the cluster), a modal asks for it; then there is nothing more to tell. */
export async function explain(
  services: Services,
  visit: Visit,
  text: string,
  chosen?: Language,
): Promise<Message | undefined> {
  const language = chosen ?? visit.language;
  const { matches, redactions } = explainText(text);
  const told = matches.map(match => ({ ...match, means: means(match, language), next: next(match, language) }));
  const explanation: Explanation = { schema: 'gke-auth/explanation/v1', matches: told, redactions };
  const best = matches.find(match => match.confidence >= KNOWN);
  const request = best && toRequest(best, new Date()).request;
  if (!request) return explanationMessage(explanation, language);
  const { cluster, projects = [], ...rest } = request;
  if (cluster) {
    await askDiagnosis(services, visit, { ...rest, cluster, projects }, chosen);
    return explanationMessage(explanation, language, cluster);
  }
  const carried = { origin: originOf(visit), request: { ...rest, projects }, ...(chosen && { chosen }) };
  const said = explanationMessage(explanation, language);
  try {
    await services.client.views.open({
      trigger_id: visit.triggerId,
      view: diagnoseModal(carried, language, said.blocks),
    });
    return undefined;
  } catch (error) {
    // The explanation is worth more than the picker: it comes as a message.
    services.log.warn({ err: error, trace: visit.trace }, 'the picker was not opened');
    return said;
  }
}
