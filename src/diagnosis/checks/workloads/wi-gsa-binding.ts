/** The workload has to be let in: by its IAM service account's policy, or by roles of its own (docs/domain/workloads.md#wi-gsa-binding). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Access } from '../../facts/access.ts';
import type { HeldRole, IamAccount, WorkloadIdentity } from '../../facts/workload/identity.ts';
import type { Workload } from '../../facts/workload/workload.ts';
import { describeAnswer } from '../../iam/describe.ts';
import type { Question } from '../../iam/model.ts';
import type { Check, CheckRequest, FindingDraft, RemedyRequest } from '../check.ts';
import { remediesOf } from '../denial.ts';
import { commandsOf, evidenceOf, isHarmlessDoubt, MAY_BE_REDUNDANT } from '../evidence.ts';
import { asksForWorkload, evidence, listed, nameOf, subjectOf, undecided, waits } from './workload/subject.ts';

const ROLE = 'roles/iam.workloadIdentityUser';
const PERMISSION = 'iam.serviceAccounts.getAccessToken';

export const wiGsaBinding: Check<'workload' | 'workloadIdentity'> = {
  id: 'wi-gsa-binding',
  title: {
    en: 'The workload may act as its IAM service account, or has roles of its own',
    ja: 'ワークロードに IAM サービス アカウントとして動作する権限、または自身のロールがある',
  },
  description: {
    en: 'A workload whose Kubernetes service account names an IAM service account needs iam.serviceAccounts.getAccessToken on it (roles/iam.workloadIdentityUser), under any of its names: the account, the account’s UID, its namespace, its cluster, the whole pool. Without an annotation it uses roles granted to itself; none on the project is a warning, because grants on single resources can’t be seen from here. A grant to a workload holds for every cluster of the pool that has the same namespace and account.',
    ja: 'IAM サービス アカウントを指すワークロードには、そのアカウントに対する iam.serviceAccounts.getAccessToken（roles/iam.workloadIdentityUser）が必要です。付与先はアカウント名、UID、名前空間、クラスタ、プール全体のどの形でもかまいません。アノテーションがない場合は自身に付与されたロールを使います。個々のリソースへの付与は見えないため、プロジェクトにロールがなければ警告です。ワークロードへの付与は、同じプールで名前空間とアカウントが同名のすべてのクラスタに効きます。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity',
  needs: [
    'container.serviceAccounts.get',
    'iam.serviceAccounts.getIamPolicy',
    'resourcemanager.projects.getIamPolicy',
    'iam.roles.get',
  ],
  facts: ['workload', 'workloadIdentity'],
  offers: [ROLE],
  appliesTo: asksForWorkload,

  questions({ workloadIdentity }, request) {
    if (!workloadIdentity?.known) return [];
    const identity = workloadIdentity.value;
    const account = usable(identity);
    const denied = deniedQuestion(identity, request);
    return [...(account ? [question(identity, account)] : []), ...(denied ? [denied] : [])];
  },

  run({ workload, workloadIdentity }, access, request) {
    const subject = subjectOf(request, workload);
    if (!workload?.known) return [undecided(subject, workload, CANT_TELL)];
    const { account } = workload.value;
    if (!account.known && account.code === 'absent') return [waits(subject, 'wi-ksa-annotation', NO_ACCOUNT)];
    if (!account.known) return [undecided(subject, account, CANT_TELL)];
    if (!workloadIdentity?.known) return [undecided(subject, workloadIdentity, CANT_TELL)];
    const identity = workloadIdentity.value;
    const denied = deniedQuestion(identity, request);
    const whole = (draft: Draft) => [{ subject, ...(denied ? withDenied(draft, denied, access) : draft) }];
    if (identity.annotation === undefined) return whole(judgeDirect(workload.value, identity));
    const acting = usable(identity);
    if (!acting) return [waits(subject, 'wi-ksa-annotation', NO_SUCH_ACCOUNT)];
    return whole(judgeImpersonation(workload.value, identity, acting, access));
  },
};

/** The account that the annotation names, where it is there: one that isn't has no policy. */
function usable({ account }: WorkloadIdentity): IamAccount | undefined {
  return account && !account.state.known && account.state.code === 'absent' ? undefined : account;
}

function question({ principal }: WorkloadIdentity, { resource }: IamAccount): Question {
  return { principal, permission: PERMISSION, resource };
}

