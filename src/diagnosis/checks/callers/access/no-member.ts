/** Callers whom IAM does not know: nobody named, a number that was not resolved, a cluster's own service account. */
import { joinText, type Text } from '../../../../contracts/text.ts';
import type { Cluster } from '../../../facts/google/cluster.ts';
import { isDnsOnly } from '../../../facts/google/endpoints.ts';
import type { Caller } from '../../../iam/kubernetes-access.ts';
import type { CheckRequest, FindingDraft, RemedyRequest } from '../../check.ts';

/** The finding about such a caller. */
export function judgeWithoutMember(cluster: Cluster, caller: Caller | undefined, request: CheckRequest): FindingDraft {
  const { resource: subject } = cluster;
  if (caller?.kind === 'kubernetes-service-account') return judgeKubernetesToken(cluster, caller);
  if (caller) {
    return {
      subject,
      evidence: [],
      ...undecided({
        en: `${caller.user} is the unique id of a service account. No account of the project was found under it. Name the account by its email: --for EMAIL.`,
        ja: `${caller.user} はサービス アカウントの固有 ID ですが、プロジェクト内に該当するアカウントが見つかりませんでした。--for メールアドレス で指定してください。`,
      }),
    };
  }
  if (request.principal === undefined && request.symptom === undefined) {
    return {
      subject,
      status: 'not-applicable',
      headline: { en: 'No caller is named', ja: '呼び出し元が指定されていません' },
      detail: { en: 'Name one: --for EMAIL.', ja: '--for メールアドレス で指定してください。' },
      evidence: [],
    };
  }
  const named = request.principal ?? request.symptom?.entities.principal;
  return {
    subject,
    evidence: [],
    ...undecided({
      en: `${named ? `“${named}” is no person, service account or workload.` : 'The error doesn’t say who called.'} Name the caller: --for EMAIL.`,
      ja: `${named ? `「${named}」は、ユーザー、サービス アカウント、ワークロードのいずれでもありません。` : 'エラー文には呼び出し元が示されていません。'}--for メールアドレス で指定してください。`,
    }),
  };
}

/** RBAC alone decides about it; but the DNS endpoint takes its tokens only where that is turned on. */
function judgeKubernetesToken(cluster: Cluster, { user = '' }: Caller): FindingDraft {
  const { resource: subject } = cluster;
  const rbac: Text = {
    en: `${user} belongs to the cluster itself: it needs no IAM role, and RBAC alone decides about it.`,
    ja: `${user} はクラスタ自身のアカウントです。IAM ロールは不要で、RBAC だけで判定されます。`,
  };
  if (!refusesKubernetesTokens(cluster)) {
    const headline = {
      en: 'A Kubernetes service account needs no IAM role here',
      ja: 'Kubernetes サービス アカウントに IAM ロールは不要です',
    };
    return { subject, status: 'not-applicable', headline, detail: rbac, evidence: [] };
  }
  return {
    subject,
    status: 'warn',
    headline: {
      en: `From outside the cluster, tokens of ${user} are refused`,
      ja: `クラスタの外部からは、${user} のトークンは拒否されます`,
    },
    detail: joinText([rbac, TOKENS_REFUSED]),
    effect: UNAUTHORIZED,
    evidence: [tokensEvidence(cluster)],
    remedies: [acceptKubernetesTokens(cluster)],
  };
}

/** Whoever comes from outside comes by the DNS endpoint, which takes no Kubernetes tokens. */
export function refusesKubernetesTokens(cluster: Cluster): boolean {
  return isDnsOnly(cluster) && cluster.dnsEndpoint?.kubernetesTokens === false;
}

/** https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#DNSEndpointConfig */
export const TOKENS_REFUSED: Text = {
  en: 'The DNS endpoint takes Kubernetes tokens only where enableK8sTokensViaDns is on, and it is off. Clients outside the cluster can use Google credentials instead (exec plugin gke-gcloud-auth-plugin).',
  ja: 'DNS エンドポイントは、enableK8sTokensViaDns が有効な場合にだけ Kubernetes のトークンを受け付けますが、現在は無効です。クラスタ外部のクライアントでは、代わりに Google の認証情報（exec プラグイン gke-gcloud-auth-plugin）を使えます。',
};

const UNAUTHORIZED: Text = {
  en: 'Such a client gets 401 (Unauthorized). Pods inside the cluster are not affected.',
  ja: 'このようなクライアントには 401（Unauthorized）が返ります。クラスタ内の Pod には影響しません。',
};

export function tokensEvidence({ dnsEndpoint }: Cluster): FindingDraft['evidence'][number] {
  const says = `dnsEndpointConfig.enableK8sTokensViaDns: ${dnsEndpoint?.kubernetesTokens ?? false}`;
  return { source: 'container clusters.get', says: { en: says, ja: says } };
}

/** Lets the DNS endpoint take tokens of the cluster's own service accounts. */
export function acceptKubernetesTokens({ name, location, project }: Cluster): RemedyRequest {
  const where = [`--location=${location}`, `--project=${project}`];
  return {
    kind: 'command',
    params: { command: ['gcloud', 'container', 'clusters', 'update', name, ...where, '--enable-k8s-tokens-via-dns'] },
  };
}

export function undecided(detail: Text): Pick<FindingDraft, 'status' | 'headline' | 'detail'> {
  return {
    status: 'unknown',
    headline: {
      en: 'Whether the caller has access to the cluster is unknown',
      ja: '呼び出し元がクラスタにアクセスできるか判定できません',
    },
    detail,
  };
}
