/** What the engine found, in words: one short sentence each, for the evidence and the details of findings. */
import type { Text } from '../../contracts/text.ts';
import type { Unknown } from '../facts/fact.ts';
import type { Answer, Condition, Doubt, MissingReason, Proof } from './model.ts';

/** Said where a permission is granted and deny policies could not be read. */
export const DENY_UNREAD: Text = {
  en: 'Deny policies could not be read; one of them, or a principal access boundary, could still take the permission away.',
  ja: '拒否ポリシーは読み取れませんでした。拒否ポリシーやプリンシパル アクセス境界によって、この権限が取り消されている可能性は残ります。',
};

/** Said where it is Policy Troubleshooter that grants. */
const TROUBLESHOOTER_GRANTS: Text = {
  en: 'Policy Troubleshooter says that the access is granted.',
  ja: 'Policy Troubleshooter では、アクセスが許可されています。',
};

const TROUBLESHOOTER_DEPENDS: Text = {
  en: 'Policy Troubleshooter says that the access depends on a condition.',
  ja: 'Policy Troubleshooter では、アクセスの可否は条件次第とされています。',
};

/** An answer as sentences: the proof, or every doubt, or the reason. */
export function describeAnswer(answer: Answer): readonly Text[] {
  switch (answer.state) {
    case 'granted':
      return answer.denyUnread ? [describeProof(answer.proof), DENY_UNREAD] : [describeProof(answer.proof)];
    case 'conditional':
      if (answer.proof.role === '') return [TROUBLESHOOTER_DEPENDS];
      return [describeProof(answer.proof), undecided(answer.deny)];
    case 'missing':
      return [describeMissing(answer.because)];
    case 'unknown':
      return answer.doubts.map(describeDoubt);
  }
}

const TROUBLESHOOTER = 'policytroubleshooter iam.troubleshoot';
const DENY_POLICIES = 'iam denypolicies.list';

/** The call that told each of the sentences of `describeAnswer`, in their order. `resource`: what was asked about. */
export function sourcesOf(answer: Answer, resource: string): readonly string[] {
  switch (answer.state) {
    case 'granted':
      return answer.denyUnread ? [sourceOfProof(answer.proof), DENY_POLICIES] : [sourceOfProof(answer.proof)];
    case 'conditional': {
      const source = sourceOfProof(answer.proof);
      if (answer.proof.role === '') return [source];
      return [source, answer.deny === undefined ? source : DENY_POLICIES];
    }
    case 'missing':
      return [sourceOfMissing(answer.because, resource)];
    case 'unknown':
      return answer.doubts.map(sourceOfDoubt);
  }
}

function sourceOfProof({ role, level }: Proof): string {
  return role === '' ? TROUBLESHOOTER : policySource(level);
}

function sourceOfMissing(reason: MissingReason, resource: string): string {
  switch (reason.kind) {
    case 'denied':
      return DENY_POLICIES;
    case 'expired':
    case 'condition':
      return policySource(reason.proof.level);
    case 'principal-disabled':
    case 'principal-deleted':
      return 'iam serviceAccounts.get';
    case 'troubleshooter':
      return TROUBLESHOOTER;
    default:
      return policySource(resource);
  }
}

function sourceOfDoubt(doubt: Doubt): string {
  switch (doubt.kind) {
    case 'policy':
    case 'ancestors':
    case 'troubleshooter':
      return doubt.fact.source;
    case 'role':
      return doubt.fact?.source ?? `iam roles.get ${doubt.role}`;
    case 'group':
      return policySource(doubt.level);
    case 'deny':
      return DENY_POLICIES;
  }
}

/** `Policy of project prod-1: roles/editor for serviceAccount:x.` */
export function describeProof(proof: Proof): Text {
  if (proof.role === '') return TROUBLESHOOTER_GRANTS;
  const binding = describeBinding(proof);
  if (proof.until) {
    return {
      en: `${binding.en}, until ${instant(proof.until)}.`,
      ja: `${binding.ja}（${instant(proof.until)} まで）。`,
    };
  }
  if (!proof.condition) return { en: `${binding.en}.`, ja: `${binding.ja}。` };
  const condition = label(proof.condition);
  return {
    en: `${binding.en}, under the condition ${condition.en}.`,
    ja: `${binding.ja}（条件: ${condition.ja.trim()}）。`,
  };
}

/** Why a permission is missing. */
export function describeMissing(reason: MissingReason): Text {
  switch (reason.kind) {
    case 'no-binding':
      return {
        en: 'No policy, from the resource up to the organization, grants the permission.',
        ja: 'リソースから組織までのどのポリシーも、この権限を付与していません。',
      };
    case 'denied': {
      const on = place(reason.level);
      return {
        en: `The deny policy ${reason.policy} on ${on.en} takes the permission away, whatever is granted.`,
        ja: `${on.ja}の拒否ポリシー ${reason.policy} が、付与の有無にかかわらず、この権限を取り消しています。`,
      };
    }
    case 'expired':
      return ended(reason.proof);
    case 'condition':
      return unmet(reason.proof);
    case 'deleted-member':
      return {
        en: `${reason.role} is bound to ${reason.member}, an account that was deleted. An account made again under the same name does not get it.`,
        ja: `${reason.role} は、削除済みのアカウント ${reason.member} に付与されています。同じ名前で作り直したアカウントには効きません。`,
      };
    case 'principal-disabled':
      return {
        en: 'The service account is disabled: whatever it was granted has no effect.',
        ja: 'サービス アカウントが無効になっているため、付与された権限は効きません。',
      };
    case 'principal-deleted':
      return { en: 'The service account does not exist.', ja: 'サービス アカウントが存在しません。' };
    case 'troubleshooter':
      return {
        en: 'Policy Troubleshooter says that the access is not granted.',
        ja: 'Policy Troubleshooter では、アクセスが許可されていません。',
      };
  }
}

