/** Words of remedies and approvals: cards, buttons, dialogs, refusals. Arguments are escaped already. */
import type { RemedyKind } from '../contracts/report.ts';
import type { Text } from '../contracts/text.ts';

const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

export const approvalText = {
  approve: { en: 'Approve', ja: '承認' },
  deny: { en: 'Deny', ja: '却下' },
  revoke: { en: 'Revoke', ja: '取り消し' },
  askAgain: { en: 'Ask again', ja: 'もう一度依頼' },
  tryAgain: { en: 'Try again', ja: 'やり直す' },
  remedyText: { en: 'gcloud · Terraform', ja: 'gcloud · Terraform' },
  fix: { en: 'Fix:', ja: '修正:' },
  undo: { en: 'Undo:', ja: '元に戻すには:' },
  on: { en: 'on', ja: '対象' },

  /** `missing` of them are lacking today, `extra` are more than needed; `list` names them. */
  adds: (all: number, missing: number, extra: number, list: string): Text => ({
    en: `Adds ${plural(all, 'permission')} (${missing} missing today, ${extra} extra): ${list}`,
    ja: `追加される権限 ${all} 件（不足分 ${missing} 件、余分 ${extra} 件）: ${list}`,
  }),
  /** Where none of them is lacking for certain: held under a condition, or nobody can tell. */
  gives: (all: number, list: string): Text => ({
    en: `Gives ${plural(all, 'permission')}: ${list}`,
    ja: `付与される権限 ${all} 件: ${list}`,
  }),
  disrupts: (what: string): Text => ({ en: `⚠️ Interrupts: ${what}`, ja: `⚠️ 中断されるもの: ${what}` }),
  nothingRestarts: { en: 'Nothing restarts.', ja: '再起動するものはありません。' },
  doubt: (why: string): Text => ({ en: `Not certain: ${why}`, ja: `確実ではありません: ${why}` }),
  endsAfter: (duration: string): Text => ({
    en: `Ends by itself after ${duration}.`,
    ja: `${duration}後に自動で終わります。`,
  }),
  endsAt: (when: string): Text => ({ en: `Ends by itself at ${when}.`, ja: `${when} に自動で終わります。` }),

  for: (who: string): Text => ({ en: `For: an approver (${who})`, ja: `担当: 承認者（${who}）` }),
  forAnyApprover: { en: 'For: an approver', ja: '担当: 承認者' },
  noApprover: {
    en: 'Nobody may approve this yet: the configuration names no approver for it.',
    ja: 'まだ誰も承認できません。設定に承認者が登録されていません。',
  },
  askedBy: (who: string): Text => ({ en: `asked by ${who}`, ja: `依頼: ${who}` }),
  expires: (when: string): Text => ({ en: `expires ${when}`, ja: `期限 ${when}` }),
  quorum: (have: number, need: number): Text => ({
    en: `${have} of ${need} approvals`,
    ja: `承認 ${have} / ${need}`,
  }),
  approvedSoFar: (who: string): Text => ({ en: `so far ${who}`, ja: `承認済み: ${who}` }),

  approved: (who: string): Text => ({
    en: `⏳ Approved by ${who} · waiting to be applied …`,
    ja: `⏳ ${who} が承認しました · 適用を待っています …`,
  }),
  applying: (who: string): Text => ({
    en: `⏳ Approved by ${who} · applying …`,
    ja: `⏳ ${who} が承認しました · 適用しています …`,
  }),
  granted: (when: string): Text => ({
    en: `🔎 Granted ${when} · verifying (IAM needs 2 to 7 minutes)`,
    ja: `🔎 ${when} に付与しました · 検証しています（IAM の反映には 2〜7 分かかります）`,
  }),
  changed: (when: string): Text => ({
    en: `🔎 Done ${when} · verifying`,
    ja: `🔎 ${when} に適用しました · 検証しています`,
  }),
  /** `revocable`: whether there is a way back. */
  stillFailing: (when: string, revocable: boolean): Text => ({
    en: `⚠️ Done ${when}, but the check still fails after 7 minutes. Run the diagnosis again to see what else is missing${revocable ? ', or revoke it' : ''}.`,
    ja: `⚠️ ${when} に適用しましたが、7 分たっても検査が失敗しています。もう一度診断してほかの原因を${revocable ? '確かめるか、取り消してください' : '確かめてください'}。`,
  }),
  /** `why`: a sentence. */
  irreversible: (why: string): Text => ({
    en: `It can't be taken back here: ${why}`,
    ja: `ここでは取り消せません: ${why}`,
  }),
  verified: (when: string, who: string): Text => ({
    en: `✅ Verified ${when} · approved by ${who} · the check passes now`,
    ja: `✅ 確認済み ${when} · ${who} が承認 · 検査に合格しました`,
  }),
  denied: (who: string, reason: string): Text => ({
    en: `🚫 Denied by ${who}${reason === '' ? '' : `: “${reason}”`}`,
    ja: `🚫 ${who} が却下しました${reason === '' ? '' : `:「${reason}」`}`,
  }),
  expired: { en: '⌛ Expired: nobody decided in time', ja: '⌛ 期限切れ: 期限までに判断されませんでした' },
  staleFixed: {
    en: '♻️ Nothing to do any more: the check passes by now',
    ja: '♻️ 対応は不要になりました: 検査は現在合格しています',
  },
  stale: (why: string): Text => ({
    en: `♻️ Not done, the world has changed: ${why} Run the diagnosis again.`,
    ja: `♻️ 状況が変わったため実行しませんでした: ${why} もう一度診断してください。`,
  }),
  staleNoReason: {
    en: '♻️ Not done: what was approved is no longer what would be done. Nothing was changed. Run the diagnosis again.',
    ja: '♻️ 実行しませんでした: 承認された内容と現在必要な変更が異なります。何も変更していません。もう一度診断してください。',
  },
  failed: (why: string): Text => ({ en: `❌ Not done: ${why}`, ja: `❌ 実行できませんでした: ${why}` }),
  failedNoReason: {
    en: '❌ Not done: the worker could not apply it. Nothing was changed.',
    ja: '❌ 実行できませんでした: 適用に失敗しました。何も変更していません。',
  },
  revoking: (who: string): Text => ({
    en: `⏳ ${who} takes it back · removing …`,
    ja: `⏳ ${who} が取り消しました · 削除しています …`,
  }),
  ending: { en: '⏳ Its time is over · removing …', ja: '⏳ 期限になりました · 削除しています …' },
  notRevoked: (why: string): Text => ({
    en: `⚠️ Still granted, it could not be taken back: ${why}`,
    ja: `⚠️ 取り消せなかったため、付与されたままです: ${why}`,
  }),
  revoked: (who: string, reason: string): Text => ({
    en: `↩️ Revoked by ${who}${reason === '' ? '' : `: “${reason}”`}`,
    ja: `↩️ ${who} が取り消しました${reason === '' ? '' : `:「${reason}」`}`,
  }),
  ended: (when: string): Text => ({
    en: `↩️ Ended ${when}, as asked for`,
    ja: `↩️ 予定どおり ${when} に終了しました`,
  }),

  soonExpires: (when: string): Text => ({
    en: `⏰ Still waiting for an approver; it expires ${when}.`,
    ja: `⏰ まだ承認されていません。期限は ${when} です。`,
  }),

  reason: { en: 'Reason', ja: '理由' },
  reasonHint: {
    en: 'The requester and the other approvers see it.',
    ja: '依頼者とほかの承認者に表示されます。',
  },
  denyTitle: { en: 'Deny this fix', ja: '修正を却下' },
  revokeTitle: { en: 'Take it back', ja: '取り消し' },
  approveTitle: { en: 'Approve this change', ja: '変更を承認' },
  close: { en: 'Not now', ja: '今はしない' },
  understood: { en: 'I know what this interrupts', ja: '何が中断されるか理解しました' },
  remedyTitle: { en: 'By hand', ja: '手動で行う' },
  done: { en: 'Close', ja: '閉じる' },
  tooLong: (max: number): Text => ({
    en: `At most ${max} characters, please.`,
    ja: `${max} 文字以内で入力してください。`,
  }),
} as const;

