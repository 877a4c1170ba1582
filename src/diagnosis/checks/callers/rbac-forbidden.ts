/** Why can't they do that in the cluster? Allowed by RBAC or by IAM, else refused (docs/domain/kubernetes-access.md#rbac-and-iam). */

import { joinText, type Text } from '../../../contracts/text.ts';
import type { Review } from '../../../kubernetes/objects.ts';
import type { Access } from '../../facts/access.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import {
  type AccessRequest,
  accessRequest,
  type Caller,
  isCoveredByView,
  rbacResource,
} from '../../iam/kubernetes-access.ts';
import type { Answer, Doubt, Question } from '../../iam/model.ts';
import type { Check, CheckRequest, FindingDraft, RemedyRequest } from '../check.ts';
import {
  type EvidenceDraft,
  evidenceOf,
  isHarmlessDoubt,
  MAY_BE_REDUNDANT,
  unknownDetail,
  unreadable,
  unreadTexts,
} from '../evidence.ts';

export const rbacForbidden: Check<'cluster' | 'caller' | 'review'> = {
  id: 'rbac-forbidden',
  title: { en: 'The request is allowed in the cluster', ja: 'クラスタ内でその操作が許可されている' },
  description: {
    en: 'GKE allows a request where RBAC allows it or where IAM does, under a permission of its own name: patch asks for update, pods/log for container.pods.getLogs, custom resources for container.thirdPartyObjects. container.clusters.get only lets the caller in. For somebody else a SubjectAccessReview sees RBAC alone, without Google groups, so IAM is evaluated beside it. Asked with --for, --verb and --resource, or by an error text.',
    ja: 'GKE は RBAC か IAM のどちらかが許可した操作を許可します。IAM の権限名は独自で、patch は update、pods/log は container.pods.getLogs、カスタム リソースは container.thirdPartyObjects です。container.clusters.get では認証されるだけです。他人についての SubjectAccessReview は RBAC だけを見て Google グループも含まないため、IAM は別に評価します。--for・--verb・--resource、またはエラー文で調べます。',
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

function questionsOf({ project }: Cluster, member: string, { permissions }: AccessRequest): Question[] {
  return permissions.map(permission => ({ principal: { member }, permission, resource: `projects/${project}` }));
}

function judge(cluster: Cluster, asked: AccessRequest, review: Fact<Review['status']>, access: Access): FindingDraft {
  const { resource: subject, project } = cluster;
  const { caller } = asked;
  const answers = caller.member
    ? questionsOf(cluster, caller.member, asked).map(question => access.answer(question))
    : [];
  const evidence = [
    review.known ? { source: review.source, says: reviewText(asked, review.value) } : unreadable(review),
    ...evidenceOf(answers, `projects/${project}`),
  ];
  const what = requestText(asked);
  if (answers.some(isGone)) return askedInVain(subject, asked, what, evidence);
  const byRbac = review.known && review.value.allowed;
  const byIam = answers.length > 0 && answers.every(({ state }) => state === 'granted');
  if (byRbac || byIam) {
    const by: Text = byRbac
      ? { en: 'RBAC', ja: 'RBAC' }
      : { en: `IAM (${asked.permissions.join(', ')})`, ja: `IAM（${asked.permissions.join(', ')}）` };
    return {
      subject,
      status: 'pass',
      headline: { en: `${what.en}: allowed`, ja: `${what.ja}: 許可されています` },
      detail: {
        en: `${by.en} allows it now. An older refusal is out of date.`,
        ja: `現在は ${by.ja} により許可されています。以前の拒否メッセージはすでに当てはまりません。`,
      },
      evidence,
    };
  }
  if (!review.known) return undecided(subject, unknownDetail(review), evidence);
  const conditional = answers.find(({ state }) => state === 'conditional');
  const doubts = answers.flatMap(answer => (answer.state === 'unknown' ? answer.doubts : []));
  const status = statusOf(cluster, caller, conditional, doubts);
  const proven = status === 'fail';
  const harmless = doubts.every(doubt => isHarmlessDoubt(doubt, `projects/${project}`));
  return {
    subject,
    status,
    headline: proven
      ? { en: `${what.en}: not allowed`, ja: `${what.ja}: 許可されていません` }
      : {
          en: `${what.en}: RBAC doesn’t allow it, IAM may`,
          ja: `${what.ja}: RBAC では許可されず、IAM は判定できません`,
        },
    detail: joinText([
      refusal(asked),
      ...doubtTexts(cluster, caller, conditional, doubts),
      ...(caller.kind === 'numeric' ? [NUMERIC] : []),
    ]),
    evidence,
    missing: { principal: caller.member ?? caller.user ?? caller.subject.name, permissions: [...asked.permissions] },
    remedies: proven || harmless ? [binding(cluster, asked, proven ? undefined : MAY_BE_REDUNDANT)] : [],
  };
}

/** The account itself is disabled or deleted, whoever would allow it what. */
function isGone(answer: Answer): boolean {
  return answer.state === 'missing' && /^principal-/.test(answer.because.kind);
}

function askedInVain(
  subject: string,
  { caller, permissions }: AccessRequest,
  what: Text,
  evidence: readonly EvidenceDraft[],
): FindingDraft {
  const { name } = caller.subject;
  return {
    subject,
    status: 'fail',
    headline: { en: `${what.en}: not allowed`, ja: `${what.ja}: 許可されていません` },
    detail: {
      en: `${name} is disabled or deleted, so it can’t log in: no role helps it. Enable it, or use another account.`,
      ja: `${name} は無効か削除済みのためログインできず、ロールを付与しても使えません。有効化するか、別のアカウントを使ってください。`,
    },
    evidence,
    missing: { principal: caller.member ?? name, permissions: [...permissions] },
    remedies: [],
  };
}

/** What is refused is refused, unless a group, a condition or something unread could allow it. */
function statusOf(
  cluster: Cluster,
  caller: Caller,
  conditional: Answer | undefined,
  doubts: readonly Doubt[],
): FindingDraft['status'] {
  if (conditional) return 'warn';
  return doubts.length > 0 || mayHaveGroups(cluster, caller) ? 'unknown' : 'fail';
}

/** Bindings to Google groups count only where the cluster looks at groups, and a review doesn't see them. */
function mayHaveGroups({ groupsForRbac }: Cluster, { kind }: Caller): boolean {
  return groupsForRbac && (kind === 'user' || kind === 'service-account');
}

function doubtTexts(
  cluster: Cluster,
  caller: Caller,
  conditional: Answer | undefined,
  doubts: readonly Doubt[],
): Text[] {
  const unread = doubts.some(doubt => doubt.kind !== 'troubleshooter' && 'fact' in doubt);
  return [
    ...(conditional ? [CONDITIONAL] : []),
    ...(mayHaveGroups(cluster, caller) ? [GROUPS] : []),
    ...(doubts.length > 0 && !unread ? [IAM_GROUPS] : []),
    ...unreadTexts(doubts),
  ];
}

/** The smallest binding that allows it: `view` where that covers it, else a role with this one rule. */
function binding({ project, location, name }: Cluster, asked: AccessRequest, doubt: Text | undefined): RemedyRequest {
  const { caller, verb, resource, namespace } = asked;
  const rule = { apiGroups: [resource.group], resources: [rbacResource(asked)], verbs: [verb] };
  return {
    kind: 'create-role-binding',
    params: {
      project,
      location,
      cluster: name,
      ...(namespace ? { namespace } : {}),
      subject: caller.subject,
      role: isCoveredByView(asked) ? { clusterRole: 'view' } : { rule },
    },
    ...(doubt ? { doubt } : {}),
  };
}

function requestText(asked: AccessRequest): Text {
  const { caller, verb, namespace } = asked;
  const what = `${verb} ${resourceText(asked)}`;
  const who =
    caller.subject.kind === 'ServiceAccount'
      ? `${caller.subject.namespace}/${caller.subject.name}`
      : caller.subject.name;
  return namespace
    ? { en: `${who}, ${what} in ${namespace}`, ja: `${who} による ${namespace} での ${what}` }
    : { en: `${who}, ${what} in the whole cluster`, ja: `${who} によるクラスタ全体での ${what}` };
}

function resourceText(asked: AccessRequest): string {
  const { group } = asked.resource;
  return group === '' ? rbacResource(asked) : `${rbacResource(asked)}.${group}`;
}

function refusal(asked: AccessRequest): Text {
  const { caller, permissions, namespace } = asked;
  const place = namespace
    ? { en: `in the namespace ${namespace}`, ja: `名前空間 ${namespace} ` }
    : { en: 'at the cluster scope', ja: 'クラスタ スコープ' };
  if (caller.member === undefined && caller.kind === 'kubernetes-service-account') {
    return {
      en: `No role lets ${caller.user} ${asked.verb} ${resourceText(asked)} ${place.en}. IAM has no say about Kubernetes service accounts.`,
      ja: `${caller.user} に、${place.ja}で ${resourceText(asked)} を ${asked.verb} できるロールがありません。Kubernetes サービス アカウントに IAM は関係しません。`,
    };
  }
  return {
    en: `No RBAC role lets ${caller.subject.name} ${asked.verb} ${resourceText(asked)} ${place.en}, and IAM gives no ${permissions.join(', ')} on the project. container.clusters.get only lets a caller in.`,
    ja: `${caller.subject.name} に、${place.ja}で ${resourceText(asked)} を ${asked.verb} できる RBAC ロールはなく、プロジェクトの IAM にも ${permissions.join(', ')} がありません。container.clusters.get では認証されるだけです。`,
  };
}

function reviewText(asked: AccessRequest, { allowed, reason }: Review['status']): Text {
  const because = reason ? `: ${reason}` : '';
  const { user, groups } = asked.caller;
  const who = user ?? groups[0] ?? '';
  return allowed
    ? { en: `RBAC lets ${who}${because}`, ja: `RBAC は ${who} に許可${because}` }
    : { en: `RBAC doesn’t let ${who}${because}`, ja: `RBAC は ${who} に許可していません${because}` };
}

/** Caller, verb or resource is missing, or is nothing that a cluster knows. */
function unclear({ resource: subject }: Cluster, request: CheckRequest): FindingDraft {
  if (request.verb === undefined && request.symptom?.problem !== 'rbac-forbidden') {
    return {
      subject,
      status: 'not-applicable',
      headline: { en: 'No request to judge', ja: '判定する操作が指定されていません' },
      detail: {
        en: 'Say what is refused: --for EMAIL --verb VERB --resource RESOURCE [--namespace NAMESPACE].',
        ja: '拒否される操作を指定してください: --for メールアドレス --verb 動詞 --resource リソース [--namespace 名前空間]。',
      },
      evidence: [],
    };
  }
  return undecided(
    subject,
    {
      en: 'Who wants to do what is not clear. Name a person or an account by email, and a resource that is not one of Kubernetes’ own with its group: --for EMAIL --verb list --resource widgets.example.com.',
      ja: '誰が何をしようとしたのか特定できません。人やアカウントはメールアドレスで、Kubernetes 標準以外のリソースはグループ付きで指定してください: --for メールアドレス --verb list --resource widgets.example.com。',
    },
    [],
  );
}

function undecided(subject: string, detail: Text, evidence: readonly EvidenceDraft[]): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: { en: 'I can’t tell whether the request is allowed', ja: '操作が許可されるか判定できません' },
    detail,
    evidence,
  };
}

const CONDITIONAL: Text = {
  en: 'IAM may allow it under a condition that I can’t decide.',
  ja: 'IAM で条件付きで許可されている可能性がありますが、条件を判定できません。',
};
const GROUPS: Text = {
  en: 'The cluster also looks at Google groups, which a review for somebody else doesn’t see: a binding to a group may allow it.',
  ja: 'このクラスタは Google グループも参照します。他人についてのレビューではグループが見えないため、グループへのバインディングで許可されている可能性があります。',
};
const IAM_GROUPS: Text = {
  en: 'A group whose members I can’t see may give it in IAM.',
  ja: 'メンバーを確認できないグループを通じて、IAM で許可されている可能性があります。',
};
const NUMERIC: Text = {
  en: 'The user is a number, the unique id of a service account: the caller’s VM lacks the scope userinfo.email, so bindings to its email don’t match. Add the scope, or bind the number as here.',
  ja: 'ユーザーが数字（サービス アカウントの固有 ID）になっています。呼び出し元の VM に userinfo.email スコープがないため、メールアドレスへのバインディングが一致しません。スコープを追加するか、ここに示すように数字の ID にバインドしてください。',
};