/** What could not be seen, and why it matters. */
export function describeDoubt(doubt: Doubt): Text {
  switch (doubt.kind) {
    case 'policy': {
      const on = place(doubt.level);
      return because(
        { en: `The policy of ${on.en} can't be read`, ja: `${on.ja}のポリシーを読み取れません` },
        doubt.fact,
      );
    }
    case 'role': {
      const on = place(doubt.level);
      return because(
        {
          en: `Policy of ${on.en}: the permissions of ${doubt.role} can't be read`,
          ja: `${on.ja}のポリシー: ${doubt.role} に含まれる権限を読み取れません`,
        },
        doubt.fact,
      );
    }
    case 'ancestors':
      return because(
        { en: "The folders and the organization above can't be listed", ja: '上位のフォルダと組織を一覧できません' },
        doubt.fact,
      );
    case 'group': {
      const on = place(doubt.level);
      const who = kindOf(doubt.member);
      return {
        en: `Policy of ${on.en}: ${who.en} (${doubt.member}) holds ${doubt.role}; whether the principal belongs to it can't be seen.`,
        ja: `${on.ja}のポリシー: ${who.ja}（${doubt.member}）に ${doubt.role} が付与されていますが、対象がそこに含まれるかどうかは確認できません。`,
      };
    }
    case 'deny': {
      const on = place(doubt.level);
      return {
        en: `The deny policy ${doubt.policy} on ${on.en} names a group or set; whether the principal belongs to it can't be seen.`,
        ja: `${on.ja}の拒否ポリシー ${doubt.policy} はグループまたはセットを対象としていますが、対象がそこに含まれるかどうかは確認できません。`,
      };
    }
    case 'troubleshooter':
      return because(
        { en: "Policy Troubleshooter didn't answer", ja: 'Policy Troubleshooter から回答を得られませんでした' },
        doubt.fact,
      );
  }
}

/** The call that reads the policy of a resource, as evidence names it. */
export function policySource(resource: string): string {
  if (/^projects\/[^/]+\/serviceAccounts\//.test(resource)) return 'iam serviceAccounts.getIamPolicy';
  return `cloudresourcemanager ${resource.slice(0, resource.indexOf('/'))}.getIamPolicy`;
}

function describeBinding({ level, role, member }: Proof): Text {
  const on = place(level);
  return { en: `Policy of ${on.en}: ${role} for ${member}`, ja: `${on.ja}のポリシー: ${member} に ${role} を付与` };
}

function undecided(deny: string | undefined): Text {
  if (deny === undefined) {
    return {
      en: "Whether the condition holds can't be decided from outside.",
      ja: 'この条件が成り立つかどうかは、外部からは判定できません。',
    };
  }
  return {
    en: `The deny policy ${deny} takes it away under a condition that can't be decided from outside.`,
    ja: `拒否ポリシー ${deny} の条件が成り立つと取り消されますが、その成否は外部からは判定できません。`,
  };
}

function ended(proof: Proof): Text {
  const binding = describeBinding(proof);
  if (!proof.until) return unmet(proof);
  const at = instant(proof.until);
  return { en: `${binding.en}, but it ended on ${at}.`, ja: `${binding.ja}。ただし ${at} に期限切れになりました。` };
}

function unmet(proof: Proof): Text {
  const binding = describeBinding(proof);
  if (proof.from) {
    const at = instant(proof.from);
    return { en: `${binding.en}, but not before ${at}.`, ja: `${binding.ja}。ただし ${at} までは有効になりません。` };
  }
  const condition = label(proof.condition ?? { expression: '' });
  return {
    en: `${binding.en}, but its condition ${condition.en} does not hold here.`,
    ja: `${binding.ja}。ただし条件${condition.ja}は、ここでは成り立ちません。`,
  };
}

function because(what: Text, fact: Unknown | undefined): Text {
  if (!fact) return { en: `${what.en}.`, ja: `${what.ja}。` };
  return { en: `${what.en}: ${fact.reason.en}`, ja: `${what.ja}: ${fact.reason.ja}` };
}

function label({ title, expression }: Condition): Text {
  if (!title) return { en: expression, ja: ` ${expression} ` };
  return { en: `“${title}” (${expression})`, ja: `「${title}」（${expression}）` };
}

/** RFC 3339 without a fraction that says nothing. */
function instant(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

function place(resource: string): Text {
  const account = /^projects\/[^/]+\/serviceAccounts\/(?<email>.+)$/.exec(resource)?.groups?.email;
  if (account !== undefined) return { en: `service account ${account}`, ja: `サービス アカウント ${account} ` };
  const [kind, id] = resource.split('/');
  if (kind === 'folders') return { en: `folder ${id}`, ja: `フォルダ ${id} ` };
  if (kind === 'organizations') return { en: `organization ${id}`, ja: `組織 ${id} ` };
  if (kind === 'projects') return { en: `project ${id}`, ja: `プロジェクト ${id} ` };
  return { en: resource, ja: `${resource} ` };
}

function kindOf(member: string): Text {
  if (member.startsWith('group:')) return { en: 'a group', ja: 'グループ' };
  if (member.startsWith('domain:')) return { en: 'a domain', ja: 'ドメイン' };
  if (member.startsWith('principalSet:')) return { en: 'a set of principals', ja: 'プリンシパル セット' };
  return { en: 'a principal', ja: 'プリンシパル' };
}
