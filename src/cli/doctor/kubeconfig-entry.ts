/** Is the kubeconfig's entry the cluster's: its address, its CA, and a way to log in that kubectl still has? */
import { X509Certificate } from 'node:crypto';
import type { Cluster } from '../../diagnosis/facts/google/cluster.ts';
import type { Entry, Kubeconfig } from './kubeconfig.ts';
import type { Env } from './machine.ts';
import { PLUGIN } from './plugin.ts';
import { type Step, same } from './step.ts';

/** Every address under which the cluster is reached. */
export function addressesOf({ endpoint, dnsEndpoint }: Cluster): string[] {
  return [endpoint, dnsEndpoint?.external ? dnsEndpoint.host : undefined]
    .filter(host => host !== undefined)
    .map(host => `https://${host}`);
}

/** `name` is what the user called it. */
export function judgeEntry(
  kubeconfig: Kubeconfig,
  entry: Entry | undefined,
  cluster: Cluster | undefined,
  name: string,
  env: Env,
): Step {
  const step = 'kubeconfig';
  const next = [getCredentials(cluster, name)];
  const where = kubeconfig.paths.join(', ');
  if (!entry) {
    const broken = kubeconfig.broken.length > 0;
    return {
      step,
      status: 'fail',
      headline: broken
        ? {
            en: `The kubeconfig can’t be read: ${kubeconfig.broken.join(', ')}`,
            ja: `kubeconfig を読み取れません: ${kubeconfig.broken.join('、')}`,
          }
        : { en: `The kubeconfig has no entry for ${name}`, ja: `kubeconfig に ${name} のエントリがありません` },
      detail: same(where),
      next,
    };
  }
  const { login, context } = entry;
  if (login.kind === 'provider') {
    return {
      step,
      status: 'fail',
      headline: {
        en: `The entry logs in with the auth provider “${login.name}”, which kubectl 1.25 and later don’t have`,
        ja: `エントリが kubectl 1.25 以降にない認証プロバイダ「${login.name}」を使っています`,
      },
      detail: {
        en: `${context}: it was written before ${PLUGIN}. Write it anew${env.USE_GKE_GCLOUD_AUTH_PLUGIN ? `, after unset USE_GKE_GCLOUD_AUTH_PLUGIN (now ${env.USE_GKE_GCLOUD_AUTH_PLUGIN})` : ''}.`,
        ja: `${context}: ${PLUGIN} より前に書かれたエントリです。${env.USE_GKE_GCLOUD_AUTH_PLUGIN ? `USE_GKE_GCLOUD_AUTH_PLUGIN（現在 ${env.USE_GKE_GCLOUD_AUTH_PLUGIN}）を unset してから、` : ''}書き直してください。`,
      },
      next,
    };
  }
  if (cluster && !addressesOf(cluster).includes(entry.server)) {
    return {
      step,
      status: 'fail',
      headline: {
        en: 'The entry has another address than the cluster',
        ja: 'エントリのアドレスがクラスタと異なります',
      },
      detail: {
        en: `${context}: ${entry.server}; the cluster: ${addressesOf(cluster).join(' or ')}. It was recreated, or its IP rotated.`,
        ja: `${context}: ${entry.server}、クラスタ: ${addressesOf(cluster).join(' または ')}。再作成されたか、IP がローテーションされています。`,
      },
      next,
    };
  }
  if (cluster && usesOtherCa(entry, cluster)) {
    return {
      step,
      status: 'fail',
      headline: { en: 'The entry has another CA than the cluster', ja: 'エントリの CA がクラスタと異なります' },
      detail: {
        en: `${context}: kubectl fails with x509 errors. The cluster’s credentials were rotated, or it was recreated.`,
        ja: `${context}: kubectl は x509 エラーになります。認証情報がローテーションされたか、クラスタが再作成されています。`,
      },
      next,
    };
  }
  if (login.kind === 'other' || !login.command.includes(PLUGIN)) {
    const how = login.kind === 'exec' ? login.command : 'token, certificate';
    return {
      step,
      status: 'warn',
      headline: { en: `The entry logs in without ${PLUGIN}`, ja: `エントリが ${PLUGIN} を使っていません` },
      detail: same(`${context}: ${how}`),
      next,
    };
  }
  if (!entry.current) {
    return {
      step,
      status: 'warn',
      headline: {
        en: 'The entry is right, but it isn’t kubectl’s current context',
        ja: 'エントリは正しいですが、kubectl の現在のコンテキストではありません',
      },
      detail: same(context),
      next: [`kubectl config use-context ${context}`],
    };
  }
  return {
    step,
    status: 'pass',
    headline: { en: 'The kubeconfig’s entry is right', ja: 'kubeconfig のエントリは正しく設定されています' },
    detail: { en: `${context} in ${where}.`, ja: `${where} の ${context}。` },
  };
}

/** Over the DNS endpoint public CAs count, and the entry has none. */
function usesOtherCa({ ca, server, insecure }: Entry, cluster: Cluster): boolean {
  if (insecure || server !== `https://${cluster.endpoint}`) return false;
  if (!ca || !cluster.caCertificate) return !ca && cluster.caCertificate !== undefined;
  const theirs = Buffer.from(cluster.caCertificate, 'base64').toString('utf8');
  const [mine, wanted] = [fingerprint(ca), fingerprint(theirs)];
  return mine === undefined || wanted === undefined ? ca.trim() !== theirs.trim() : mine !== wanted;
}

function fingerprint(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return undefined;
  }
}

function getCredentials(cluster: Cluster | undefined, name: string): string {
  if (!cluster) return `gcloud container clusters get-credentials ${name.split('/').at(-1)} --location=LOCATION`;
  const { location, project, ipEndpoints, dnsEndpoint } = cluster;
  const open = ipEndpoints.enabled && ipEndpoints.public;
  const way = dnsEndpoint?.external ? ' --dns-endpoint' : open ? '' : ' --internal-ip';
  return `gcloud container clusters get-credentials ${cluster.name} --location=${location} --project=${project}${way}`;
}