interface Dialog {
  readonly title: Text;
  readonly yes: Text;
}

const NOT_NOW: Text = { en: 'Not now', ja: '今はしない' };
const grant: Dialog = {
  title: { en: 'Grant this role?', ja: 'このロールを付与しますか？' },
  yes: { en: 'Grant', ja: '付与' },
};
const approveIt: Dialog = { title: { en: 'Approve this?', ja: '承認しますか？' }, yes: approvalText.approve };

/** Slack's confirm dialog on Approve, by what would be done. */
export const confirmText = {
  notNow: NOT_NOW,
  revocable: { en: 'You can revoke it here.', ja: 'ここで取り消せます。' },
  first: (need: number): Text => ({
    en: `${need} people must approve.`,
    ja: `${need} 人の承認が必要です。`,
  }),
  grant: (role: string, resource: string, member: string): Text => ({
    en: `${role} on ${resource} to ${member}`,
    ja: `${resource} に対する ${role} を ${member} に付与`,
  }),
  dialogs: {
    'grant-project-role': grant,
    'grant-service-account-role': grant,
    'grant-resource-role': grant,
    'enable-service': {
      title: { en: 'Enable this API?', ja: 'この API を有効にしますか？' },
      yes: { en: 'Enable', ja: '有効にする' },
    },
    'annotate-service-account': {
      title: { en: 'Write this annotation?', ja: 'このアノテーションを書き込みますか？' },
      yes: { en: 'Write', ja: '書き込む' },
    },
    'create-role-binding': {
      title: { en: 'Create this role binding?', ja: 'このロール バインディングを作成しますか？' },
      yes: { en: 'Create', ja: '作成' },
    },
    'enable-service-account': {
      title: { en: 'Enable this account?', ja: 'このアカウントを有効にしますか？' },
      yes: { en: 'Enable', ja: '有効にする' },
    },
    'enable-dns-endpoint': {
      title: { en: 'Open the DNS endpoint?', ja: 'DNS エンドポイントを公開しますか？' },
      yes: { en: 'Open', ja: '公開' },
    },
    'enable-workload-identity': approveIt,
    'set-node-metadata-mode': approveIt,
    'recreate-node-pool': approveIt,
    manifest: approveIt,
    command: approveIt,
  } satisfies Readonly<Record<RemedyKind, Dialog>>,
} as const;

