/** The modal that asks for what a diagnosis still lacks: the cluster, with suggestions as one types. Pure. */
import type { KnownBlock, ModalView, Option } from '@slack/types';
import { z } from 'zod';
import { parseClusterName } from '../../contracts/cluster-name.ts';
import { DiagnoseRequest } from '../../contracts/jobs.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { OPTIONS } from '../../grammar/options.ts';
import { modalText as words } from '../../locales/bot.ts';
import { LIMITS, plainText } from '../../slack/messages/blocks.ts';
import { answers, modal, Origin, textField } from './modal.ts';

export const DIAGNOSE_VIEW = 'diagnose';
export const CLUSTER_FIELD = 'cluster';
const FIELDS = { typed: 'typed', principal: 'for', workload: 'workload' } as const;

const ViewMetadata = z.object({
  origin: Origin,
  request: DiagnoseRequest.partial({ cluster: true }),
  chosen: z.enum(['en', 'ja']).optional(),
});
export type ViewMetadata = z.infer<typeof ViewMetadata>;

export type Asked = 'cluster' | 'principal' | 'workload';

export interface DiagnoseModal {
  /** What is already known, for example what the error says. */
  readonly above?: readonly KnownBlock[];
  /** What is still to be said. */
  readonly asks?: readonly Asked[];
}

export function diagnoseModal(
  metadata: ViewMetadata,
  language: Language,
  { above = [], asks = ['cluster', 'principal'] }: DiagnoseModal = {},
): ModalView {
  const fields = FIELD_BLOCKS.filter(({ asked }) => asks.includes(asked));
  return modal({
    callback: DIAGNOSE_VIEW,
    title: words.diagnoseTitle[language],
    submit: words.diagnose[language],
    close: words.close[language],
    metadata,
    blocks: [...above, ...fields.flatMap(({ blocks }) => blocks(language, metadata.request))],
  });
}

interface FieldBlocks {
  readonly asked: Asked;
  readonly blocks: (language: Language, known: ViewMetadata['request']) => KnownBlock[];
}

const FIELD_BLOCKS: readonly FieldBlocks[] = [
  {
    asked: 'cluster',
    blocks: language => [
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
      textField({ name: FIELDS.typed, label: words.clusterTyped[language], optional: true, maxLength: 300 }),
    ],
  },
  {
    asked: 'workload',
    blocks: language => [
      textField({
        name: FIELDS.workload,
        label: words.workload[language],
        hint: words.workloadHint[language],
        optional: true,
        maxLength: 520,
      }),
    ],
  },
  {
    asked: 'principal',
    blocks: (language, { principal }) => [
      textField({
        name: FIELDS.principal,
        label: words.forWhom[language],
        hint: words.forHint[language],
        optional: true,
        maxLength: 300,
        ...(principal && { initial: principal }),
      }),
    ],
  },
];

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
  | { readonly ok: true; readonly request: DiagnoseRequest; readonly carried: ViewMetadata }
  | { readonly ok: false; readonly field: string; readonly problem: Text };

/** A field that was shown and left empty says that there is nothing to say. */
export function readDiagnosis(metadata: string, values: unknown): Submitted {
  const carried = ViewMetadata.parse(JSON.parse(metadata));
  const { principal, ...request } = carried.request;
  const given = answers(values);
  const cluster = given[FIELDS.typed] ?? given[CLUSTER_FIELD] ?? request.cluster;
  if (!cluster) return { ok: false, field: FIELDS.typed, problem: words.clusterNeeded };
  const name = parseClusterName(cluster);
  if ('problem' in name) return { ok: false, field: FIELDS.typed, problem: name.problem };
  const whom = isShown(values, FIELDS.principal) ? given[FIELDS.principal] : principal;
  if (whom && !OPTIONS.for.valid(whom)) return { ok: false, field: FIELDS.principal, problem: words.noPrincipal };
  const workload = given[FIELDS.workload] ?? request.workload;
  if (workload && !OPTIONS.workload.valid(workload))
    return { ok: false, field: FIELDS.workload, problem: words.noWorkload };
  return {
    ok: true,
    carried,
    request: { ...request, cluster, ...(whom && { principal: whom }), ...(workload && { workload }) },
  };
}

const isShown = (values: unknown, field: string) => typeof values === 'object' && values !== null && field in values;
