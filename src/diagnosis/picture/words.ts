/** The words of the picture. Few and fixed: the font that it is drawn with has these letters and ASCII. */
import type { Text } from '../../contracts/text.ts';

export type LinkState = 'whole' | 'doubtful' | 'broken' | 'unknown' | 'unseen';

export const STATES: Readonly<Record<LinkState, Text>> = {
  whole: { en: 'OK', ja: '正常' },
  doubtful: { en: 'Warning', ja: '警告' },
  broken: { en: 'BROKEN', ja: '切断' },
  unknown: { en: 'Unknown', ja: '不明' },
  unseen: { en: 'Not seen', ja: '未確認' },
};

export const BOXES = {
  pod: { en: 'Pod', ja: 'Pod' },
  serviceAccount: { en: 'Kubernetes service account', ja: 'Kubernetes サービス アカウント' },
  annotation: { en: 'Annotation', ja: 'アノテーション' },
  iamServiceAccount: { en: 'IAM service account', ja: 'IAM サービス アカウント' },
  itself: { en: 'The workload itself (no IAM service account)', ja: 'ワークロード自身（IAM サービス アカウントなし）' },
  role: { en: 'Role', ja: 'ロール' },
  resource: { en: 'Resource', ja: 'リソース' },
} as const satisfies Readonly<Record<string, Text>>;

export const VALUES = {
  noPods: { en: 'no running Pod', ja: '実行中の Pod なし' },
  noAnnotation: { en: 'none: not needed', ja: 'なし（不要）' },
  noAccount: { en: 'names no account', ja: 'アカウントではない値' },
  noRole: { en: 'none on the project', ja: 'プロジェクトにはなし' },
  noResource: { en: 'grants on single resources are not seen', ja: '個々のリソースへの付与は未確認' },
} as const satisfies Readonly<Record<string, Text>>;

export function more(count: number): Text {
  return count > 0 ? { en: ` +${count}`, ja: ` ほか ${count}` } : { en: '', ja: '' };
}

/** The line under the name. */
export function verdict(broken: number, others: number): Text {
  if (broken > 0) return { en: `${broken} of 5 links broken`, ja: `5 つのうち ${broken} つが切断` };
  if (others > 0) return { en: 'No link broken, not all sure', ja: '切断なし（一部は未確認）' };
  return { en: 'All links whole', ja: 'すべて正常' };
}

export const TITLE: Text = { en: 'Workload Identity', ja: 'Workload Identity' };
