/** May somebody reach the cluster at all? `container.clusters.get` authenticates; what is inside is RBAC's (docs/domain/callers.md#caller-clusters-get). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Access } from '../../facts/access.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import type { Caller } from '../../iam/kubernetes-access.ts';
import type { Question } from '../../iam/model.ts';
import { chooseRole } from '../../iam/role-chooser.ts';
import type { Check, CheckRequest, FindingDraft, RemedyRequest } from '../check.ts';
import { remediesOf } from '../denial.ts';
import {
  evidenceOf,
  isHarmlessDoubt,
  MAY_BE_REDUNDANT,
  rolesHeld,
  unknownDetail,
  unreadable,
  unreadTexts,
} from '../evidence.ts';

const ROLE = 'roles/container.clusterViewer';
/** For another permission than the two that reaching takes no document names a role: the one that gives least is chosen. */
const OTHERS = ['viewer', 'developer', 'clusterAdmin', 'admin'].map(name => `roles/container.${name}`);

/** What IAM lets somebody do inside the cluster, in a few words: a summary, not a verdict. */
const INSIDE: readonly (readonly [permission: string, does: Text])[] = [
  ['container.pods.list', { en: 'see Pods', ja: 'Pod の参照' }],
  ['container.pods.getLogs', { en: 'read logs', ja: 'ログの参照' }],
  ['container.secrets.get', { en: 'read Secrets', ja: 'Secret の参照' }],
  ['container.deployments.update', { en: 'change Deployments', ja: 'Deployment の変更' }],
  ['container.pods.exec', { en: 'run commands in Pods', ja: 'Pod 内でのコマンド実行' }],
  ['container.roleBindings.create', { en: 'give rights away', ja: '権限の付与' }],
];