type Draft = Omit<FindingDraft, 'subject'>;

/** What an error text says was denied, beyond the token: asked of whoever the workload is to Google Cloud. */
function deniedQuestion(
  { account, annotation, principal }: WorkloadIdentity,
  request: CheckRequest,
): Question | undefined {
  const { permission, project } = request.symptom?.entities ?? {};
  if (!permission || permission.startsWith('iam.serviceAccounts.') || (annotation !== undefined && !account)) {
    return undefined;
  }
  const acting = account ? { member: `serviceAccount:${account.email}` } : principal;
  return { principal: acting, permission, resource: `projects/${project ?? request.project}` };
}

/** Being let in is not enough where the error was about something else. A role on the resource alone can't be seen. */
function withDenied(draft: Draft, denied: Question, access: Access): Draft {
  const answer = access.answer(denied);
  if (draft.status === 'fail' || draft.status === 'unknown' || answer.state === 'granted') return draft;
  const who = denied.principal.member.replace(/^\w+:/, '');
  const { permission, resource } = denied;
  return {
    ...draft,
    status: 'warn',
    headline: {
      en: `${who} isn’t seen to hold ${permission}`,
      ja: `${who} に ${permission} が見当たりません`,
    },
    detail: joinText([
      draft.detail,
      {
        en: `The error names ${permission}, which it doesn’t hold by ${resource} or what is above; a grant on the single resource can’t be seen from here.`,
        ja: `エラーにある ${permission} は、${resource} とその上位では付与されていません。個々のリソースへの付与はここからは見えません。`,
      },
    ]),
    evidence: [...draft.evidence, ...evidenceOf([answer], resource)],
    missing: { principal: denied.principal.member, permissions: [permission] },
  };
}

function judgeImpersonation(
  workload: Workload,
  identity: WorkloadIdentity,
  account: IamAccount,
  access: Access,
): Draft {
  const { email, resource } = account;
  const answer = access.answer(question(identity, account));
  const name = nameOf(workload);
  const proof = [...evidenceOf([answer], resource), ...roleEvidence(email, identity)];
  const remedy: RemedyRequest = {
    kind: 'grant-service-account-role',
    params: { serviceAccount: resource, member: identity.principal.member, role: ROLE },
  };
  switch (answer.state) {
    case 'granted':
      return {
        status: 'pass',
        headline: { en: `${name} may act as ${email}`, ja: `${name} は ${email} として動作できます` },
        detail: joinText([...describeAnswer(answer), ...furtherRoles(email, identity)]),
        evidence: proof,
      };
    case 'conditional':
      return {
        status: 'warn',
        headline: {
          en: `${name} may act as ${email} only under a condition`,
          ja: `${name} が ${email} として動作できるのは条件付きです`,
        },
        detail: joinText(describeAnswer(answer)),
        evidence: proof,
        remedies: remediesOf([answer], [{ ...remedy, doubt: MAY_BE_REDUNDANT }]),
      };
    case 'unknown': {
      const harmless = answer.doubts.every(doubt => isHarmlessDoubt(doubt, resource));
      return {
        status: 'unknown',
        headline: CANT_TELL,
        detail: joinText([...describeAnswer(answer), ...commandsOf([answer])]),
        evidence: proof,
        remedies: harmless ? [{ ...remedy, doubt: MAY_BE_REDUNDANT }] : [],
      };
    }
    case 'missing':
      return {
        status: 'fail',
        headline: { en: `${name} may not act as ${email}`, ja: `${name} に ${email} として動作する権限がありません` },
        detail: joinText([
          {
            en: `The workload lacks ${PERMISSION} on ${email}.`,
            ja: `ワークロードに ${email} に対する ${PERMISSION} がありません。`,
          },
          ...describeAnswer(answer),
          sameness(name, identity),
        ]),
        effect: {
          en: 'The metadata server answers with 403 instead of a token.',
          ja: 'メタデータ サーバーがトークンの代わりに 403 を返します。',
        },
        evidence: proof,
        missing: { principal: identity.principal.member, permissions: [PERMISSION] },
        remedies: remediesOf([answer], [remedy]),
      };
  }
}

