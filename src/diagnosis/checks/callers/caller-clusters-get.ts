/** May somebody reach the cluster at all? `container.clusters.get` authenticates; what is inside is RBAC's (docs/domain/callers.md#caller-clusters-get). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Access } from '../../facts/access.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { isClosed, isDnsEndpoint, isDnsOnly } from '../../facts/google/endpoints.ts';
import { describeAnswer } from '../../iam/describe.ts';
import { type Asked, foldAnswers } from '../../iam/fold.ts';
import type { Answer, Question } from '../../iam/model.ts';
import { chooseRole } from '../../iam/role-chooser.ts';
import { clusterTarget } from '../../iam/targets.ts';
import type { Check, CheckRequest, FindingDraft, RemedyRequest } from '../check.ts';
import { isUnderCondition, isWithoutAccount, remediesOf } from '../denial.ts';
import {
  BESIDE_CONDITION,
  evidenceOf,
  isOfferHarmless,
  leftOpen,
  MAY_BE_REDUNDANT,
  rolesHeld,
  unknownDetail,
  unreadable,
  unreadTexts,
} from '../evidence.ts';
import { INSIDE, insideText } from './access/inside.ts';
import { judgeWithoutMember, undecided } from './access/no-member.ts';

const GET = 'container.clusters.get';
const CONNECT = 'container.clusters.connect';
const ROLE = 'roles/container.clusterViewer';
/** For another permission than the two that reaching takes no document names a role: the one that gives least is chosen. */
const OTHERS = ['viewer', 'developer', 'clusterAdmin', 'admin'].map(name => `roles/container.${name}`);
/** Permissions that are used on the project, not on one cluster. */
const ON_PROJECT = ['container.clusters.list', 'container.clusters.create'];

