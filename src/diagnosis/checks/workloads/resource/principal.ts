/** Who needs the permission: the workload as Google Cloud sees it, or the caller that is named. */
import type { Text } from '../../../../contracts/text.ts';
import type { Fact, Unknown } from '../../../facts/fact.ts';
import type { WorkloadIdentity } from '../../../facts/workload/identity.ts';
import type { Caller } from '../../../iam/kubernetes-access.ts';
import type { Principal } from '../../../iam/model.ts';
import { memberOf } from '../../../iam/principal.ts';
import type { CheckRequest } from '../../check.ts';

export type Acting =
  | { readonly principal: Principal; readonly name: string }
  | { readonly unread: Unknown }
  /** Nobody can be asked about; `waits`: the check that has to pass first. */
  | { readonly why: Text; readonly waits?: string };

export function actingPrincipal(
  request: CheckRequest,
  identity: Fact<WorkloadIdentity> | undefined,
  caller: Caller | undefined,
): Acting {
  if (request.workload) return identity?.known ? workload(identity.value) : unread(identity);
  const account = request.symptom?.entities.iamServiceAccount;
  const member = caller?.member ?? (account === undefined ? undefined : memberOf(account));
  if (member === undefined) return { why: NOBODY };
  return { principal: { member }, name: shortName(member) };
}

function unread(identity: Fact<WorkloadIdentity> | undefined): Acting {
  if (!identity || identity.known) return { why: NOBODY };
  return { unread: identity };
}

function workload({ annotation, account, principal }: WorkloadIdentity): Acting {
  if (annotation === undefined)
    return {
      principal: {
        ...principal,
        member: principal.aliases?.[0] ?? principal.member,
        aliases: [principal.member, ...(principal.aliases ?? [])],
      },
      name: shortName(principal.member),
    };
  if (!account || (!account.state.known && account.state.code === 'absent')) {
    return { why: NO_SUCH_ACCOUNT, waits: 'wi-ksa-annotation' };
  }
  return { principal: { member: `serviceAccount:${account.email}` }, name: account.email };
}

function shortName(member: string): string {
  return member.replace(/^(?:user|serviceAccount|group):/, '');
}

const NOBODY: Text = {
  en: 'Nobody is named who needs it. Name the workload (--workload NS/KSA) or the account (--for EMAIL).',
  ja: '権限を必要とする主体が指定されていません。ワークロード（--workload NS/KSA）またはアカウント（--for メールアドレス）を指定してください。',
};
const NO_SUCH_ACCOUNT: Text = {
  en: 'The annotation names no IAM service account that exists, so there is nobody to ask about.',
  ja: 'アノテーションの指す IAM サービス アカウントが存在しないため、判定の対象がありません。',
};
