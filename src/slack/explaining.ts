/** A pasted error → what it means, told at once, and the checks that can prove it, as a diagnosis. */
import { type Explanation, KNOWN, type Match } from '../contracts/explanation.ts';
import type { DiagnoseRequest } from '../contracts/jobs.ts';
import { CheckId } from '../contracts/report.ts';
import type { Language } from '../contracts/text.ts';
import { explainText } from '../explain/recognize.ts';
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
  const explanation: Explanation = { schema: 'gke-auth/explanation/v1', matches, redactions };
  const best = matches.find(match => match.confidence >= KNOWN);
  const provable = best && CheckId.safeParse(best.problem).success;
  if (!best || !provable) return explanationMessage(explanation, language);
  const request = requestOf(best, new Date().toISOString());
  if (request.cluster !== '') {
    await askDiagnosis(services, visit, request, chosen);
    return explanationMessage(explanation, language, request.cluster);
  }
  const { cluster: _, ...rest } = request;
  const carried = { origin: originOf(visit), request: rest, ...(chosen && { chosen }) };
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

const VALUE_MAX = 160;

/** What the error names, as a request. `at`: when it was pasted. */
export function requestOf({ problem, entities }: Match, at: string): DiagnoseRequest {
  const { project, location, cluster, principal, verb, kubernetesResource, namespace, kubernetesServiceAccount } =
    entities;
  const place = [project, location].every(part => part !== undefined) ? [project, location] : [location];
  const named = cluster ? [...place.filter(part => part !== undefined), cluster].join('/') : '';
  const denied =
    verb && kubernetesResource ? { verb, resource: kubernetesResource, ...(namespace && { namespace }) } : {};
  const workload =
    namespace && kubernetesServiceAccount ? { workload: `${namespace}/${kubernetesServiceAccount}` } : {};
  const short = Object.entries(entities).filter(([, value]) => value.length <= VALUE_MAX);
  return {
    cluster: named,
    projects: project ? [project] : [],
    ...(principal && { principal }),
    ...denied,
    ...(problem.startsWith('wi-') && workload),
    symptom: { problem, entities: Object.fromEntries(short), at },
  };
}
