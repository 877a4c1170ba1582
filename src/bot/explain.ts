/** A pasted error → what it means, told at once, and the checks that can prove it, as a diagnosis. */
import { type Explanation, KNOWN } from '../contracts/explanation.ts';
import type { Language } from '../contracts/text.ts';
import { explainText } from '../explain/recognize.ts';
import { toRequest } from '../explain/target.ts';
import { explained } from '../explain/texts/index.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { explanationMessage } from '../slack/messages/explanation.ts';
import { askDiagnosis } from './enqueue.ts';
import { type Interaction, originOf } from './interaction.ts';
import type { Services } from './services.ts';
import { type Asked, diagnoseModal } from './views/diagnose.ts';

export interface Wish {
  readonly chosen?: Language;
  /** Where a cluster without a project is looked for. */
  readonly projects?: readonly string[];
  /** Slack user id of whoever posted the error, where that is not the one who asks: the error is theirs. */
  readonly author?: string;
}

/** Without a modal nobody is asked for these: a diagnosis can do without them. */
const WAITS_FOR: readonly Asked[] = ['cluster', 'workload'];

/** A modal asks for what is missing, below what is known; then there is nothing more to tell. */
export async function explain(
  services: Services,
  interaction: Interaction,
  text: string,
  { chosen, projects = [], author = interaction.user }: Wish = {},
): Promise<Message | undefined> {
  const language = chosen ?? interaction.language;
  const { matches, redactions, unread } = explainText(text);
  const told = matches.map(match => explained(match, language));
  const explanation: Explanation = { schema: 'gke-auth/explanation/v1', matches: told, redactions };
  const best = matches.find(match => match.confidence >= KNOWN);
  if (!best) return explanationMessage(explanation, language, { unread });
  const { request: named, missing, checks } = toRequest(best, new Date());
  // Nothing in a cluster can prove it: there is nothing to diagnose.
  if (checks.length === 0) return explanationMessage(explanation, language, { unread });
  const asks = missing.filter(one => one !== 'project');
  const principal = missing.includes('principal') ? (await services.people.about(author))?.email : undefined;
  const request = {
    ...named,
    ...(named.projects.length === 0 && { projects: [...projects] }),
    ...(principal && { principal }),
  };
  const { cluster } = request;
  if (cluster && !asks.some(one => WAITS_FOR.includes(one))) {
    await askDiagnosis(services, interaction, { ...request, cluster }, chosen);
    return explanationMessage(explanation, language, { cluster, unread });
  }
  const carried = { origin: originOf(interaction), request, ...(chosen && { chosen }) };
  const said = explanationMessage(explanation, language, { unread });
  try {
    await services.client.views.open({
      trigger_id: interaction.triggerId,
      view: diagnoseModal(carried, language, { above: said.blocks, asks }),
    });
    return undefined;
  } catch (error) {
    // The explanation is worth more than the picker: it comes as a message.
    services.log.warn({ event: 'modal.open_failed', err: error, trace: interaction.trace }, 'failed to open modal');
    return said;
  }
}
