/** The modal that asks for what a diagnosis still lacks: the cluster, with suggestions as one types. Pure. */
import type { KnownBlock, ModalView, Option } from '@slack/types';
import { z } from 'zod';
import { parseClusterName } from '../../contracts/cluster-name.ts';
import { DiagnoseRequest } from '../../contracts/jobs.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { modalText as words } from '../../locales/bot.ts';
import { LIMITS, plainText } from '../messages/blocks.ts';
import { answers, modal, Origin, textField } from './modal.ts';

export const DIAGNOSE_VIEW = 'diagnose';
export const CLUSTER_FIELD = 'cluster';

const Carried = z.object({
  origin: Origin,
  request: DiagnoseRequest.omit({ cluster: true }),
  chosen: z.enum(['en', 'ja']).optional(),
});
export type Carried = z.infer<typeof Carried>;

/** `above`: what is already known, for example what the error says. */
export function diagnoseModal(metadata: Carried, language: Language, above: readonly KnownBlock[] = []): ModalView {
  return modal({
    callback: DIAGNOSE_VIEW,
    title: words.diagnoseTitle[language],
    submit: words.diagnose[language],
    close: words.close[language],
    metadata,
    blocks: [
      ...above,
      {
        type: 'input',
        block_id: CLUSTER_FIELD,
        optional: true,
        label: plainText(words.cluster[language], 100),
        hint: plainText(words.clusterHint[language], 400),
        element: {
          type: 'external_select',
          action_id: CLUSTER_FIELD,
          min_query_length: 0,
          placeholder: plainText(words.find[language], LIMITS.placeholder),
        },
      },
      textField({ name: 'typed', label: words.clusterTyped[language], optional: true, maxLength: 300 }),
      textField({
        name: 'for',
        label: words.forWhom[language],
        hint: words.forHint[language],
        optional: true,
        maxLength: 300,
        ...(metadata.request.principal && { initial: metadata.request.principal }),
      }),
    ],
  });
}

/** The picker's suggestions. A name too long for an option can still be typed. */
export function clusterOptions(clusters: readonly string[]): Option[] {
  return clusters
    .filter(cluster => cluster.length <= LIMITS.optionText)
    .slice(0, 100)
    .map(cluster => ({
      text: plainText(cluster.split('/').toReversed().join(' · '), LIMITS.optionText),
      value: cluster,
    }));
}

export type Submitted =
  | { readonly ok: true; readonly request: DiagnoseRequest; readonly carried: Carried }
  | { readonly ok: false; readonly field: string; readonly problem: Text };

export function readDiagnosis(metadata: string, values: unknown): Submitted {
  const carried = Carried.parse(JSON.parse(metadata));
  const given = answers(values);
  const cluster = given.typed ?? given[CLUSTER_FIELD];
  if (!cluster) return { ok: false, field: 'typed', problem: words.clusterNeeded };
  const name = parseClusterName(cluster);
  if ('problem' in name) return { ok: false, field: 'typed', problem: name.problem };
  const { principal: _, ...request } = carried.request;
  return { ok: true, carried, request: { ...request, cluster, ...(given.for && { principal: given.for }) } };
}