export const callerClustersGet: Check<'cluster' | 'caller' | 'project'> = {
  id: 'caller-clusters-get',
  title: { en: 'The caller has access to the cluster', ja: '呼び出し元がクラスタにアクセスできる' },
  description: {
    en: 'Everyone who uses a cluster needs container.clusters.get on its project. They also need container.clusters.connect if the DNS endpoint is the only way in, or if the error came from it; otherwise get-credentials writes the IP endpoint. Without them get-credentials answers 403 and the API server 401. roles/container.clusterViewer has both; it allows nothing inside the cluster, which RBAC or further IAM roles decide. A grant under a condition on this cluster counts, with a warning. With --for the check also says what IAM allows inside.',
    ja: 'クラスタの利用には、プロジェクトに対する container.clusters.get が必要です。DNS エンドポイントが唯一の経路である場合や、エラーが DNS エンドポイントから返された場合は、container.clusters.connect も必要です（それ以外の場合、get-credentials は IP エンドポイントを書き込みます）。権限がないと get-credentials は 403、API サーバーは 401 を返します。roles/container.clusterViewer には両方が含まれますが、クラスタ内の操作は許可されません（RBAC かほかの IAM ロールで決まります）。このクラスタを対象とする条件付きの付与は、警告付きで有効とみなします。--for を指定すると、IAM がクラスタ内で許可する操作も示します。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors',
  needs: [GET, 'resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['cluster', 'caller', 'project'],
  offers: request => (namedPermission(request) ? [ROLE, ...OTHERS] : [ROLE]),
  appliesTo: ({ principal, symptom }, named) =>
    named || principal !== undefined || symptom?.problem === 'caller-clusters-get',

  questions({ cluster, caller, project }, request) {
    if (!cluster.known || caller?.member === undefined) return [];
    const ask = questionOf(cluster.value, caller.member, project.known ? project.value.number : undefined);
    return [...needed(cluster.value, request), ...optional(cluster.value, request), ...INSIDE.map(([one]) => one)].map(
      ask,
    );
  },

  run({ cluster, caller, project }, access, request) {
    if (!cluster.known) {
      return [{ subject: request.cluster, ...undecided(unknownDetail(cluster)), evidence: [unreadable(cluster)] }];
    }
    const member = caller?.member;
    if (member === undefined) return [judgeWithoutMember(cluster.value, caller, request)];
    const ask = questionOf(cluster.value, member, project.known ? project.value.number : undefined);
    return [judge({ cluster: cluster.value, member, access, request, ask: one => access.answer(ask(one)) })];
  },
};

/** What the caller must hold, all of it. */
function needed(cluster: Cluster, request: CheckRequest): string[] {
  const named = namedPermission(request);
  const reaching = [GET, ...(comesByDns(cluster, request) ? [CONNECT] : [])];
  return named && !reaching.includes(named) ? [...reaching, named] : reaching;
}

/** What only another way in would take. */
function optional(cluster: Cluster, request: CheckRequest): string[] {
  return cluster.dnsEndpoint?.external && !needed(cluster, request).includes(CONNECT) ? [CONNECT] : [];
}

function comesByDns(cluster: Cluster, { symptom }: CheckRequest): boolean {
  const host = symptom?.problem === 'caller-clusters-get' ? symptom.entities.host : undefined;
  return isDnsOnly(cluster) || (host !== undefined && isDnsEndpoint(host));
}

/** The permission that the error asks for: `required "container.clusters.update" permission(s) for …`. */
function namedPermission({ symptom }: CheckRequest): string | undefined {
  const permission = symptom?.problem === 'caller-clusters-get' ? symptom.entities.permission : undefined;
  return permission?.match(/^container\.\w+\.\w+$/)?.[0];
}

function questionOf(cluster: Cluster, member: string, projectNumber?: string): (permission: string) => Question {
  const principal = { member };
  const target = clusterTarget(cluster, projectNumber);
  return permission => ({
    principal,
    permission,
    resource: `projects/${cluster.project}`,
    ...(ON_PROJECT.includes(permission) ? {} : { target }),
  });
}

interface Case {
  readonly cluster: Cluster;
  readonly member: string;
  readonly access: Access;
  readonly request: CheckRequest;
  readonly ask: (permission: string) => Answer;
}

interface Permission {
  readonly permission: string;
  readonly answer: Answer;
}
type In<S extends Answer['state']> = Permission & Asked<S>;
type Verdict = Omit<FindingDraft, 'subject' | 'evidence'>;

function judge(one: Case): FindingDraft {
  const { cluster, member, access, request, ask } = one;
  const resource = `projects/${cluster.project}`;
  const asked = needed(cluster, request).map((permission): Permission => ({ permission, answer: ask(permission) }));
  const evidence = evidenceOf(answersOf(asked), resource);
  const open = asked.filter(({ answer }) => answer.state !== 'granted');
  const verdict = foldAnswers<Permission, Verdict>(asked, {
    missing: items => lacking(one, items, open),
    unknown: items => unsure(one, items, open),
    conditional: items => conditional(one, items),
    granted: items => reaching(one, items),
  });
  return {
    subject: cluster.resource,
    evidence: [rolesHeld(access.policy(resource), member, resource), ...evidence],
    ...verdict,
  };
}

function lacking(one: Case, missing: readonly In<'missing'>[], open: readonly Permission[]): Verdict {
  const { cluster, member, request } = one;
  const who = nameOf(member);
  const gone = missing.some(({ answer }) => isWithoutAccount(answer));
  const beside = answersOf(open).some(isUnderCondition);
  const grants = grantsFor(one, open);
  return {
    status: 'fail',
    headline: { en: `${who} has no access to the cluster`, ja: `${who} はクラスタにアクセスできません` },
    detail: joinText([
      {
        en: `${who} lacks ${list(missing).en} on project ${cluster.project}.`,
        ja: `${who} に、プロジェクト ${cluster.project} に対する ${list(missing).ja} がありません。`,
      },
      ...(gone ? [GONE] : beside ? [BESIDE_CONDITION] : []),
      ...(!gone && grants.some(({ params }) => params.role === ROLE) ? [AUTHENTICATES] : []),
      ...(request.symptom ? [MISLEADING_LINK] : []),
    ]),
    effect: missing.every(({ permission }) => permission === CONNECT) ? DNS_REFUSES : REFUSED,
    missing: { principal: member, permissions: missing.map(({ permission }) => permission) },
    remedies: gone ? [] : remediesOf(answersOf(open), grants),
  };
}

function unsure(one: Case, unknown: readonly In<'unknown'>[], open: readonly Permission[]): Verdict {
  const { cluster, member } = one;
  const { project } = cluster;
  const who = nameOf(member);
  const harmless = isOfferHarmless(answersOf(open), `projects/${project}`);
  const detail = joinText([
    {
      en: `Whether ${who} holds ${list(unknown).en} on project ${project} is unknown.`,
      ja: `${who} に、プロジェクト ${project} に対する ${list(unknown).ja} があるか判定できません。`,
    },
    ...unreadTexts(unknown.flatMap(({ answer }) => answer.doubts)),
  ]);
  return {
    ...undecided(detail),
    missing: { principal: member, permissions: unknown.map(({ permission }) => permission) },
    remedies: harmless ? grantsFor(one, open).map(grant => ({ ...grant, doubt: MAY_BE_REDUNDANT })) : [],
  };
}

/** A condition on this cluster counts as Google documents it; sources disagree on whether GKE honours it (docs/domain/iam.md#conditions). */
function conditional({ member }: Case, items: readonly In<'conditional'>[]): Verdict {
  const who = nameOf(member);
  const answers = answersOf(items);
  const texts = new Map(answers.flatMap(describeAnswer).map(text => [text.en, text]));
  return {
    status: 'warn',
    headline: {
      en: `${who} has access to the cluster only under a condition`,
      ja: `${who} がクラスタにアクセスできるのは条件付きです`,
    },
    detail: joinText([
      {
        en: `${who} holds ${list(items).en} only under a condition.`,
        ja: `${who} の ${list(items).ja} は条件付きです。`,
      },
      ...texts.values(),
    ]),
    remedies: remediesOf(answers, []),
  };
}

function reaching({ cluster, member, request, ask }: Case, items: readonly In<'granted'>[]): Verdict {
  const who = nameOf(member);
  const { project } = cluster;
  const byDns = optional(cluster, request).filter(permission => ask(permission).state !== 'granted');
  return {
    status: 'pass',
    headline: { en: `${who} has access to the cluster`, ja: `${who} はクラスタにアクセスできます` },
    detail: joinText([
      {
        en: `${who} holds ${list(items).en} on project ${project}.`,
        ja: `${who} に、プロジェクト ${project} に対する ${list(items).ja} があります。`,
      },
      ...endsOf(items),
      ...(byDns.length > 0 ? [IP_ENDPOINT_ONLY] : []),
      ...(isClosed(cluster) ? [CLOSED] : []),
      insideText(ask),
      ...leftOpen(answersOf(items)),
    ]),
  };
}

/** When the access ends, where it does. */
function endsOf(items: readonly In<'granted'>[]): Text[] {
  const [first] = items.flatMap(({ answer }) => answer.proof.until ?? []).sort((a, b) => a.getTime() - b.getTime());
  if (!first) return [];
  const end = first.toISOString();
  return [{ en: `It ends on ${end}.`, ja: `${end} に終了します。` }];
}

/** The role that covers what is open with the least besides; undefined where none does. */
function roleFor(open: readonly string[], member: string, access: Access, request: CheckRequest): string | undefined {
  if (!namedPermission(request)) return ROLE;
  const candidates = [ROLE, ...OTHERS].flatMap(name => {
    const role = access.role(name);
    return role?.known ? [role.value] : [];
  });
  return chooseRole({ missing: open, candidates, member, on: 'project' })?.role.name;
}

function grantsFor(
  { cluster: { project }, member, access, request }: Case,
  open: readonly Permission[],
): RemedyRequest[] {
  const missing = open.map(({ permission }) => permission);
  const role = roleFor(missing, member, access, request);
  return role ? [{ kind: 'grant-project-role', params: { project, member, role } }] : [];
}

function answersOf(items: readonly Permission[]): Answer[] {
  return items.map(({ answer }) => answer);
}

function nameOf(member: string): string {
  return member.replace(/^\w+:(?!\/)/, '');
}

function list(items: readonly Permission[]): Text {
  const names = items.map(({ permission }) => permission);
  return { en: names.join(' and '), ja: names.join(' と ') };
}

const REFUSED: Text = {
  en: 'gcloud answers 403 to get-credentials, the API server answers 401 (or, through the DNS endpoint, an HTML page with 403).',
  ja: 'get-credentials は 403、API サーバーは 401（DNS エンドポイントでは 403 の HTML ページ）を返します。',
};
const DNS_REFUSES: Text = {
  en: 'The DNS endpoint answers every request with an HTML page “Error 403 (Forbidden)”.',
  ja: 'DNS エンドポイントは、すべてのリクエストに「Error 403 (Forbidden)」の HTML ページを返します。',
};
const IP_ENDPOINT_ONLY: Text = {
  en: 'That is enough for the IP endpoint, which get-credentials writes by itself. With --dns-endpoint they would also need container.clusters.connect, which was not found.',
  ja: 'get-credentials が通常書き込む IP エンドポイントには、これで十分です。--dns-endpoint を使う場合は container.clusters.connect も必要ですが、確認できませんでした。',
};
const CLOSED: Text = {
  en: 'But the cluster has no endpoint for clients: its IP endpoints are off, and its DNS endpoint takes no external traffic.',
  ja: 'ただし、クライアントが使えるエンドポイントがありません。IP エンドポイントは無効で、DNS エンドポイントは外部トラフィックを受け付けていません。',
};
const AUTHENTICATES: Text = {
  en: `${ROLE} gives access to the cluster; what they may do inside is decided by RBAC (check rbac-forbidden).`,
  ja: `${ROLE} でクラスタにアクセスできるようになります。クラスタ内の操作は RBAC で決まります（rbac-forbidden のチェック）。`,
};
const GONE: Text = {
  en: 'The account is disabled or deleted, so no role helps. Enable it, or use another account.',
  ja: 'アカウントが無効か削除済みのため、ロールを付与しても使えません。有効化するか、別のアカウントを使ってください。',
};
const MISLEADING_LINK: Text = {
  en: 'A link to #gke_service_account_deleted in the error means nothing here: GKE appends it to a plain 403 too.',
  ja: 'エラー文の #gke_service_account_deleted へのリンクは、通常の 403 にも付くため手がかりになりません。',
};