export const callerClustersGet: Check<'cluster' | 'caller'> = {
  id: 'caller-clusters-get',
  title: { en: 'The caller may reach the cluster', ja: '呼び出し元がクラスタに到達できる' },
  description: {
    en: 'Whoever uses a cluster needs container.clusters.get on its project; over the DNS endpoint container.clusters.connect too. Without them get-credentials answers 403 and the API server 401. roles/container.clusterViewer has both; it lets nobody do anything inside the cluster, which RBAC or further IAM roles decide. With --for it also says what IAM allows inside.',
    ja: 'クラスタの利用にはプロジェクトに対する container.clusters.get が必要で、DNS エンドポイント経由では container.clusters.connect も必要です。ないと get-credentials は 403、API サーバーは 401 を返します。roles/container.clusterViewer には両方が含まれますが、クラスタ内の操作は許可されません（RBAC かほかの IAM ロールで決まります）。--for を指定すると、IAM がクラスタ内で許可する操作も示します。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors',
  needs: [
    'container.clusters.get',
    'resourcemanager.projects.get',
    'resourcemanager.projects.getIamPolicy',
    'iam.roles.get',
  ],
  facts: ['cluster', 'caller'],
  offers: request => (namedPermission(request) ? [ROLE, ...OTHERS] : [ROLE]),
  appliesTo: ({ principal, symptom }, named) =>
    named || principal !== undefined || symptom?.problem === 'caller-clusters-get',

  questions({ cluster, caller }, request) {
    const member = caller?.member;
    if (!cluster.known || member === undefined) return [];
    return [...needed(cluster.value, request), ...INSIDE.map(([permission]) => permission)].map(permission =>
      question(cluster.value, member, permission),
    );
  },

  run({ cluster, caller }, access, request) {
    if (!cluster.known) {
      return [{ ...nobody(request.cluster, unknownDetail(cluster)), evidence: [unreadable(cluster)] }];
    }
    const member = caller?.member;
    if (!caller || member === undefined) return [withoutMember(cluster.value, caller, request)];
    return [judge(cluster.value, { ...caller, member }, access, request)];
  },
};

function needed({ dnsEndpoint }: Cluster, request: CheckRequest): string[] {
  const reaching = ['container.clusters.get', ...(dnsEndpoint?.external ? ['container.clusters.connect'] : [])];
  const named = namedPermission(request);
  return named && !reaching.includes(named) ? [...reaching, named] : reaching;
}

/** The permission that the error asks for: `required "container.clusters.update" permission(s) for …`. */
function namedPermission({ symptom }: CheckRequest): string | undefined {
  const permission = symptom?.problem === 'caller-clusters-get' ? symptom.entities.permission : undefined;
  return permission?.match(/^container\.\w+\.\w+$/)?.[0];
}

/** The role that covers what is missing with the least besides; undefined where none does. */
function roleFor(
  missing: readonly string[],
  member: string,
  access: Access,
  request: CheckRequest,
): string | undefined {
  if (!namedPermission(request)) return ROLE;
  const candidates = [ROLE, ...OTHERS].flatMap(name => {
    const role = access.role(name);
    return role?.known ? [role.value] : [];
  });
  return chooseRole({ missing, candidates, member, on: 'project' })?.role.name;
}

function question({ project }: Cluster, member: string, permission: string): Question {
  return { principal: { member }, permission, resource: `projects/${project}` };
}

function withoutMember({ resource }: Cluster, caller: Caller | undefined, request: CheckRequest): FindingDraft {
  if (caller?.kind === 'kubernetes-service-account') {
    return {
      subject: resource,
      status: 'not-applicable',
      headline: {
        en: 'A Kubernetes service account needs no IAM role here',
        ja: 'Kubernetes サービス アカウントに IAM ロールは不要です',
      },
      detail: {
        en: `${caller.user} belongs to the cluster itself: RBAC alone decides about it.`,
        ja: `${caller.user} はクラスタ自身のアカウントで、RBAC だけで判定されます。`,
      },
      evidence: [],
    };
  }
  if (caller) {
    return nobody(resource, {
      en: `${caller.user} is the unique id of a service account that is not in this project or that I may not read. Name it by its email: --for EMAIL.`,
      ja: `${caller.user} はサービス アカウントの固有 ID ですが、このプロジェクトにないか、読み取る権限がありません。--for メールアドレス で指定してください。`,
    });
  }
  if (request.principal === undefined && request.symptom === undefined) {
    return {
      subject: resource,
      status: 'not-applicable',
      headline: { en: 'Nobody named', ja: '呼び出し元が指定されていません' },
      detail: { en: 'Say who: --for EMAIL.', ja: '--for メールアドレス で指定してください。' },
      evidence: [],
    };
  }
  const named = request.principal ?? request.symptom?.entities.principal;
  return nobody(resource, {
    en: `${named ? `“${named}” is nobody that a cluster can know. ` : 'The error doesn’t say who called. '}Name the caller: --for EMAIL.`,
    ja: `${named ? `「${named}」はクラスタが認識できる相手ではありません。` : 'エラー文には呼び出し元が示されていません。'}--for メールアドレス で指定してください。`,
  });
}

function nobody(subject: string, detail: Text): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: {
      en: 'I can’t tell whether the caller may reach the cluster',
      ja: '呼び出し元がクラスタに到達できるか判定できません',
    },
    detail,
    evidence: [],
  };
}

