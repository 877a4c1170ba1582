/** Why can't they do that in the cluster? Allowed by RBAC or by IAM, else refused (docs/domain/kubernetes-access.md#rbac-and-iam). */

import { joinText, type Text } from '../../../contracts/text.ts';
import type { Review } from '../../../kubernetes/objects.ts';
import type { Access } from '../../facts/access.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { describeAnswer } from '../../iam/describe.ts';
import { type Asked, foldAnswers } from '../../iam/fold.ts';
import {
  type AccessRequest,
  accessRequest,
  type Caller,
  isEscalating,
  isSystemIdentity,
} from '../../iam/kubernetes-access.ts';
import type { Answer, Question } from '../../iam/model.ts';
import { clusterTarget } from '../../iam/targets.ts';
import type { Check, CheckRequest, FindingDraft } from '../check.ts';
import { isUnderCondition, isWithoutAccount } from '../denial.ts';
import {
  BESIDE_CONDITION,
  type EvidenceDraft,
  evidenceOf,
  isOfferHarmless,
  leftOpen,
  MAY_BE_REDUNDANT,
  unknownDetail,
  unreadable,
  unreadTexts,
} from '../evidence.ts';
import { bindingsFor } from './access/bindings.ts';
import { refusalText, requestText, reviewText, systemText } from './access/request-text.ts';

