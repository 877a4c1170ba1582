/** Why a click did nothing, in words for the one who clicked (docs/slack.md#messages). */
import type { Text } from '../contracts/text.ts';

const fixed = (en: string, ja: string) => (): Text => ({ en, ja });

/** By code. `who` names the approvers (`@gke-admins`), or is empty where no name is known. */
export const refusals = {
  frozen: fixed(
    'Approvals are frozen (approvals.frozen), so nothing was decided. An operator can unfreeze them.',
    '現在、承認は凍結されています（approvals.frozen）。何も決定していません。解除は運用担当者に依頼してください。',
  ),
  'not-approvable': fixed(
    "This fix is manual and can't be approved here. The report has the commands.",
    'この修正は手動で行うもので、ここでは承認できません。コマンドはレポートにあります。',
  ),
  deactivated: fixed(
    "This Slack account is deactivated and can't decide.",
    'この Slack アカウントは無効化されているため、判断できません。',
  ),
  bot: fixed("Bots can't decide. A person has to click.", 'ボットは判断できません。人が操作してください。'),
  guest: fixed(
    "Guests can't decide. Ask a full member of this workspace.",
    'ゲストは判断できません。このワークスペースの正式なメンバーに依頼してください。',
  ),
  invited: fixed(
    "You haven't accepted the invitation to this workspace yet. Accept it, then click again.",
    'このワークスペースへの招待がまだ承諾されていません。承諾してから、もう一度操作してください。',
  ),
  external: fixed(
    'You belong to another organization. Only members of this workspace can decide.',
    '別の組織に所属しているため判断できません。判断できるのはこのワークスペースのメンバーだけです。',
  ),
  workspace: fixed(
    'This workspace is not on the list that may use approvals (slack.teams). An operator can add it.',
    'このワークスペースは承認を利用できる一覧（slack.teams）にありません。運用担当者に追加を依頼してください。',
  ),
  'shared-channel': fixed(
    'This channel is shared with another organization, so approvals are off here. Use the approvals channel.',
    'このチャンネルは別の組織と共有されているため、ここでは判断できません。承認用チャンネルを使ってください。',
  ),
  'email-unconfirmed': fixed(
    "Your email address isn't confirmed in Slack. Confirm it in your profile, then click again.",
    'Slack でメールアドレスが確認されていません。プロフィールで確認してから、もう一度操作してください。',
  ),
  'no-approvers': fixed(
    'The configuration names no approvers for this, so nobody can decide. An operator can add them (approvals.approvers).',
    '設定に承認者が登録されていないため、誰も判断できません。運用担当者に追加を依頼してください（approvals.approvers）。',
  ),
  'own-request': (who: string): Text =>
    who
      ? {
          en: `You can't approve your own request. ${who} can.`,
          ja: `自分の依頼は承認できません。${who} が承認できます。`,
        }
      : {
          en: "You can't approve your own request. Another approver can.",
          ja: '自分の依頼は承認できません。ほかの承認者に依頼してください。',
        },
  'not-approver': (who: string): Text =>
    who
      ? { en: `Only members of ${who} may approve this.`, ja: `判断できるのは ${who} のメンバーだけです。` }
      : {
          en: 'You are not on the list of approvers for this. Ask one of them.',
          ja: 'この件の承認者に登録されていません。承認者に依頼してください。',
        },
  'group-lookup-failed': (who: string): Text => ({
    en: `I couldn't look up ${who || 'the group of approvers'} (Slack didn't answer), so I decided nothing. Try again.`,
    ja: `${who || '承認者のグループ'} を確認できなかったため（Slack が応答しません）、何も決定していません。もう一度お試しください。`,
  }),
  'user-lookup-failed': fixed(
    "I couldn't look up your account (Slack didn't answer), so I decided nothing. Try again.",
    'アカウントを確認できなかったため（Slack が応答しません）、何も決定していません。もう一度お試しください。',
  ),
  'not-found': fixed(
    "There is no such approval: the button isn't from gke-auth, or it is too old. Nothing was done. Run the diagnosis again.",
    'この承認は見つかりません。ボタンが正規のものでないか、古すぎます。何も行っていません。もう一度診断してください。',
  ),
  altered: fixed(
    "The stored plan doesn't match its signature, so it may have been tampered with. Nothing was done. Tell an operator, and run the diagnosis again.",
    '保存されている計画が署名と一致しません。改変された可能性があるため、何も行っていません。運用担当者に知らせ、もう一度診断してください。',
  ),
  'history-cut': fixed(
    'The stored history of this approval lacks what the audit log has on record, so it may have been tampered with. Nothing was changed. Tell an operator, and run the diagnosis again.',
    'この承認の保存履歴は監査ログの記録と一致しません。改変された可能性があるため、何も変更していません。運用担当者に知らせ、もう一度診断してください。',
  ),
  restored: fixed(
    'Redis was put back to an earlier state after this was approved, so what was decided since may be lost. Nothing was changed. Run the diagnosis again.',
    '承認後に Redis が以前の状態に戻されたため、その後の判断が失われている可能性があります。何も変更していません。もう一度診断してください。',
  ),
  'role-not-allowed': fixed(
    "This role can't be granted from here. Nothing was done.",
    'このロールはここから付与できません。何も行っていません。',
  ),
  'reason-missing': fixed(
    'Please give a reason: the requester and the other approvers see it.',
    '理由を入力してください。依頼者とほかの承認者に表示されます。',
  ),
  'already-voted': fixed(
    'You already approved this. Another approver has to approve it too.',
    'すでに承認済みです。ほかの承認者の承認も必要です。',
  ),
  'not-enough-approvals': fixed(
    'Not enough people approved this. Nothing was done.',
    '承認した人数が足りません。何も行っていません。',
  ),
  settled: fixed('This was decided already.', 'すでに判断されています。'),
  expired: fixed(
    'This request has expired, so nothing was done. Run the diagnosis again to ask again.',
    '期限が過ぎました。何も行っていません。もう一度診断して依頼し直してください。',
  ),
  'not-revocable': fixed('There is nothing to revoke.', '取り消せるものはありません。'),
  'store-unavailable': fixed(
    "Redis isn't answering, so nothing was decided. Check the card before you click again.",
    '現在は判断を受け付けられません（Redis が応答しません）。もう一度操作する前に、カードの状態を確認してください。',
  ),
} as const satisfies Readonly<Record<string, (who: string) => Text>>;

export type RefusalCode = keyof typeof refusals;
