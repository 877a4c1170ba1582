/** The API server, called directly with the token and the cluster's CA: past kubectl, the plugin and the kubeconfig. */

import type { Text } from '../../contracts/text.ts';
import type { Cluster } from '../../diagnosis/facts/google/cluster.ts';
import type { Identity } from '../../google/identity.ts';
import { KubernetesApiError } from '../../kubernetes/errors.ts';
import { Named, page } from '../../kubernetes/objects.ts';
import { openDnsEndpoint, routeTo } from '../../kubernetes/route.ts';
import { KubernetesTransport, type Server } from '../../kubernetes/transport.ts';
import { briefly, type Env } from './machine.ts';
import type { Step } from './step.ts';

/** `fallback`: what the kubeconfig says, where Google did not show the cluster. */
export async function lookAtApiServer(
  env: Env,
  identity: Identity | undefined,
  cluster: Cluster | undefined,
  fallback: Server | undefined,
): Promise<Step> {
  const step = 'api-server';
  const way = cluster ? routeTo(cluster) : undefined;
  if (!identity)
    return {
      step,
      status: 'skip',
      headline: { en: 'Not called: no token', ja: 'トークンがないため呼び出していません' },
    };
  if (way?.kind === 'none' || way?.kind === 'gateway') {
    return {
      step,
      status: 'skip',
      headline: {
        en: 'Not called: it has no address that is open to the outside',
        ja: '外部に公開されたアドレスがないため呼び出していません',
      },
      ...(way.kind === 'none' ? { detail: way.reason, next: [way.command] } : {}),
    };
  }
  const server = way ?? fallback;
  if (!server)
    return {
      step,
      status: 'skip',
      headline: { en: 'Not called: its address isn’t known', ja: 'アドレスが不明なため呼び出していません' },
    };
  const transport = new KubernetesTransport(server, { identity: identity.auth, env });
  try {
    await transport.request(page(Named), { method: 'GET', path: '/api/v1/namespaces', query: { limit: '1' } });
    return {
      step,
      status: 'pass',
      headline: {
        en: 'The API server answers 200 to a direct call',
        ja: 'API サーバーへの直接の呼び出しは成功しました（200）',
      },
      detail: {
        en: `GET ${server.url}/api/v1/namespaces. If kubectl fails all the same, it is the plugin or the kubeconfig.`,
        ja: `GET ${server.url}/api/v1/namespaces。それでも kubectl が失敗する場合は、プラグインか kubeconfig の問題です。`,
      },
    };
  } catch (error) {
    return { step, ...explain(KubernetesApiError.from(error), server, cluster) };
  }
}

function explain(error: KubernetesApiError, { url }: Server, cluster: Cluster | undefined): Omit<Step, 'step'> {
  const { kind, status, connected } = error;
  const detail: Text = { en: `${url}: ${briefly(error.message)}`, ja: `${url}: ${briefly(error.message)}` };
  const fetchAgain = cluster
    ? [
        `gcloud container clusters get-credentials ${cluster.name} --location=${cluster.location} --project=${cluster.project}`,
      ]
    : [];
  if (status === 401) {
    return {
      status: 'fail',
      headline: {
        en: 'The API server answers 401: it doesn’t know you',
        ja: 'API サーバーが 401 を返しました（認証されていません）',
      },
      detail: {
        en: 'If the step “token” passes, this account has no access to the cluster (container.clusters.get): gke-auth diagnose --for EMAIL --only caller-clusters-get tells. If it fails, log in again.',
        ja: '「token」が正常なら、このアカウントにクラスタの権限（container.clusters.get）がありません。gke-auth diagnose --for メールアドレス --only caller-clusters-get で確認できます。「token」が失敗なら再ログインしてください。',
      },
      next: ['gcloud auth login'],
    };
  }
  if (status === 403 && kind === 'html') {
    return {
      status: 'fail',
      headline: {
        en: 'The DNS endpoint refuses you: container.clusters.connect is missing',
        ja: 'DNS エンドポイントに拒否されました（container.clusters.connect がありません）',
      },
      detail,
    };
  }
  if (status === 403) {
    return {
      status: 'pass',
      headline: {
        en: 'The API server knows you (403: you may not list namespaces)',
        ja: 'API サーバーは認証しました（403: 名前空間の一覧権限はありません）',
      },
      detail: {
        en: `Authentication works; what you may do inside is a matter of RBAC and IAM. ${briefly(error.message)}`,
        ja: `認証は成功しています。クラスタ内の操作は RBAC と IAM で決まります。${briefly(error.message)}`,
      },
    };
  }
  if (kind === 'tls') {
    return {
      status: 'fail',
      headline: {
        en: 'The API server’s certificate is not of the CA we know',
        ja: 'API サーバーの証明書を、把握している CA で検証できません',
      },
      detail: {
        en: `The cluster’s credentials were rotated, or something in between answers. ${detail.en}`,
        ja: `認証情報がローテーションされたか、途中の機器が応答しています。${detail.ja}`,
      },
      next: fetchAgain,
    };
  }
  if (kind === 'refused') {
    return {
      status: 'fail',
      headline: {
        en: 'The API server refuses connections: it is down, or the address is old',
        ja: 'API サーバーが接続を拒否しました（停止中、またはアドレスが古い）',
      },
      detail,
      next: fetchAgain,
    };
  }
  if (kind === 'timeout') {
    return {
      status: 'fail',
      headline: connected
        ? { en: 'The API server didn’t answer in time', ja: 'API サーバーが時間内に応答しませんでした' }
        : {
            en: 'The API server doesn’t answer: your address is probably not in its authorized networks',
            ja: 'API サーバーが応答しません（承認済みネットワークに含まれていない可能性があります）',
          },
      detail,
      next: cluster && !connected ? [openDnsEndpoint(cluster)] : [],
    };
  }
  return {
    status: 'fail',
    headline: {
      en: `The API server can’t be used (${status ? `HTTP ${status}` : kind})`,
      ja: `API サーバーを利用できません（${status ? `HTTP ${status}` : kind}）`,
    },
    detail,
  };
}