function judge(
  cluster: Cluster,
  caller: Caller & { member: string },
  access: Access,
  request: CheckRequest,
): FindingDraft {
  const { resource: subject, project } = cluster;
  const { member } = caller;
  const who = member.replace(/^\w+:(?!\/)/, '');
  const resource = `projects/${project}`;
  const answers = needed(cluster, request).map(permission => ({
    permission,
    answer: access.answer(question(cluster, member, permission)),
  }));
  const inState = (state: string) => answers.filter(({ answer }) => answer.state === state);
  const names = (list: typeof answers) => list.map(({ permission }) => permission);
  const evidence = [
    rolesHeld(access.policy(resource), member, resource),
    ...evidenceOf(
      answers.map(({ answer }) => answer),
      resource,
    ),
  ];
  const role = roleFor(
    answers.filter(({ answer }) => answer.state !== 'granted').map(({ permission }) => permission),
    member,
    access,
    request,
  );
  const grant = (doubt?: Text): RemedyRequest[] =>
    role ? [{ kind: 'grant-project-role', params: { project, member, role }, ...(doubt ? { doubt } : {}) }] : [];
  const missing = inState('missing');
  if (missing.length > 0) {
    const gone = missing.some(({ answer }) => answer.state === 'missing' && /^principal-/.test(answer.because.kind));
    return {
      subject,
      status: 'fail',
      headline: { en: `${who} may not reach the cluster`, ja: `${who} はクラスタに到達できません` },
      detail: joinText([
        {
          en: `${who} lacks ${names(missing).join(' and ')} on project ${project}.`,
          ja: `${who} に、プロジェクト ${project} に対する ${names(missing).join(' と ')} がありません。`,
        },
        ...(gone ? [GONE] : role === ROLE ? [AUTHENTICATES] : []),
        ...(request.symptom ? [MISLEADING_LINK] : []),
      ]),
      effect: {
        en: 'gcloud answers 403 to get-credentials, the API server answers 401 (or, over the DNS endpoint, an HTML page with 403).',
        ja: 'get-credentials は 403、API サーバーは 401（DNS エンドポイントでは 403 の HTML ページ）を返します。',
      },
      evidence,
      missing: { principal: member, permissions: names(missing) },
      remedies: gone
        ? []
        : remediesOf(
            missing.map(({ answer }) => answer),
            grant(),
          ),
    };
  }
  const open = inState('unknown');
  if (open.length > 0) {
    const doubts = open.flatMap(({ answer }) => (answer.state === 'unknown' ? answer.doubts : []));
    return {
      ...nobody(
        subject,
        joinText([
          {
            en: `Whether ${who} holds ${names(open).join(' and ')} on project ${project} can’t be told.`,
            ja: `${who} に、プロジェクト ${project} に対する ${names(open).join(' と ')} があるか判定できません。`,
          },
          ...unreadTexts(doubts),
        ]),
      ),
      evidence,
      missing: { principal: member, permissions: names(open) },
      remedies: doubts.every(doubt => isHarmlessDoubt(doubt, resource)) ? grant(MAY_BE_REDUNDANT) : [],
    };
  }
  const conditional = inState('conditional');
  if (conditional.length > 0) {
    return {
      subject,
      status: 'warn',
      headline: {
        en: `${who} may reach the cluster only under a condition`,
        ja: `${who} がクラスタに到達できるのは条件付きです`,
      },
      detail: {
        en: `${who} holds ${names(conditional).join(' and ')} only under a condition that I can’t decide. A condition on a cluster’s resource.name is reported never to match container.clusters.connect.`,
        ja: `${who} の ${names(conditional).join(' と ')} は条件付きで、その成否を判定できません。クラスタの resource.name に対する条件は、container.clusters.connect では成立しないという報告があります。`,
      },
      evidence,
      remedies: remediesOf(
        conditional.map(({ answer }) => answer),
        grant(MAY_BE_REDUNDANT),
      ),
    };
  }
  return {
    subject,
    status: 'pass',
    headline: { en: `${who} may reach the cluster`, ja: `${who} はクラスタに到達できます` },
    detail: joinText([
      {
        en: `${who} holds ${names(answers).join(' and ')} on project ${project}.`,
        ja: `${who} に、プロジェクト ${project} に対する ${names(answers).join(' と ')} があります。`,
      },
      summary(cluster, member, access),
    ]),
    evidence,
  };
}

/** What IAM alone lets them do inside; RBAC may allow more. */
function summary(cluster: Cluster, member: string, access: Access): Text {
  const held = INSIDE.filter(
    ([permission]) => access.answer(question(cluster, member, permission)).state === 'granted',
  );
  if (held.length === 0) {
    return {
      en: 'Inside the cluster IAM allows none of the usual things; RBAC decides alone. Ask about one with --verb and --resource.',
      ja: 'クラスタ内では、よく使う操作は IAM では許可されておらず、RBAC だけで決まります。個別の操作は --verb と --resource で確認できます。',
    };
  }
  return {
    en: `Inside the cluster IAM lets them ${held.map(([, does]) => does.en).join(', ')}; RBAC may allow more.`,
    ja: `クラスタ内では IAM により次の操作が許可されています: ${held.map(([, does]) => does.ja).join('、')}。RBAC でさらに許可されている場合があります。`,
  };
}

const AUTHENTICATES: Text = {
  en: `${ROLE} lets them in; what they may do inside is RBAC’s to say (check rbac-forbidden).`,
  ja: `${ROLE} で到達できるようになります。クラスタ内の操作は RBAC で決まります（rbac-forbidden のチェック）。`,
};
const GONE: Text = {
  en: 'The account is disabled or deleted: no role helps it. Enable it, or use another one.',
  ja: 'アカウントが無効か削除済みのため、ロールを付与しても使えません。有効化するか、別のアカウントを使ってください。',
};
const MISLEADING_LINK: Text = {
  en: 'A link to #gke_service_account_deleted in the error says nothing: GKE appends it to a plain 403 too.',
  ja: 'エラー文の #gke_service_account_deleted へのリンクは、通常の 403 にも付くため手がかりになりません。',
};
