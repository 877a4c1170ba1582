/**
 * A manifest to apply by hand: what is added to the workload's own, and nothing else. Server-side apply merges it into what is
 * there (containers, environment and annotations by name), so that the same text fits whatever else the object says.
 */

import { stringify } from 'yaml';
import { z } from 'zod';
import type { Text } from '../../contracts/text.ts';
import type { RemedyDefinition } from '../remedy.ts';
import { shell } from '../text/shell.ts';

export const Manifest = z.strictObject({
  purpose: z.enum(['network-policy', 'metadata-host', 'wait-for-metadata-server', 'istio-exclusion']),
  /** Full resource name of the (first) object that is added or changed. */
  resource: z.string().min(1),
  before: z.array(z.string()),
  after: z.array(z.string()).min(1),
  objects: z
    .array(z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) }))
    .min(1),
  /** A command that takes it back, in words. */
  undo: z.array(z.string()).min(1).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

const SUMMARIES: Readonly<Record<Manifest['purpose'], Text>> = {
  'network-policy': {
    en: 'Add a network policy that allows what is missing; it takes nothing away',
    ja: '不足している通信を許可するネットワーク ポリシーを追加（既存の許可は変わりません）',
  },
  'metadata-host': {
    en: 'Let the client libraries do without DNS for the metadata server',
    ja: 'クライアント ライブラリがメタデータ サーバーの名前解決を省くように設定',
  },
  'wait-for-metadata-server': {
    en: 'Wait for the metadata server before the application starts',
    ja: 'アプリケーションの起動前にメタデータ サーバーの準備を待つ',
  },
  'istio-exclusion': {
    en: 'Keep the sidecar out of the way to the metadata server',
    ja: 'メタデータ サーバー宛ての通信をサイドカーから除外',
  },
};

export const manifest: RemedyDefinition<Manifest> = {
  kind: 'manifest',
  risk: 'manual',
  params: Manifest,

  plan(params) {
    const { purpose, resource, before, after, objects, undo } = params;
    const text = objects.map(object => stringify(object, { lineWidth: 0 })).join('---\n');
    // A Pod that nothing makes can't be changed while it runs.
    const inPlace = objects.every(({ kind }) => kind !== 'Pod');
    const restarts = inPlace && purpose !== 'network-policy';
    return {
      params: { ...params },
      command: inPlace ? applyCommand(text) : mergeCommand(objects),
      manifest: text,
      ...(undo ? { undo: shell(undo) } : {}),
      console: `https://console.cloud.google.com/kubernetes/object/browser?project=${encodeURIComponent(projectOf(resource))}`,
      summary: SUMMARIES[purpose],
      change: {
        resource,
        before,
        after,
        ...(restarts ? { disrupts: { en: 'The Pods are rolled over.', ja: 'Pod がローリング更新されます。' } } : {}),
      },
    };
  },
};

function projectOf(resource: string): string {
  return resource.split('/')[1] ?? '';
}

/** With the text in it, so that the command is all that has to be copied. */
function applyCommand(text: string): string {
  return `kubectl apply --server-side --field-manager=gke-auth --force-conflicts -f - <<'EOF'\n${text}EOF`;
}

function mergeCommand(objects: Manifest['objects']): string {
  const pods = objects.filter(({ kind }) => kind === 'Pod');
  return pods
    .map(({ metadata: { name, namespace } }) => {
      const file = `${name}.yaml`;
      const get = shell(['kubectl', 'get', 'pod', name, `--namespace=${String(namespace)}`, '--output=yaml']);
      return `${get} > ${file} && $EDITOR ${file} && ${shell(['kubectl', 'replace', '--force', '--filename', file])}`;
    })
    .join('\n');
}
