/** The picture of a workload's chain, out of its report (src/grammar/verbs.ts). Pure. */
import type { Report } from '../../contracts/report.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { type Chain, chainOf } from './chain.ts';
import { drawChain } from './svg.ts';
import { STATES, TITLE } from './words.ts';

export interface Picture {
  readonly svg: string;
  /** The same in words, for who can't see it. */
  readonly alt: string;
}

/** Undefined where the report is about no workload, or its workload could not be read. */
export function chainPicture(report: Report, language: Language): Picture | undefined {
  const chain = chainOf(report);
  if (!chain) return undefined;
  const alt = inWords(chain, language);
  return { svg: drawChain(chain, language, alt), alt };
}

/** "Workload Identity of shop/checkout: Pod checkout-x → OK → Kubernetes service account shop/checkout → …" */
function inWords({ workload, cluster, boxes, links }: Chain, language: Language): string {
  const say = (text: Text) => text[language];
  const steps = boxes.flatMap(({ label, value }, index) => {
    const link = links[index];
    const because = link && link.because.length > 0 ? ` (${link.because.join(', ')})` : '';
    return [`${say(label)}: ${say(value)}`, ...(link ? [`${say(STATES[link.state])}${because}`] : [])];
  });
  return `${say(TITLE)}, ${workload}, ${cluster}: ${steps.join(' → ')}`;
}
