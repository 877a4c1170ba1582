/** What the checks of one workload have in common: what they are about, and what they say where it can't be read. */
import type { Text } from '../../../../contracts/text.ts';
import type { Fact } from '../../../facts/fact.ts';
import type { Workload } from '../../../facts/workload/workload.ts';
import type { CheckRequest, FindingDraft } from '../../check.ts';
import { unknownDetail, unreadable } from '../../evidence.ts';

export const asksForWorkload = (request: CheckRequest): boolean => request.workload !== undefined;

const PLURALS = { serviceaccount: 'serviceaccounts', pod: 'pods', deployment: 'deployments' } as const;

/** The Kubernetes service account; what was asked for, where it could not be read. */
export function subjectOf(request: CheckRequest, workload: Fact<Workload> | undefined): string {
  if (workload?.known) return workload.value.resource;
  if (!request.workload) return request.cluster;
  const { namespace, kind, name } = request.workload;
  return `${request.cluster}/k8s/namespaces/${namespace}/${PLURALS[kind]}/${name}`;
}

/** `shop/checkout`. */
export function nameOf({ namespace, serviceAccount }: Workload): string {
  return `${namespace}/${serviceAccount}`;
}

export function undecided(subject: string, fact: Fact<unknown> | undefined, headline: Text): FindingDraft {
  if (!fact || fact.known) throw new Error(`nothing is unknown about ${subject}`);
  return { subject, status: 'unknown', headline, detail: unknownDetail(fact), evidence: [unreadable(fact)] };
}

/** A link of the chain that has no meaning before an earlier one is whole. */
export function waits(subject: string, earlier: string, why: Text): FindingDraft {
  return {
    subject,
    status: 'not-applicable',
    headline: { en: `Waits for ${earlier}`, ja: `${earlier} の解決待ちです` },
    detail: {
      en: `${why.en} A link before this one is broken (${earlier}); this one can be judged once that is whole.`,
      ja: `${why.ja}これより前の ${earlier} に問題があり、解決するまで判定できません。`,
    },
    evidence: [],
  };
}

/** Names in a sentence: the first few, and how many more. */
export function listed(names: readonly string[], most = 5): Text {
  const shown = names.slice(0, most).join(', ');
  const more = names.length - most;
  return more > 0 ? { en: `${shown} and ${more} more`, ja: `${shown} ほか ${more} 件` } : { en: shown, ja: shown };
}

export function evidence(source: string, text: string | Text): FindingDraft['evidence'][number] {
  return { source, says: typeof text === 'string' ? { en: text, ja: text } : text };
}