export const rbacForbidden: Check<'cluster' | 'caller' | 'review'> = {
  id: 'rbac-forbidden',
  title: { en: 'The request is allowed in the cluster', ja: 'クラスタ内でその操作が許可されている' },
  description: {
    en: 'GKE allows a request where RBAC allows it or where IAM does, under a permission of its own name: patch asks for update, pods/log for container.pods.getLogs, custom resources for container.thirdPartyObjects. container.clusters.get only authenticates. impersonate on users, groups and serviceaccounts is container.clusters.impersonate. For somebody else a SubjectAccessReview sees RBAC alone, without Google groups, so IAM is evaluated beside it. Asked with --for, --verb and --resource, or by an error text.',
    ja: 'GKE は RBAC か IAM のどちらかが許可した操作を許可します。IAM の権限名は独自で、patch は update、pods/log は container.pods.getLogs、カスタム リソースは container.thirdPartyObjects です。container.clusters.get では認証されるだけです。users、groups、serviceaccounts に対する impersonate は container.clusters.impersonate です。他人についての SubjectAccessReview は RBAC だけを見て Google グループも含まないため、IAM は別に評価します。--for・--verb・--resource、またはエラー文で調べます。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/how-to/role-based-access-control',
  needs: [
    'container.clusters.get',
    'container.subjectAccessReviews.create',
    'resourcemanager.projects.getIamPolicy',
    'iam.roles.get',
  ],
  facts: ['cluster', 'caller', 'review'],
  appliesTo: ({ verb, symptom }, named) => named || verb !== undefined || symptom?.problem === 'rbac-forbidden',

  questions({ cluster, caller }, request) {
    const asked = accessRequest(request);
    return cluster.known && asked && caller?.member ? questionsOf(cluster.value, caller.member, asked) : [];
  },

  run({ cluster, caller, review }, access, request) {
    if (!cluster.known) return [undecided(request.cluster, unknownDetail(cluster), [unreadable(cluster)])];
    const asked = accessRequest(request);
    if (!asked || !caller || !review) return [unclear(cluster.value, request)];
    return [judge(cluster.value, { ...asked, caller }, review, access)];
  },
};

function questionsOf(cluster: Cluster, member: string, { permissions }: AccessRequest): Question[] {
  const target = clusterTarget(cluster);
  const resource = `projects/${cluster.project}`;
  return permissions.map(permission => ({ principal: { member }, permission, resource, target }));
}

interface Case {
  readonly cluster: Cluster;
  readonly asked: AccessRequest;
  /** IAM's answers to all permissions that would allow it; none where IAM has no say. */
  readonly answers: readonly Answer[];
}
type Verdict = Omit<FindingDraft, 'subject' | 'evidence'>;

function judge(cluster: Cluster, asked: AccessRequest, review: Fact<Review['status']>, access: Access): FindingDraft {
  const { resource: subject, project } = cluster;
  const { member } = asked.caller;
  const answers = member ? questionsOf(cluster, member, asked).map(question => access.answer(question)) : [];
  const evidence = [
    review.known ? { source: review.source, says: reviewText(asked, review.value) } : unreadable(review),
    ...evidenceOf(answers, `projects/${project}`),
  ];
  const one: Case = { cluster, asked, answers };
  if (answers.some(isWithoutAccount)) return { subject, evidence, ...withoutAccount(asked) };
  if (review.known && review.value.allowed) return { subject, evidence, ...allowed(asked, 'RBAC', []) };
  const verdict = foldAnswers<Asked, Verdict>(
    answers.map(answer => ({ answer })),
    {
      granted: items => (items.length > 0 ? allowedByIam(asked, answers) : refused(one)),
      conditional: () => mayBe(one, 'warn'),
      unknown: () => mayBe(one, 'unknown'),
      missing: () => refused(one),
    },
  );
  if (verdict.status !== 'pass' && !review.known) return undecided(subject, unknownDetail(review), evidence);
  return { subject, evidence, ...verdict };
}

function allowedByIam(asked: AccessRequest, answers: readonly Answer[]): Verdict {
  return allowed(asked, `IAM (${asked.permissions.join(', ')})`, leftOpen(answers));
}

function allowed(asked: AccessRequest, by: string, open: readonly Text[]): Verdict {
  const what = requestText(asked);
  return {
    status: 'pass',
    headline: { en: `${what.en}: allowed`, ja: `${what.ja}: 許可されています` },
    detail: joinText([
      {
        en: `${by} allows it now. An older refusal is out of date.`,
        ja: `現在は ${by} により許可されています。以前の拒否メッセージはすでに当てはまりません。`,
      },
      ...open,
    ]),
  };
}

/** Neither RBAC nor IAM allows it; only a binding to a Google group, where the cluster looks at groups, still could. */
function refused(one: Case): Verdict {
  if (mayHaveGroups(one.cluster, one.asked.caller)) return mayBe(one, 'unknown');
  const what = requestText(one.asked);
  return {
    ...refusal(one),
    status: 'fail',
    headline: { en: `${what.en}: not allowed`, ja: `${what.ja}: 許可されていません` },
    remedies: bindingsFor(one.cluster, one.asked),
  };
}

/** RBAC does not allow it. A condition, a group or something unread may. */
function mayBe(one: Case, status: 'warn' | 'unknown'): Verdict {
  const what = requestText(one.asked);
  const harmless = isOfferHarmless(one.answers, `projects/${one.cluster.project}`);
  return {
    ...refusal(one),
    status,
    headline: {
      en: `${what.en}: not allowed by RBAC; whether IAM or a group allows it is open`,
      ja: `${what.ja}: RBAC では許可されず、IAM またはグループによる許可は判定できません`,
    },
    remedies: harmless
      ? bindingsFor(one.cluster, one.asked).map(remedy => ({ ...remedy, doubt: MAY_BE_REDUNDANT }))
      : [],
  };
}

function refusal(one: Case): Pick<Verdict, 'detail' | 'missing'> & { readonly detail: Text } {
  const { asked } = one;
  const { caller, permissions, verb } = asked;
  return {
    detail: joinText([
      refusalText(asked),
      ...doubtTexts(one),
      ...(caller.kind === 'numeric' ? [NUMERIC] : []),
      ...(isEscalating(verb) ? [ESCALATES] : []),
    ]),
    missing: { principal: caller.member ?? caller.user ?? caller.subject.name, permissions: [...permissions] },
  };
}

function withoutAccount({ caller, permissions, ...asked }: AccessRequest): Verdict {
  const { name } = caller.subject;
  const what = requestText({ caller, permissions, ...asked });
  return {
    status: 'fail',
    headline: { en: `${what.en}: not allowed`, ja: `${what.ja}: 許可されていません` },
    detail: {
      en: `${name} is disabled or deleted, so it can’t authenticate and no role helps. Enable it, or use another account.`,
      ja: `${name} は無効か削除済みのため認証できず、ロールを付与しても使えません。有効化するか、別のアカウントを使ってください。`,
    },
    missing: { principal: caller.member ?? name, permissions: [...permissions] },
    remedies: [],
  };
}

/** Bindings to Google groups count only where the cluster looks at groups, and a review doesn't see them. */
function mayHaveGroups({ groupsForRbac }: Cluster, { kind }: Caller): boolean {
  return groupsForRbac && (kind === 'user' || kind === 'service-account');
}

function doubtTexts({ cluster, asked, answers }: Case): Text[] {
  const doubts = answers.flatMap(answer => (answer.state === 'unknown' ? answer.doubts : []));
  const unread = doubts.some(doubt => doubt.kind !== 'troubleshooter' && 'fact' in doubt);
  const conditional = answers.filter(answer => answer.state === 'conditional');
  return [
    ...(conditional.length > 0 ? [CONDITIONAL, ...conditional.flatMap(describeAnswer)] : []),
    ...(conditional.some(isUnderCondition) ? [BESIDE_CONDITION] : []),
    ...(mayHaveGroups(cluster, asked.caller) ? [GROUPS] : []),
    ...(doubts.length > 0 && !unread ? [IAM_GROUPS] : []),
    ...unreadTexts(doubts),
  ];
}

/** Caller, verb or resource is missing, or is nothing that a cluster knows. */
function unclear({ resource: subject }: Cluster, request: CheckRequest): FindingDraft {
  const who = request.principal ?? request.symptom?.entities.principal ?? '';
  if (isSystemIdentity(who)) {
    const headline = { en: `Nothing is granted to ${who}`, ja: `${who} には何も付与しません` };
    return { subject, status: 'not-applicable', headline, detail: systemText(who), evidence: [] };
  }
  if (request.verb === undefined && request.symptom?.problem !== 'rbac-forbidden') {
    return {
      subject,
      status: 'not-applicable',
      headline: { en: 'No request is named', ja: '判定する操作が指定されていません' },
      detail: {
        en: 'Name what is refused: --for EMAIL --verb VERB --resource RESOURCE [--namespace NAMESPACE].',
        ja: '拒否される操作を指定してください: --for メールアドレス --verb 動詞 --resource リソース [--namespace Namespace]。',
      },
      evidence: [],
    };
  }
  return undecided(
    subject,
    {
      en: 'The caller, the verb or the resource is not clear. Name a person or an account by email, and a resource that is not one of Kubernetes’ own with its group: --for EMAIL --verb list --resource widgets.example.com.',
      ja: '呼び出し元、動詞、リソースのいずれかを特定できません。人やアカウントはメールアドレスで、Kubernetes 標準以外のリソースはグループ付きで指定してください: --for メールアドレス --verb list --resource widgets.example.com。',
    },
    [],
  );
}

function undecided(subject: string, detail: Text, evidence: readonly EvidenceDraft[]): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: { en: 'Whether the request is allowed is unknown', ja: '操作が許可されるか判定できません' },
    detail,
    evidence,
  };
}

