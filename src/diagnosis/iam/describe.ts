/** What the engine found, in words: one short sentence each, for the evidence and the details of findings. */
import { parseResource } from '../../contracts/resource-name.ts';
import type { Text } from '../../contracts/text.ts';
import type { Unknown } from '../facts/fact.ts';
import { type AnswerIn, foldAnswer } from './fold.ts';
import type { Answer, Condition, Doubt, MissingReason, Proof } from './model.ts';
import { nameOfResource } from './resources/names.ts';

/** One sentence, and the call that told it. */
export interface Line {
  readonly source: string;
  readonly says: Text;
  /** What could not be read, where that is what the sentence is about. */
  readonly unread?: Unknown;
}

const TROUBLESHOOTER = 'policytroubleshooter iam.troubleshoot';
const DENY_POLICIES = 'iam denypolicies.list';

/** What an answer rests on: the proof, or every doubt, or the reason. `resource`: what was asked about. */
export function linesOf(answer: Answer, resource: string): readonly Line[] {
  return foldAnswer(answer, {
    granted: ({ proof, ...open }) => [proofLine(proof), ...unreadLines(open)],
    conditional: ({ proof, ...doubt }) =>
      proof.role === '' ? [{ source: TROUBLESHOOTER, says: DEPENDS }] : [proofLine(proof), conditionLine(proof, doubt)],
    missing: ({ because }) => [{ source: sourceOfMissing(because, resource), says: describeMissing(because) }],
    unknown: ({ doubts }) => doubts.map(doubtLine),
  });
}

/** The same without the calls. */
export function describeAnswer(answer: Answer): readonly Text[] {
  return linesOf(answer, '').map(({ says }) => says);
}

function proofLine(proof: Proof): Line {
  const { role, level } = proof;
  return { source: role === '' ? TROUBLESHOOTER : policySource(level), says: describeProof(proof) };
}

type Granted = AnswerIn<'granted'>;

/** Said of what is granted: the policies that were not read and could still take it away. */
export function unreadLines({ denyUnread, boundariesUnread }: Omit<Granted, 'state' | 'proof'>): readonly Line[] {
  if (denyUnread && boundariesUnread) return [{ source: DENY_POLICIES, says: BOTH_UNREAD }];
  if (denyUnread) return [{ source: DENY_POLICIES, says: DENY_UNREAD }];
  return boundariesUnread ? [{ source: TROUBLESHOOTER, says: BOUNDARIES_UNREAD }] : [];
}

const BOTH_UNREAD: Text = {
  en: 'Deny policies and principal access boundary policies were not read; one of them could still block the access.',
  ja: '拒否ポリシーとプリンシパル アクセス境界ポリシーは読み取っていません。これらによってアクセスがブロックされる可能性があります。',
};
const DENY_UNREAD: Text = {
  en: 'Deny policies were not read; one of them could still block the access.',
  ja: '拒否ポリシーは読み取っていません。拒否ポリシーによってアクセスがブロックされる可能性があります。',
};
const BOUNDARIES_UNREAD: Text = {
  en: 'Principal access boundary policies were not read; one of them could still block the access.',
  ja: 'プリンシパル アクセス境界ポリシーは読み取っていません。このポリシーによってアクセスがブロックされる可能性があります。',
};
const DEPENDS: Text = {
  en: 'Policy Troubleshooter says that the access depends on a condition.',
  ja: 'Policy Troubleshooter では、アクセスの可否は条件次第とされています。',
};
const GRANTED: Text = {
  en: 'Policy Troubleshooter says that the access is granted.',
  ja: 'Policy Troubleshooter では、アクセスが許可されています。',
};

function conditionLine(
  { level }: Proof,
  { deny, namesTarget }: Pick<AnswerIn<'conditional'>, 'deny' | 'namesTarget'>,
): Line {
  if (deny !== undefined) {
    return {
      source: DENY_POLICIES,
      says: {
        en: `The deny policy ${deny} takes it away where the resource has certain tags, and tags are not read.`,
        ja: `拒否ポリシー ${deny} は、リソースに特定のタグがある場合にこの権限を取り消します。タグは読み取っていません。`,
      },
    };
  }
  return { source: policySource(level), says: namesTarget ? NAMES_TARGET : UNDECIDED };
}

const UNDECIDED: Text = {
  en: 'Whether the condition holds depends on what only the request itself shows.',
  ja: 'この条件が成り立つかどうかは、実際のリクエストの内容によって決まります。',
};
const NAMES_TARGET: Text = {
  en: 'The condition covers this cluster, and by Google’s documents GKE evaluates it. Users report that it never holds for container.clusters.connect.',
  ja: 'この条件はこのクラスタを対象に含み、Google のドキュメントでは GKE がこの条件を評価するとされています。一方、container.clusters.connect では成り立たないという報告があります。',
};

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
    case 'boundary':
      return TROUBLESHOOTER;
    default:
      return policySource(resource);
  }
}

function doubtLine(doubt: Doubt): Line {
  const says = describeDoubt(doubt);
  switch (doubt.kind) {
    case 'policy':
    case 'ancestors':
    case 'troubleshooter':
      return { source: doubt.fact.source, says, unread: doubt.fact };
    case 'role':
      return doubt.fact
        ? { source: doubt.fact.source, says, unread: doubt.fact }
        : { source: `iam roles.get ${doubt.role}`, says };
    case 'acl':
      return doubt.fact
        ? { source: doubt.fact.source, says, unread: doubt.fact }
        : { source: 'storage buckets.get', says };
    case 'group':
      return { source: policySource(doubt.level), says };
    case 'deny':
      return { source: DENY_POLICIES, says };
  }
}

