/** 401 from the API server: an account without access, or a token that is none (docs/domain/callers.md#cluster-auth-401). Never asks for a token. */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import type { Health } from '../../facts/kubernetes/api-server.ts';
import type { Answer, Question } from '../../iam/model.ts';
import type { Check, FindingDraft, RemedyRequest } from '../check.ts';
import { type EvidenceDraft, evidenceOf, unknownDetail, unreadable } from '../evidence.ts';

const PERMISSION = 'container.clusters.get';

/** States in which a cluster serves requests, or of which this can't be told. */
const SERVING = ['RUNNING', 'RECONCILING', 'DEGRADED', 'STATUS_UNSPECIFIED'];

export const clusterAuth401: Check<'cluster' | 'caller' | 'health'> = {
  id: 'cluster-auth-401',
  title: { en: 'The API server knows who calls', ja: 'API サーバーが呼び出し元を認証できる' },
  description: {
    en: 'The API server answers 401 (Unauthorized) where it does not know the caller: the token has expired, is revoked or is an ID token instead of an access token, or the account may not container.clusters.get. tokeninfo tells them apart: 200 means a good token, so the account lacks access; 400 means the token itself is invalid. gke-auth never asks for a token: gke-auth doctor, or the command below, looks at it on the user’s own machine.',
    ja: 'API サーバーは呼び出し元がわからないと 401（Unauthorized）を返します。トークンの期限切れ・失効、アクセス トークンではなく ID トークンの使用、またはアカウントに container.clusters.get がない場合です。tokeninfo で区別できます。200 ならトークンは正しくアカウントに権限がなく、400 ならトークン自体が無効です。gke-auth がトークンを求めることはありません。利用者のマシンで gke-auth doctor か下記のコマンドで確認します。',
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
    const answer = caller?.member ? access.answer(question(cluster.value, caller.member)) : undefined;
    if (answer?.state === 'missing' && caller?.member)
      return [noAccess(cluster.value, caller.member, answer, evidence)];
    return [tokenOrAccount(cluster.value, caller?.member, answer, evidence)];
  },
};

function question({ project }: Cluster, member: string): Question {
  return { principal: { member }, permission: PERMISSION, resource: `projects/${project}` };
}

function evidenceOfCluster({ status }: Cluster, health: Fact<Health>): EvidenceDraft[] {
  const version = health.known ? health.value.version : health;
  return [
    { source: 'container clusters.get status', says: { en: status, ja: status } },
    version.known
      ? {
          source: version.source,
          says: {
            en: `the API server lets gke-auth in (${version.value.gitVersion}); that proves only that it is reachable`,
            ja: `API サーバーは gke-auth を認証しました（${version.value.gitVersion}）。到達できることだけを示します`,
          },
        }
      : unreadable(version),
  ];
}

function notServing({ resource, status }: Cluster, evidence: readonly EvidenceDraft[]): FindingDraft {
  return {
    subject: resource,
    status: 'warn',
    headline: { en: `The cluster is ${status}`, ja: `クラスタの状態は ${status} です` },
    detail: {
      en: `The cluster is ${status}, not RUNNING: its API server may know nobody until that is over.`,
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
      en: `${who} lacks ${PERMISSION} on project ${project}: with any token of this account the API server answers 401. The check caller-clusters-get has the way out.`,
      ja: `${who} に、プロジェクト ${project} に対する ${PERMISSION} がないため、このアカウントのトークンでは常に 401 になります。対処は caller-clusters-get のチェックにあります。`,
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
        en: `${member} holds ${PERMISSION}, so the account is let in: a 401 is about the token itself. It has expired, was revoked, or is an ID token where an access token is wanted.`,
        ja: `${member} には ${PERMISSION} があるため、アカウントの権限は足りています。401 の原因はトークン自体で、期限切れ、失効、またはアクセス トークンの代わりに ID トークンを使っている可能性があります。`,
      }
    : {
        en: 'Which account and which token were used only its user knows.',
        ja: 'どのアカウントとトークンが使われたかは、利用者にしかわかりません。',
      };
  return {
    ...undecided(resource, joinText([first, TOKENINFO]), [
      ...evidence,
      ...(answer ? evidenceOf([answer], `projects/${project}`) : []),
    ]),
    remedies: [
      command('gcloud', 'auth', 'login'),
      command(
        'gcloud',
        'container',
        'clusters',
        'get-credentials',
        cluster.name,
        `--location=${cluster.location}`,
        `--project=${project}`,
      ),
    ],
  };
}

function command(...words: string[]): RemedyRequest {
  return { kind: 'command', params: { command: words } };
}

function undecided(subject: string, detail: Text, evidence: readonly EvidenceDraft[]): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: { en: 'I can’t see the token that was used', ja: '使われたトークンを確認できません' },
    detail,
    evidence,
  };
}

const TOKENINFO: Text = {
  en: 'On the machine where it fails, run gke-auth doctor, or: curl "https://oauth2.googleapis.com/tokeninfo?access_token=$(gcloud auth print-access-token)". 200 means a good token: then the account has no access to the cluster (check caller-clusters-get, with --for). 400 means that the token itself is invalid: gcloud auth login. If the direct call works and kubectl fails, it is the plugin or the kubeconfig. Never paste a token anywhere.',
  ja: '失敗するマシンで gke-auth doctor、または curl "https://oauth2.googleapis.com/tokeninfo?access_token=$(gcloud auth print-access-token)" を実行してください。200 ならトークンは正しく、アカウントにクラスタの権限がありません（--for を付けた caller-clusters-get）。400 ならトークン自体が無効なので gcloud auth login を実行します。直接の呼び出しが成功して kubectl だけ失敗するなら、プラグインか kubeconfig の問題です。トークンはどこにも貼り付けないでください。',
};
