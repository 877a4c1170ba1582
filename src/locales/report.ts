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
    ja: `${total} 件中 ${done} 件の検査`,
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
    en: `${cluster}: nothing fails, ${plural(n, 'warning')}`,
    ja: `${cluster}: 失敗はありません。警告が ${n} 件あります`,
  }),
  onlyUnknown: (n: number, cluster: string): Text => ({
    en: `${cluster}: no problem found, but ${plural(n, 'result')} could not be decided`,
    ja: `${cluster}: 問題は見つかりませんでしたが、${n} 件は判定できませんでした`,
  }),
  allFine: (cluster: string, checks: number, took: string): Text => ({
    en: `${cluster}: nothing stands in the way of authentication or authorization (${plural(checks, 'check')}, ${took}).`,
    ja: `${cluster}: 認証・認可を妨げるものはありません（検査 ${checks} 件、${took}）。`,
  }),
  nothingApplied: (cluster: string): Text => ({
    en: `${cluster}: none of the checks applies to it. Ask without --only, or see /gke-auth checks.`,
    ja: `${cluster}: 当てはまる検査がありませんでした。--only を外すか、/gke-auth checks をご覧ください。`,
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
    en: `Cancelled by ${who}: ${cluster} was not diagnosed to the end. Nothing was changed.`,
    ja: `${who} が中止しました。${cluster} の診断は完了していません。何も変更していません。`,
  }),
  failed: (cluster: string): Text => ({
    en: `I couldn't diagnose ${cluster}`,
    ja: `${cluster} を診断できませんでした`,
  }),
  next: { en: 'Next:', ja: '次にすること:' },
  more: (n: number): Text => ({ en: `and ${n} more`, ja: `ほか ${n} 件` }),

  notRead: (n: number): Text => ({
    en: `${plural(n, 'result')} could not be decided, because gke-auth could not read everything`,
    ja: `読み取れない情報があるため、${n} 件を判定できませんでした`,
  }),
  permissionOn: (permission: string, resource: string): Text => ({
    en: `${permission} on ${resource}`,
    ja: `${resource} に対する ${permission}`,
  }),
  blocks: { en: 'Blocks', ja: '判定できない検査' },

  serviceAccount: { en: 'Service account', ja: 'サービス アカウント' },
  user: { en: 'Person', ja: 'ユーザー' },
  group: { en: 'Group', ja: 'グループ' },
  principal: { en: 'Principal', ja: 'プリンシパル' },
  missing: { en: 'Missing', ja: '不足している権限' },
  because: { en: 'Because', ja: '理由' },
  effect: { en: 'Effect', ja: '影響' },
  sameFix: {
    en: 'The same fix as in another message of this thread; it is decided there.',
    ja: 'このスレッドの別のメッセージと同じ修正です。判断はそちらで行います。',
  },
  sameFor: { en: 'Same for', ja: '同じ問題' },
  proof: { en: 'Proof', ja: '根拠' },
  documentation: { en: 'Documentation', ja: 'ドキュメント' },
  toLetMe: { en: 'To make it readable, or by hand:', ja: '読み取れるようにする、または手動で行うには:' },
  byHand: { en: 'By hand:', ja: '手動で行うには:' },
  fullText: { en: 'The whole text is in the file below.', ja: '全文は下のファイルにあります。' },
  seeRemedy: {
    en: 'The whole command is behind the button below.',
    ja: 'コマンドの全文は下のボタンから見られます。',
  },
} as const;

export const statusWord = {
  fail: { en: 'fails', ja: '失敗' },
  warn: { en: 'warning', ja: '警告' },
  unknown: { en: 'unknown', ja: '不明' },
  pass: { en: 'fine', ja: '正常' },
  'not-applicable': { en: 'does not apply', ja: '対象外' },
} as const satisfies Readonly<Record<string, Text>>;
