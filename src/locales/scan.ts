/** Words of a scan. Arguments are escaped already. */
import type { Text } from '../contracts/text.ts';

const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

export const scanText = {
  lacking: (n: number, of: number, where: string): Text => ({
    en: `${n} of ${plural(of, 'node service account')} in ${where} ${n === 1 ? 'lacks' : 'lack'} permissions`,
    ja: `${where} のノード サービス アカウント ${of} 件中 ${n} 件で権限が不足しています`,
  }),
  otherProblems: (n: number, where: string): Text => ({
    en: `${plural(n, 'problem')} in ${where}; every node service account can write logs and metrics`,
    ja: `${where} に問題が ${n} 件あります。ノード サービス アカウントの権限は足りています`,
  }),
  fine: (where: string): Text => ({
    en: `${where}: no problems with node service accounts, service agents or APIs`,
    ja: `${where}: ノード サービス アカウント、サービス エージェント、API はすべて正常です`,
  }),
  unsure: (where: string): Text => ({
    en: `${where}: no problems found, but some sources couldn't be read`,
    ja: `${where}: 問題は見つかりませんでしたが、一部を読み取れませんでした`,
  }),
  none: (where: string): Text => ({
    en: `${where}: no clusters found`,
    ja: `${where}: クラスタは見つかりませんでした`,
  }),
  clusters: (n: number): Text => ({ en: plural(n, 'cluster'), ja: `クラスタ ${n} 件` }),
  accounts: (n: number): Text => ({ en: plural(n, 'account'), ja: `アカウント ${n} 件` }),
  everywhere: { en: 'the configured projects', ja: '設定済みのプロジェクト' },
  account: { en: 'Account', ja: 'アカウント' },
  result: { en: 'Result', ja: '結果' },
  lacks: { en: 'Missing', ja: '不足している権限' },
  usedBy: { en: 'Node pools', ja: 'ノードプール' },
  granted: { en: 'fine', ja: '正常' },
  missing: { en: 'missing', ja: '不足' },
  conditional: { en: 'conditional', ja: '条件付き' },
  unknown: { en: 'unknown', ja: '不明' },
  moreRows: (n: number): Text => ({
    en: `${n} more accounts are in the file below.`,
    ja: `残り ${n} 件のアカウントは下のファイルにあります。`,
  }),
  fileTitle: { en: 'Node service accounts and permissions', ja: 'ノード サービス アカウントの権限一覧' },
} as const;
