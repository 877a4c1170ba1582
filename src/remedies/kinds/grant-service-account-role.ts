/** Lets somebody use a service account: appended to the unconditional binding of its policy (docs/domain/remedies.md#grant-service-account-role). */
import { z } from 'zod';
import type { Text } from '../../contracts/text.ts';
import type { Policy } from '../../diagnosis/iam/model.ts';
import { addMember, type Membership, removeMember } from '../apply/policy-write.ts';
import type { ApplyContext, RemedyDefinition } from '../remedy.ts';
import { conditionBlock, conditionFlag, type ManualSteps } from '../text/manual.ts';
import { shell, terraform, terraformLabel } from '../text/shell.ts';
import { expiry } from './grant-project-role.ts';

export const GrantServiceAccountRole = z.strictObject({
  serviceAccount: z.string().regex(/^projects\/[^/]+\/serviceAccounts\/[^/]+$/),
  member: z.string().min(1),
  role: z.string().min(1),
});
export type GrantServiceAccountRole = z.infer<typeof GrantServiceAccountRole>;

export const grantServiceAccountRole: RemedyDefinition<GrantServiceAccountRole> = {
  kind: 'grant-service-account-role',
  risk: 'grant',
  params: GrantServiceAccountRole,

  plan({ serviceAccount, member, role }, { access, missing }) {
    const [, project = '', , email = ''] = serviceAccount.split('/');
    const policy = access.policy(serviceAccount);
    const before = policy.known ? membersOf(policy.value, role) : [];
    const contents = access.role(role);
    const adds = contents?.known ? [...contents.value.permissions].sort() : [];
    const sameness = samenessOf(member);
    return {
      params: { serviceAccount, member, role },
      ...manualServiceAccountGrant({ serviceAccount, member, role }),
      console: `https://console.cloud.google.com/iam-admin/serviceaccounts?project=${encodeURIComponent(project)}`,
      summary: {
        en: `Grant ${role} on ${email}${sameness.en}`,
        ja: `${email} に対する ${role} を付与${sameness.ja}`,
      },
      change: {
        resource: serviceAccount,
        before,
        after: before.includes(member) ? before : [...before, member],
        ...(adds.length > 0 ? { adds, extra: adds.filter(permission => !missing.includes(permission)).length } : {}),
      },
    };
  },

  writing: {
    authority: ({ serviceAccount }) => ({
      permission: 'iam.serviceAccounts.setIamPolicy',
      resource: serviceAccount,
    }),
    apply: (params, context) => addMember(context.google, membership(params, context)),
    revoke: (params, context) => removeMember(context.google, membership(params, context)),
  },
};

/** The grant as people make it themselves; with an end, for a time. */
export function manualServiceAccountGrant(
  { serviceAccount, member, role }: GrantServiceAccountRole,
  endsAt?: Date,
): ManualSteps {
  const [, project = '', , email = ''] = serviceAccount.split('/');
  const gcloud = (verb: string) =>
    shell([
      ...['gcloud', 'iam', 'service-accounts', verb, email],
      ...[`--member=${member}`, `--role=${role}`, conditionFlag(endsAt), `--project=${project}`],
    ]);
  return {
    command: gcloud('add-iam-policy-binding'),
    undo: gcloud('remove-iam-policy-binding'),
    terraform: terraform(
      'google_service_account_iam_member',
      terraformLabel(`${email.split('@')[0]}_${member.split(':').at(-1)}`),
      { service_account_id: serviceAccount, role, member },
      conditionBlock(endsAt),
    ),
  };
}

function membership(
  { serviceAccount, member, role }: GrantServiceAccountRole,
  { approval, endsAt }: ApplyContext,
): Membership {
  return { resource: serviceAccount, role, member, ...(endsAt ? { condition: expiry(approval, endsAt) } : {}) };
}

/** Members of the binding that a grant appends to: the role's, without a condition. */
function membersOf(policy: Policy, role: string): string[] {
  return policy.bindings
    .filter(binding => binding.role === role && !binding.condition)
    .flatMap(({ members }) => members);
}

/** A workload is named by pool, namespace and name: every cluster of the pool that has them is let in. */
function samenessOf(member: string): Text {
  const [, pool, name] = member.match(/^serviceAccount:([^[]+\.svc\.id\.goog)\[([^\]]+)\]$/) ?? [];
  if (!pool || !name) return { en: '', ja: '' };
  return {
    en: ` to ${name} in every cluster of ${pool}`,
    ja: `（${pool} のすべてのクラスタの ${name} が対象）`,
  };
}
