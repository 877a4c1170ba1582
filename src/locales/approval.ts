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
  /** Before each principal of a role's binding that comes or goes. */
  member: { en: 'member', ja: 'メンバー' },

  /** `missing` of them are lacking today, the role brings `extra` besides; `list` names them. */
  adds: (all: number, missing: number, extra: number, list: string): Text => ({
    en: `Grants ${plural(all, 'permission')} (${missing} missing today, ${extra} more): ${list}`,
    ja: `付与される権限 ${all} 件（不足している権限 ${missing} 件、ほかに ${extra} 件）: ${list}`,
  }),
  /** Where none of them is known to be missing: they are held under a condition, or the answer is unknown. */
  gives: (all: number, list: string): Text => ({
    en: `Grants ${plural(all, 'permission')}: ${list}`,
    ja: `付与される権限 ${all} 件: ${list}`,
  }),
  disrupts: (what: string): Text => ({ en: `⚠️ Interrupts: ${what}`, ja: `⚠️ 中断されるもの: ${what}` }),
  nothingRestarts: { en: 'Nothing restarts.', ja: '再起動するものはありません。' },
  doubt: (why: string): Text => ({ en: `Not certain: ${why}`, ja: `確実ではありません: ${why}` }),
  endsAfter: (duration: string): Text => ({
    en: `Ends automatically after ${duration}.`,
    ja: `${duration}後に自動で終了します。`,
  }),
  endsAt: (when: string): Text => ({ en: `Ends automatically at ${when}.`, ja: `${when} に自動で終了します。` }),

  approvers: (who: string): Text => ({ en: `Can be approved by ${who}`, ja: `承認できる人: ${who}` }),
  needsApprover: { en: 'Needs an approver', ja: '承認者の承認が必要です' },
  noApprover: {
    en: 'Nobody can approve this yet: the configuration names no approvers for it.',
    ja: 'この修正を承認できる人がいません。設定に承認者が登録されていません。',
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
    en: `🔎 Applied ${when} · verifying`,
    ja: `🔎 ${when} に適用しました · 検証しています`,
  }),
  /** `revocable`: whether it can be revoked. */
  stillFailing: (when: string, revocable: boolean): Text => ({
    en: `⚠️ Applied ${when}, but the check still fails 7 minutes later. Run the diagnosis again to see what else is missing${revocable ? ', or revoke it' : ''}.`,
    ja: `⚠️ ${when} に適用しましたが、7 分たってもチェックが失敗しています。もう一度診断してほかの原因を${revocable ? '確かめるか、取り消してください' : '確かめてください'}。`,
  }),
  /** `why`: a sentence. */
  irreversible: (why: string): Text => ({
    en: `This can't be undone here: ${why}`,
    ja: `ここでは元に戻せません: ${why}`,
  }),
  verified: (when: string, who: string): Text => ({
    en: `✅ Verified ${when} · approved by ${who} · the check passes now`,
    ja: `✅ 確認済み ${when} · ${who} が承認 · 問題は解消しました`,
  }),
  denied: (who: string, reason: string): Text => ({
    en: `🚫 Denied by ${who}${reason === '' ? '' : `: “${reason}”`}`,
    ja: `🚫 ${who} が却下しました${reason === '' ? '' : `:「${reason}」`}`,
  }),
  expired: { en: '⌛ Expired: nobody decided in time', ja: '⌛ 期限切れ: 期限までに判断されませんでした' },
  staleFixed: {
    en: '♻️ No change is needed: the check passes now',
    ja: '♻️ 対応は不要になりました: 問題はすでに解消しています',
  },
  stale: (why: string): Text => ({
    en: `♻️ Not applied, because the situation has changed: ${why} Run the diagnosis again.`,
    ja: `♻️ 状況が変わったため適用しませんでした: ${why} もう一度診断してください。`,
  }),
  staleNoReason: {
    en: '♻️ Not applied: the change needed now differs from the approved one. Nothing was changed. Run the diagnosis again.',
    ja: '♻️ 適用しませんでした: 現在必要な変更は、承認された内容と異なります。何も変更していません。もう一度診断してください。',
  },
  failed: (why: string): Text => ({ en: `❌ Not applied: ${why}`, ja: `❌ 適用できませんでした: ${why}` }),
  failedNoReason: {
    en: '❌ Not applied: the worker failed. Nothing was changed.',
    ja: '❌ 適用できませんでした: ワーカーでエラーが発生しました。何も変更していません。',
  },
  revoking: (who: string): Text => ({
    en: `⏳ Revoked by ${who} · removing …`,
    ja: `⏳ ${who} が取り消しました · 削除しています …`,
  }),
  ending: { en: '⏳ The grant has expired · removing …', ja: '⏳ 付与の期限になりました · 削除しています …' },
  notRevoked: (why: string): Text => ({
    en: `⚠️ Still granted, revoking failed: ${why}`,
    ja: `⚠️ 取り消しに失敗し、付与されたままです: ${why}`,
  }),
  revoked: (who: string, reason: string): Text => ({
    en: `↩️ Revoked by ${who}${reason === '' ? '' : `: “${reason}”`}`,
    ja: `↩️ ${who} が取り消しました${reason === '' ? '' : `:「${reason}」`}`,
  }),
  ended: (when: string): Text => ({
    en: `↩️ Ended ${when}, as requested`,
    ja: `↩️ 予定どおり ${when} に終了しました`,
  }),

  tampered: {
    en: '🚨 Somebody changed the record of this approval in Redis. The change has no effect and is in the audit log. Tell an operator.',
    ja: '🚨 この承認の記録が Redis 上で変更されました。変更は無効で、監査ログに記録しました。運用担当者に知らせてください。',
  },

  soonExpires: (when: string): Text => ({
    en: `⏰ Still waiting for approval; the request expires ${when}.`,
    ja: `⏰ まだ承認されていません。期限は ${when} です。`,
  }),

  reason: { en: 'Reason', ja: '理由' },
  reasonHint: {
    en: 'The requester and the other approvers see it.',
    ja: '依頼者とほかの承認者に表示されます。',
  },
  denyTitle: { en: 'Deny this fix', ja: '修正を却下する' },
  revokeTitle: { en: 'Revoke this change', ja: '変更を取り消す' },
  approveTitle: { en: 'Approve this change', ja: '変更を承認する' },
  close: { en: 'Not now', ja: '今はしない' },
  understood: { en: 'I understand what is interrupted', ja: '中断される内容を理解しました' },
  remedyTitle: { en: 'By hand', ja: '手動で修正する' },
  done: { en: 'Close', ja: '閉じる' },
  tooLong: (max: number): Text => ({
    en: `Enter at most ${max} characters.`,
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
  quorum: (need: number): Text => ({
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

/** Why a remedy without an undo step can't be undone. */
export const irreversibleBecause = (kind: RemedyKind): Text => IRREVERSIBLE_BECAUSE[kind] ?? NO_UNDO_STEP;

const IRREVERSIBLE_BECAUSE: Readonly<Partial<Record<RemedyKind, Text>>> = {
  'recreate-node-pool': { en: 'the replaced nodes no longer exist.', ja: '置き換え前のノードは残っていません。' },
  'enable-service': {
    en: 'the clusters of the project depend on this API.',
    ja: 'プロジェクトのクラスタがこの API に依存しています。',
  },
};
const NO_UNDO_STEP: Text = { en: 'its plan has no undo step.', ja: '計画に元に戻す手順がありません。' };

/** What a remedy does; used where its plan has no summary. */
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
  'enable-workload-identity': {
    en: 'enable Workload Identity Federation for GKE',
    ja: 'GKE 用 Workload Identity 連携を有効化',
  },
  'set-node-metadata-mode': { en: 'enable the GKE metadata server', ja: 'GKE メタデータ サーバーを有効化' },
  'recreate-node-pool': { en: 'recreate the node pool', ja: 'ノードプールを再作成' },
  manifest: { en: 'apply this manifest', ja: 'このマニフェストを適用' },
  command: { en: 'run this command', ja: 'このコマンドを実行' },
};