/** `Policy of project prod-1: roles/editor for serviceAccount:x.` */
export function describeProof(proof: Proof): Text {
  if (proof.role === '') return GRANTED;
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
    case 'boundary':
      return outsideBoundary(reason.policies);
    case 'troubleshooter':
      return {
        en: 'Policy Troubleshooter says that the access is not granted.',
        ja: 'Policy Troubleshooter では、アクセスが許可されていません。',
      };
  }
}

function outsideBoundary(policies: readonly string[]): Text {
  const names = policies.length > 0 ? ` (${policies.join(', ')})` : '';
  return {
    en: `A principal access boundary policy${names} doesn’t make the resource eligible for this principal: it blocks the access, whatever is granted.`,
    ja: `プリンシパル アクセス境界ポリシー${names.replace(' (', '（').replace(')', '）')}により、このプリンシパルはリソースの対象外です。付与の有無にかかわらず、アクセスはブロックされます。`,
  };
}

/** What could not be seen, and why it matters. */
export function describeDoubt(doubt: Doubt): Text {
  switch (doubt.kind) {
    case 'policy': {
      const on = place(doubt.level);
      return because(
        { en: `The policy of ${on.en} was not read`, ja: `${on.ja}のポリシーを読み取れませんでした` },
        doubt.fact,
      );
    }
    case 'role': {
      const on = place(doubt.level);
      return because(
        {
          en: `Policy of ${on.en}: the permissions of ${doubt.role} were not read`,
          ja: `${on.ja}のポリシー: ${doubt.role} に含まれる権限を読み取れませんでした`,
        },
        doubt.fact,
      );
    }
    case 'ancestors':
      return because(
        {
          en: 'The folders and the organization above the project were not listed',
          ja: '上位のフォルダと組織を一覧できませんでした',
        },
        doubt.fact,
      );
    case 'group': {
      const on = place(doubt.level);
      const who = kindOf(doubt.member);
      return {
        en: `Policy of ${on.en}: ${who.en} (${doubt.member}) holds ${doubt.role}, and its members can’t be read.`,
        ja: `${on.ja}のポリシー: ${who.ja}（${doubt.member}）に ${doubt.role} が付与されていますが、メンバーを読み取れません。`,
      };
    }
    case 'deny': {
      const on = place(doubt.level);
      return {
        en: `The deny policy ${doubt.policy} on ${on.en} names a group or a set of principals, and its members can’t be read.`,
        ja: `${on.ja}の拒否ポリシー ${doubt.policy} はグループまたはプリンシパル セットを対象としていますが、メンバーを読み取れません。`,
      };
    }
    case 'acl': {
      const on = place(doubt.level);
      return because(
        {
          en: `Objects of ${on.en} may have access control lists of their own, which no policy shows`,
          ja: `${on.ja}のオブジェクトには、ポリシーに現れない独自のアクセス制御リストがある可能性があります`,
        },
        doubt.fact,
      );
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
  const below = resource.startsWith('//') ? parseResource(resource) : undefined;
  if (below) return below.policy === 'list' ? 'bigquery datasets.get' : `${below.noun.replace('.', ' ')}.getIamPolicy`;
  if (/^projects\/[^/]+\/serviceAccounts\//.test(resource)) return 'iam serviceAccounts.getIamPolicy';
  if (/\/subnetworks\//.test(resource)) return 'compute subnetworks.getIamPolicy';
  return `cloudresourcemanager ${resource.slice(0, resource.indexOf('/'))}.getIamPolicy`;
}

function describeBinding({ level, role, member }: Proof): Text {
  const on = place(level);
  return { en: `Policy of ${on.en}: ${role} for ${member}`, ja: `${on.ja}のポリシー: ${member} に ${role} を付与` };
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
  const below = resource.startsWith('//') ? parseResource(resource) : undefined;
  if (below) return nameOfResource(below);
  const account = /^projects\/[^/]+\/serviceAccounts\/(?<email>.+)$/.exec(resource)?.groups?.email;
  if (account !== undefined) return { en: `service account ${account}`, ja: `サービス アカウント ${account} ` };
  const subnet = /^projects\/(?<host>[^/]+)\/.*\/subnetworks\/(?<name>[^/]+)$/.exec(resource)?.groups;
  if (subnet) {
    return {
      en: `subnet ${subnet.name} of project ${subnet.host}`,
      ja: `プロジェクト ${subnet.host} のサブネット ${subnet.name} `,
    };
  }
  const [kind, id] = resource.split('/');
  if (kind === 'folders') return { en: `folder ${id}`, ja: `フォルダ ${id} ` };
  if (kind === 'organizations') return { en: `organization ${id}`, ja: `組織 ${id} ` };
  if (kind === 'projects') return { en: `project ${id}`, ja: `プロジェクト ${id} ` };
  return { en: resource, ja: `${resource} ` };
}

function kindOf(member: string): Text {
  if (/^project(?:Owner|Editor|Viewer):/.test(member)) {
    return { en: 'the holders of a basic role on a project', ja: 'プロジェクトの基本ロールの保持者' };
  }
  if (member.startsWith('group:')) return { en: 'a group', ja: 'グループ' };
  if (member.startsWith('domain:')) return { en: 'a domain', ja: 'ドメイン' };
  if (member.startsWith('principalSet:')) return { en: 'a set of principals', ja: 'プリンシパル セット' };
  return { en: 'a principal', ja: 'プリンシパル' };
}
