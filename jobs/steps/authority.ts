/**
 * `requireOwnAuthority`: everyone who approved must personally be able to do in Google Cloud what the remedy does. Asked of the
 * IAM engine, then of Policy Troubleshooter; what can't be told is refused.
 */

import { type Approval, votes } from '../../src/approvals/approval.ts';
import { type Config, planRules } from '../../src/config/config.ts';
import type { Text } from '../../src/contracts/text.ts';
import { prepareAccess } from '../../src/diagnosis/facts/access.ts';
import type { Session } from '../../src/diagnosis/facts/session.ts';
import { writingOf } from '../../src/remedies/index.ts';

export type AuthorityVerdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: Text };

export interface Asking {
  readonly config: Pick<Config, 'approvals'>;
  readonly openSession: () => Promise<Session>;
}

export async function hasOwnAuthority({ config, openSession }: Asking, approval: Approval): Promise<AuthorityVerdict> {
  const { plan } = approval.signed;
  if (!planRules(config, plan).some(({ requireOwnAuthority }) => requireOwnAuthority)) return { allowed: true };
  const { permission, resource } = writingOf(plan.remedy).authority();
  const approvers = votes(approval).map(({ by }) => by);
  const questions = approvers.map(person => ({
    principal: { member: `user:${person?.email?.toLowerCase() ?? ''}` },
    permission,
    resource,
  }));
  const access = await prepareAccess(await openSession(), questions, []);
  for (const [index, question] of questions.entries()) {
    const person = approvers[index];
    if (!person?.email) return { allowed: false, reason: noEmail(permission) };
    const { state } = access.answer(question);
    if (state === 'granted') continue;
    return {
      allowed: false,
      reason:
        state === 'missing'
          ? lacks(person.email, permission, resource)
          : cannotTell(person.email, permission, resource),
    };
  }
  return { allowed: true };
}

function noEmail(permission: string): Text {
  return {
    en: `An approver's email can't be read in Slack, so whether they hold ${permission} in Google Cloud can't be told. Nothing was changed.`,
    ja: `承認者のメールアドレスを Slack から取得できないため、Google Cloud での ${permission} の有無を確認できません。何も変更していません。`,
  };
}

function lacks(email: string, permission: string, resource: string): Text {
  return {
    en: `${email} doesn't hold ${permission} on ${resource}, so their approval doesn't count (requireOwnAuthority). Nothing was changed.`,
    ja: `${email} には ${resource} に対する ${permission} がないため、承認は無効です（requireOwnAuthority）。何も変更していません。`,
  };
}

function cannotTell(email: string, permission: string, resource: string): Text {
  return {
    en: `Whether ${email} holds ${permission} on ${resource} can't be told, so I refused (requireOwnAuthority). Nothing was changed.`,
    ja: `${email} に ${resource} に対する ${permission} があるかどうかを確認できないため、拒否しました（requireOwnAuthority）。何も変更していません。`,
  };
}