/** Said before a grant: it holds for more than this cluster. */
function sameness(name: string, { pool, poolIsOn }: WorkloadIdentity): Text {
  const on: Text = poolIsOn
    ? { en: '', ja: '' }
    : {
        en: ` The pool ${pool} may not exist before Workload Identity is on (wi-workload-pool): do that first.`,
        ja: `プール ${pool} は Workload Identity を有効にするまで存在しない可能性があります。先に wi-workload-pool を解決してください。`,
      };
  return {
    en: `Identity sameness: the grant also lets ${name} of every other cluster in the pool ${pool} in.${on.en}`,
    ja: `ID の同一性: 付与すると、プール ${pool} の他のクラスタにある同名の ${name} も許可されます。${on.ja}`,
  };
}

function judgeDirect(workload: Workload, identity: WorkloadIdentity): Draft {
  const name = nameOf(workload);
  const { roles, pool, poolProject } = identity;
  if (!roles.known) {
    const { status, headline, detail, evidence } = undecided(workload.resource, roles, CANT_TELL);
    return { status, headline, detail, evidence };
  }
  const lasting = roles.value.filter(({ conditional }) => !conditional);
  if (roles.value.length > 0) {
    return {
      status: lasting.length > 0 ? 'pass' : 'warn',
      headline:
        lasting.length > 0
          ? { en: `${name} has roles of its own`, ja: `${name} 自身にロールが付与されています` }
          : { en: `${name} has roles of its own only under conditions`, ja: `${name} 自身のロールは条件付きです` },
      detail: joinText(furtherRoles(name, identity)),
      evidence: roleEvidence(name, identity),
    };
  }
  const project = workload.resource.split('/')[1] ?? '';
  const subject = identity.principal.aliases?.[0] ?? identity.principal.member;
  return {
    status: 'warn',
    headline: { en: `${name} has no role on the project`, ja: `${name} にプロジェクトのロールがありません` },
    detail: {
      en: `${name} authenticates as itself and is granted nothing on project ${project}. Grants on single resources (a bucket, a secret) can’t be seen from here. ${poolProject.known ? '' : 'Bindings to its UID or its cluster couldn’t be looked for, because the pool’s project can’t be read. '}${sameness(name, identity).en}`,
      ja: `${name} は自身の ID で認証されますが、プロジェクト ${project} に対するロールがありません。個々のリソース（バケットやシークレットなど）への付与はここからは見えません。${poolProject.known ? '' : 'プールのプロジェクトを読み取れないため、UID やクラスタへのバインディングは調べられませんでした。'}${sameness(name, identity).ja}`,
    },
    evidence: [
      evidence(roles.source, {
        en: `no binding for ${name} in ${pool}`,
        ja: `${pool} の ${name} へのバインディングなし`,
      }),
    ],
    remedies: [
      {
        kind: 'command',
        params: {
          command: [
            ...['gcloud', 'projects', 'add-iam-policy-binding', project],
            ...[`--member=${subject}`, '--role=ROLE', '--condition=None'],
          ],
        },
      },
    ],
  };
}

/** What it may do beyond getting a token; a token alone opens nothing. */
function furtherRoles(who: string, { roles }: WorkloadIdentity): Text[] {
  if (!roles.known) return [];
  if (roles.value.length === 0) {
    return [
      {
        en: `${who} holds no role on the project; grants on single resources can’t be seen from here.`,
        ja: `${who} にプロジェクトのロールはありません。個々のリソースへの付与はここからは見えません。`,
      },
    ];
  }
  const list = listed(roles.value.map(roleName));
  return [{ en: `${who} holds ${list.en}.`, ja: `${who} のロールは ${list.ja} です。` }];
}

function roleEvidence(who: string, { roles }: WorkloadIdentity): FindingDraft['evidence'] {
  return roles.known ? roles.value.map(role => evidence(roles.source, `${who}: ${roleName(role)}`)) : [];
}

function roleName({ role, resource, conditional }: HeldRole): string {
  return `${role} (${resource}${conditional ? ', conditional' : ''})`;
}

const NO_ACCOUNT: Text = {
  en: 'There is no Kubernetes service account to let in.',
  ja: '許可する Kubernetes サービス アカウントがありません。',
};

const NO_SUCH_ACCOUNT: Text = {
  en: 'The annotation names no IAM service account that exists, so there is no policy to look into.',
  ja: 'アノテーションの指す IAM サービス アカウントが存在しないため、調べるポリシーがありません。',
};

const CANT_TELL: Text = {
  en: "I can't tell what the workload may do",
  ja: 'ワークロードの権限を判定できません',
};
