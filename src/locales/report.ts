/** Words of the report: parent message, verdict, findings. Arguments are escaped already. */
import type { Text } from '../contracts/text.ts';

const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

export const reportText = {
  cancel: { en: 'Cancel', ja: '中止' },
  which: (count: number, cluster: string): Text => ({
    en: `${count} clusters are called ${cluster}. Which one?`,
    ja: `${cluster} という名前のクラスタが ${count} 個あります。どれですか？`,
  }),
  thisOne: { en: 'This one', ja: 'これを調べる' },
  runAgain: { en: 'Run again', ja: '再実行' },
  allResults: { en: 'All results', ja: 'すべての結果' },
  askedBy: (who: string): Text => ({ en: `asked by ${who}`, ja: `依頼: ${who}` }),
  progress: (done: number, total: number): Text => ({
    en: `${done} of ${plural(total, 'check')}`,
    ja: `チェック ${total} 件中 ${done} 件完了`,
  }),
  looking: (cluster: string, stage: string): Text => ({
    en: `Looking at ${cluster}: ${stage}`,
    ja: `${cluster} を調べています: ${stage}`,
  }),
  problems: (n: number, cluster: string): Text => ({
    en: `${plural(n, 'problem')} in ${cluster}`,
    ja: `${cluster} に問題が ${n} 件あります`,
  }),
  onlyWarnings: (n: number, cluster: string): Text => ({
    en: `${cluster}: no problems, ${plural(n, 'warning')}`,
    ja: `${cluster}: 問題はありません。警告が ${n} 件あります`,
  }),
  onlyUnknown: (n: number, cluster: string): Text => ({
    en: `${cluster}: no problems found, but ${plural(n, 'result is', 'results are')} unknown`,
    ja: `${cluster}: 問題は見つかりませんでしたが、${n} 件は確認できませんでした`,
  }),
  allFine: (cluster: string, checks: number, took: string): Text => ({
    en: `${cluster}: no authentication or authorization problems (${plural(checks, 'check')}, ${took}).`,
    ja: `${cluster}: 認証・認可の問題はありません（チェック ${checks} 件、${took}）。`,
  }),
  nothingApplied: (cluster: string): Text => ({
    en: `${cluster}: none of the checks applies. Run it without --only, or see /gke-auth checks.`,
    ja: `${cluster}: 当てはまるチェックがありません。--only を外すか、/gke-auth checks で一覧を確認してください。`,
  }),
  warnings: (n: number): Text => ({ en: plural(n, 'warning'), ja: `警告 ${n} 件` }),
  unknowns: (n: number): Text => ({ en: `${n} unknown`, ja: `不明 ${n} 件` }),
  fine: (n: number): Text => ({ en: `${n} fine`, ja: `正常 ${n} 件` }),
  seconds: (ms: number): Text => ({ en: `${(ms / 1000).toFixed(1)} s`, ja: `${(ms / 1000).toFixed(1)} 秒` }),
  detailsBelow: { en: 'Proof and fixes are in the thread.', ja: '根拠と修正方法はスレッドにあります。' },
  invite: {
    en: "I'm not in this channel, so there is no thread. Invite me (/invite @gke-auth) and run it again to see proof and fixes.",
    ja: 'このチャンネルに参加していないため、スレッドに投稿できません。/invite @gke-auth で招待してから再実行すると、根拠と修正方法を確認できます。',
  },
  cancelled: (cluster: string, who: string): Text => ({
    en: `Cancelled by ${who}: ${cluster} wasn't fully diagnosed. Nothing was changed.`,
    ja: `${who} が中止しました。${cluster} の診断は完了していません。何も変更していません。`,
  }),
  failed: (cluster: string): Text => ({
    en: `I couldn't diagnose ${cluster}`,
    ja: `${cluster} を診断できませんでした`,
  }),
  next: { en: 'Next:', ja: '次にすること:' },
  more: (n: number): Text => ({ en: `and ${n} more`, ja: `ほかに ${n} 件` }),

  notRead: (n: number): Text => ({
    en: `${plural(n, 'result')} could not be decided, because gke-auth could not read everything`,
    ja: `読み取れない情報があるため、${n} 件を判定できませんでした`,
  }),
  permissionOn: (permission: string, resource: string): Text => ({
    en: `${permission} on ${resource}`,
    ja: `${resource} に対する ${permission}`,
  }),
  blocks: { en: 'Blocks', ja: '判定できないチェック' },

  serviceAccount: { en: 'Service account', ja: 'サービス アカウント' },
  user: { en: 'Person', ja: 'ユーザー' },
  group: { en: 'Group', ja: 'グループ' },
  principal: { en: 'Principal', ja: 'プリンシパル' },
  missing: { en: 'Missing', ja: '不足している権限' },
  because: { en: 'Because', ja: '理由' },
  effect: { en: 'Effect', ja: '影響' },
  sameFix: {
    en: 'This is the same fix as in another message of this thread. Approve or deny it there.',
    ja: 'このスレッドの別のメッセージと同じ修正です。承認と却下はそちらで行ってください。',
  },
  sameFor: { en: 'Also affects', ja: '同じ問題がある対象' },
  proof: { en: 'Proof', ja: '根拠' },
  documentation: { en: 'Documentation', ja: 'ドキュメント' },
  toResolve: { en: 'To resolve this:', ja: '解決するには:' },
  byHand: { en: 'By hand:', ja: '手動で修正するには:' },
  fullText: { en: 'The file below has the full text.', ja: '全文は下のファイルにあります。' },
  seeRemedy: {
    en: 'The button below shows the full command.',
    ja: '下のボタンでコマンドの全文を表示します。',
  },
} as const;

export const statusWord = {
  fail: { en: 'fails', ja: '失敗' },
  warn: { en: 'warning', ja: '警告' },
  unknown: { en: 'unknown', ja: '不明' },
  pass: { en: 'fine', ja: '正常' },
  'not-applicable': { en: 'does not apply', ja: '対象外' },
} as const satisfies Readonly<Record<string, Text>>;