const CONDITIONAL: Text = {
  en: 'IAM may allow it under a condition.',
  ja: 'IAM で条件付きで許可されている可能性があります。',
};
const GROUPS: Text = {
  en: 'The cluster also looks at Google groups, which a review for somebody else does not include: a binding to a group may allow it.',
  ja: 'このクラスタは Google グループも参照します。他人についてのレビューにはグループが含まれないため、グループへのバインディングで許可されている可能性があります。',
};
const IAM_GROUPS: Text = {
  en: 'A group whose members can’t be read may have it in IAM.',
  ja: 'メンバーを読み取れないグループを通じて、IAM で許可されている可能性があります。',
};
const NUMERIC: Text = {
  en: 'The user is a number, the unique id of a service account: the caller’s VM lacks the scope userinfo.email, so bindings to its email don’t match. Add the scope, or bind the number as here.',
  ja: 'ユーザーが数字（サービス アカウントの固有 ID）になっています。呼び出し元の VM に userinfo.email スコープがないため、メールアドレスへのバインディングが一致しません。スコープを追加するか、ここに示すように数字の ID にバインドしてください。',
};
const ESCALATES: Text = {
  en: 'Anyone who holds this can act with the rights of others, up to those of a cluster administrator. Grant it by hand, for named objects only.',
  ja: 'この権限を持つと、クラスタ管理者を含む他者の権限で操作できるようになります。対象の名前を限定し、手動で付与してください。',
};
