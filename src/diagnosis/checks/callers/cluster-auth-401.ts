/** 401 from the API server: an account without access, or a token that is none (docs/domain/callers.md#cluster-auth-401). Never asks for a token. */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { getCredentials, isDnsEndpoint, isDnsOnly } from '../../facts/google/endpoints.ts';
import type { Health } from '../../facts/kubernetes/api-server.ts';
import type { Caller } from '../../iam/kubernetes-access.ts';
import type { Answer, Question } from '../../iam/model.ts';
import { clusterTarget } from '../../iam/targets.ts';
import type { Check, CheckRequest, FindingDraft, RemedyRequest } from '../check.ts';
import { type EvidenceDraft, evidenceOf, unknownDetail, unreadable } from '../evidence.ts';
import { acceptKubernetesTokens, TOKENS_REFUSED, tokensEvidence } from './access/no-member.ts';

const PERMISSION = 'container.clusters.get';

/** States in which a cluster serves requests, or of which this can't be told. */
const SERVING = ['RUNNING', 'RECONCILING', 'DEGRADED', 'STATUS_UNSPECIFIED'];

export const clusterAuth401: Check<'cluster' | 'caller' | 'health'> = {
  id: 'cluster-auth-401',
  title: { en: 'The API server knows who calls', ja: 'API サーバーが呼び出し元を認証できる' },
  description: {
    en: 'The API server answers 401 (Unauthorized) where it does not know the caller: the token has expired, is revoked or is an ID token instead of an access token, or the account lacks container.clusters.get. tokeninfo tells them apart: 200 means a good token, so the account lacks access; 400 means the token itself is invalid. The DNS endpoint also answers 401 to tokens of Kubernetes service accounts unless enableK8sTokensViaDns is on. gke-auth never asks for a token: gke-auth doctor, or the command below, looks at it on the user’s own machine.',
    ja: 'API サーバーは呼び出し元がわからないと 401（Unauthorized）を返します。トークンの期限切れ・失効、アクセス トークンではなく ID トークンの使用、またはアカウントに container.clusters.get がない場合です。DNS エンドポイントは、enableK8sTokensViaDns が有効でない限り、Kubernetes サービス アカウントのトークンにも 401 を返します。tokeninfo で区別できます。200 ならトークンは正しくアカウントに権限がなく、400 ならトークン自体が無効です。gke-auth がトークンを求めることはありません。利用者のマシンで gke-auth doctor か下記のコマンドで確認します。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors',
  needs: ['container.clusters.get', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['cluster', 'caller', 'health'],
  appliesTo: ({ symptom }, named) => named || symptom?.problem === 'cluster-auth-401',

  questions({ cluster, caller }) {
    return cluster.known && caller?.member ? [question(cluster.value, caller.member)] : [];
  },

  run({ cluster, caller, health }, access, request) {
    if (!cluster.known) return [undecided(request.cluster, unknownDetail(cluster), [unreadable(cluster)])];
    const evidence = evidenceOfCluster(cluster.value, health);
    if (!SERVING.includes(cluster.value.status)) return [notServing(cluster.value, evidence)];
    if (isRefusedToken(cluster.value, caller, request)) return [tokenRefused(cluster.value, caller?.user, evidence)];
    const answer = caller?.member ? access.answer(question(cluster.value, caller.member)) : undefined;
    if (answer?.state === 'missing' && caller?.member)
      return [noAccess(cluster.value, caller.member, answer, evidence)];
    const open = tokenOrAccount(cluster.value, caller?.member, answer, evidence);
    return [mayBeKubernetesToken(cluster.value, caller, request) ? withKubernetesTokens(open, cluster.value) : open];
  },
};

function question(cluster: Cluster, member: string): Question {
  const resource = `projects/${cluster.project}`;
  return { principal: { member }, permission: PERMISSION, resource, target: clusterTarget(cluster) };
}

/** A token of the cluster's own service account, sent to the DNS endpoint, which does not take it. */
function isRefusedToken(cluster: Cluster, caller: Caller | undefined, { symptom }: CheckRequest): boolean {
  if (caller?.kind !== 'kubernetes-service-account' || cluster.dnsEndpoint?.kubernetesTokens !== false) return false;
  return isDnsOnly(cluster) || isDnsEndpoint(symptom?.entities.host ?? '');
}

/** Nobody is named, and the DNS endpoint answered, which takes no token of the cluster's own service accounts. */
function mayBeKubernetesToken(
  { dnsEndpoint }: Cluster,
  caller: Caller | undefined,
  { symptom }: CheckRequest,
): boolean {
  return !caller && dnsEndpoint?.kubernetesTokens === false && isDnsEndpoint(symptom?.entities.host ?? '');
}

function withKubernetesTokens(open: FindingDraft, cluster: Cluster): FindingDraft {
  return {
    ...open,
    status: 'warn',
    headline: {
      en: 'The DNS endpoint takes no tokens of Kubernetes service accounts',
      ja: 'DNS エンドポイントは Kubernetes サービス アカウントのトークンを受け付けません',
    },
    detail: joinText([TOKENS_REFUSED, open.detail]),
    evidence: [...open.evidence, tokensEvidence(cluster)],
    remedies: [...(open.remedies ?? []), acceptKubernetesTokens(cluster)],
  };
}

function tokenRefused(cluster: Cluster, user = '', evidence: readonly EvidenceDraft[]): FindingDraft {
  return {
    subject: cluster.resource,
    status: 'fail',
    headline: {
      en: `The DNS endpoint takes no token of ${user}`,
      ja: `DNS エンドポイントは ${user} のトークンを受け付けません`,
    },
    detail: TOKENS_REFUSED,
    evidence: [...evidence, tokensEvidence(cluster)],
    remedies: [acceptKubernetesTokens(cluster)],
  };
}

function evidenceOfCluster({ status }: Cluster, health: Fact<Health>): EvidenceDraft[] {
  const version = health.known ? health.value.version : health;
  return [
    { source: 'container clusters.get status', says: { en: status, ja: status } },
    version.known
      ? {
          source: version.source,
          says: {
            en: `the API server accepts gke-auth’s own credentials (${version.value.gitVersion}), which proves only that it can be reached`,
            ja: `API サーバーは gke-auth 自身の認証情報を受け付けました（${version.value.gitVersion}）。到達できることだけを示します`,
          },
        }
      : // The API server is not what keeps this open.
        { source: version.source, says: version.reason },
  ];
}

function notServing({ resource, status }: Cluster, evidence: readonly EvidenceDraft[]): FindingDraft {
  return {
    subject: resource,
    status: 'warn',
    headline: { en: `The cluster is ${status}`, ja: `クラスタの状態は ${status} です` },
    detail: {
      en: `The cluster is ${status}, not RUNNING. Until that is over, its API server may accept no credentials.`,
      ja: `クラスタは RUNNING ではなく ${status} です。この状態が終わるまで、API サーバーが認証できないことがあります。`,
    },
    evidence,
  };
}

/**
 * The grant is offered by caller-clusters-get (docs/domain/callers.md#cluster-auth-401): once it is there, that check passes, while nobody
 * knows of the token, so that an approval which waits for this check here would never count as verified.
 */
function noAccess(
  { resource, project }: Cluster,
  member: string,
  answer: Answer,
  evidence: readonly EvidenceDraft[],
): FindingDraft {
  const who = member.replace(/^\w+:(?!\/)/, '');
  return {
    subject: resource,
    status: 'fail',
    headline: { en: `The API server doesn’t know ${who}`, ja: `API サーバーは ${who} を認証しません` },
    detail: {
      en: `${who} lacks ${PERMISSION} on project ${project}, so the API server answers 401 to every token of this account. The check caller-clusters-get offers the grant.`,
      ja: `${who} に、プロジェクト ${project} に対する ${PERMISSION} がないため、このアカウントのトークンでは常に 401 になります。付与は caller-clusters-get のチェックで提案しています。`,
    },
    evidence: [...evidence, ...evidenceOf([answer], `projects/${project}`)],
    missing: { principal: member, permissions: [PERMISSION] },
  };
}

/** What is left is the token, which only its owner may look at. */
function tokenOrAccount(
  cluster: Cluster,
  member: string | undefined,
  answer: Answer | undefined,
  evidence: readonly EvidenceDraft[],
): FindingDraft {
  const { resource, project } = cluster;
  const allowed = answer?.state === 'granted' && member !== undefined;
  const first: Text = allowed
    ? {
        en: `${member} holds ${PERMISSION}, so a 401 comes from the token itself: it has expired, was revoked, or is an ID token where an access token is needed.`,
        ja: `${member} には ${PERMISSION} があるため、アカウントの権限は足りています。401 の原因はトークン自体で、期限切れ、失効、またはアクセス トークンの代わりに ID トークンを使っている可能性があります。`,
      }
    : {
        en: 'Only the caller knows which account and which token were used.',
        ja: 'どのアカウントとトークンが使われたかは、利用者にしかわかりません。',
      };
  return {
    ...undecided(resource, joinText([first, TOKENINFO]), [
      ...evidence,
      ...(answer ? evidenceOf([answer], `projects/${project}`) : []),
    ]),
    remedies: [command('gcloud', 'auth', 'login'), command(...getCredentials(cluster))],
  };
}

function command(...words: string[]): RemedyRequest {
  return { kind: 'command', params: { command: words } };
}

function undecided(subject: string, detail: Text, evidence: readonly EvidenceDraft[]): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: { en: 'The token that was used is unknown', ja: '使われたトークンを確認できません' },
    detail,
    evidence,
  };
}

const TOKENINFO: Text = {
  en: 'On the machine where it fails, run gke-auth doctor, or: curl "https://oauth2.googleapis.com/tokeninfo?access_token=$(gcloud auth print-access-token)". 200 means a good token: the account then has no access to the cluster (check caller-clusters-get, with --for). 400 means that the token itself is invalid: log in again. If the direct call works and kubectl fails, the plugin or the kubeconfig is at fault. Never paste a token anywhere.',
  ja: '失敗するマシンで gke-auth doctor、または curl "https://oauth2.googleapis.com/tokeninfo?access_token=$(gcloud auth print-access-token)" を実行してください。200 ならトークンは正しく、アカウントにクラスタの権限がありません（--for を付けた caller-clusters-get）。400 ならトークン自体が無効なので gcloud auth login を実行します。直接の呼び出しが成功して kubectl だけ失敗するなら、プラグインか kubeconfig の問題です。トークンはどこにも貼り付けないでください。',
};