/** Why a remedy whose plan has no way back can't be taken back. */
export const noWayBack = (kind: RemedyKind): Text => NO_WAY_BACK[kind] ?? NONE_PLANNED;

const NO_WAY_BACK: Readonly<Partial<Record<RemedyKind, Text>>> = {
  'recreate-node-pool': { en: 'the nodes that were replaced are gone.', ja: '置き換えられたノードは残っていません。' },
  'enable-service': {
    en: 'the clusters of the project depend on this API.',
    ja: 'プロジェクトのクラスタがこの API に依存しています。',
  },
};
const NONE_PLANNED: Text = { en: 'its plan has no way back.', ja: '計画に元に戻す手順がありません。' };

/** What a remedy does, where its plan has no sentence of its own. */
export const remedyName: Readonly<Record<RemedyKind, Text>> = {
  'grant-project-role': { en: 'grant a role on the project', ja: 'プロジェクトのロールを付与' },
  'grant-service-account-role': { en: 'grant a role on the service account', ja: 'サービス アカウントのロールを付与' },
  'grant-resource-role': { en: 'grant a role on the resource', ja: 'リソースのロールを付与' },
  'enable-service': { en: 'enable the API', ja: 'API を有効化' },
  'enable-dns-endpoint': { en: 'open the DNS endpoint', ja: 'DNS エンドポイントを公開' },
  'annotate-service-account': {
    en: 'annotate the Kubernetes service account',
    ja: 'Kubernetes サービス アカウントにアノテーションを追加',
  },
  'create-role-binding': { en: 'create a role binding', ja: 'ロール バインディングを作成' },
  'enable-service-account': { en: 'enable the service account', ja: 'サービス アカウントを有効化' },
  'enable-workload-identity': { en: 'turn on Workload Identity', ja: 'Workload Identity を有効化' },
  'set-node-metadata-mode': { en: 'turn on the GKE metadata server', ja: 'GKE メタデータ サーバーを有効化' },
  'recreate-node-pool': { en: 'recreate the node pool', ja: 'ノードプールを再作成' },
  manifest: { en: 'apply this manifest', ja: 'このマニフェストを適用' },
  command: { en: 'run this command', ja: 'このコマンドを実行' },
};
