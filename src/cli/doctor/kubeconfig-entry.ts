/** Is the kubeconfig's entry the cluster's: its address, its CA, and a way to log in that kubectl still has? */
import { X509Certificate } from 'node:crypto';
import type { Cluster } from '../../diagnosis/facts/google/cluster.ts';
import { getCredentials } from '../../diagnosis/facts/google/endpoints.ts';
import { shell } from '../../remedies/text/shell.ts';
import { type ExecProgram, isGooglePlugin, judgeExecPlugin } from './exec-plugin.ts';
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

/** What an entry is judged by. */
export interface EntryCase {
  readonly kubeconfig: Kubeconfig;
  readonly entry: Entry | undefined;
  /** The program that the entry runs; absent where it runs none. */
  readonly program: ExecProgram | undefined;
  readonly cluster: Cluster | undefined;
  /** What the user called the cluster. */
  readonly name: string;
  readonly env: Env;
}

type Judgement = Omit<Step, 'step'>;

export function judgeEntry(one: EntryCase): Step {
  const { entry, cluster, name, kubeconfig } = one;
  const next = [rewrite(cluster, name)];
  const judgement = entry
    ? (judgeProvider(one, entry, next) ??
      judgeAddress(entry, cluster, next) ??
      judgeCa(entry, cluster, next) ??
      judgeLogin(one, entry, next) ??
      judgeContext(entry, kubeconfig))
    : withoutEntry(kubeconfig, name, next);
  return { step: 'kubeconfig', ...judgement };
}

function withoutEntry({ broken, paths }: Kubeconfig, name: string, next: readonly string[]): Judgement {
  return {
    status: 'fail',
    headline:
      broken.length > 0
        ? {
            en: `The kubeconfig can’t be read: ${broken.join(', ')}`,
            ja: `kubeconfig を読み取れません: ${broken.join('、')}`,
          }
        : { en: `The kubeconfig has no entry for ${name}`, ja: `kubeconfig に ${name} のエントリがありません` },
    detail: same(paths.join(', ')),
    next,
  };
}

function judgeProvider({ env }: EntryCase, { login, context }: Entry, next: readonly string[]): Judgement | undefined {
  if (login.kind !== 'provider') return undefined;
  const off = env.USE_GKE_GCLOUD_AUTH_PLUGIN;
  return {
    status: 'fail',
    headline: {
      en: `The entry uses the auth provider “${login.name}”, which kubectl 1.25 and later don’t have`,
      ja: `エントリが kubectl 1.25 以降にない認証プロバイダ「${login.name}」を使っています`,
    },
    detail: {
      en: `${context}: it was written before ${PLUGIN}. Write it again${off ? `, after unset USE_GKE_GCLOUD_AUTH_PLUGIN (now ${off})` : ''}.`,
      ja: `${context}: ${PLUGIN} より前に書かれたエントリです。${off ? `USE_GKE_GCLOUD_AUTH_PLUGIN（現在 ${off}）を unset してから、` : ''}書き直してください。`,
    },
    next,
  };
}

function judgeAddress(
  { context, server }: Entry,
  cluster: Cluster | undefined,
  next: readonly string[],
): Judgement | undefined {
  if (!cluster || addressesOf(cluster).includes(server)) return undefined;
  return {
    status: 'fail',
    headline: {
      en: 'The entry has another address than the cluster',
      ja: 'エントリのアドレスがクラスタと異なります',
    },
    detail: {
      en: `${context}: ${server}; the cluster: ${addressesOf(cluster).join(' or ')}. It was recreated, or its IP rotated.`,
      ja: `${context}: ${server}、クラスタ: ${addressesOf(cluster).join(' または ')}。再作成されたか、IP がローテーションされています。`,
    },
    next,
  };
}

function judgeCa(entry: Entry, cluster: Cluster | undefined, next: readonly string[]): Judgement | undefined {
  if (!cluster || !usesOtherCa(entry, cluster)) return undefined;
  return {
    status: 'fail',
    headline: { en: 'The entry has another CA than the cluster', ja: 'エントリの CA がクラスタと異なります' },
    detail: {
      en: `${entry.context}: kubectl fails with x509 errors. The cluster’s credentials were rotated, or it was recreated.`,
      ja: `${entry.context}: kubectl は x509 エラーになります。認証情報がローテーションされたか、クラスタが再作成されています。`,
    },
    next,
  };
}

function judgeLogin({ program }: EntryCase, { login, context }: Entry, next: readonly string[]): Judgement | undefined {
  const wrong = login.kind === 'exec' && program ? judgeExecPlugin(context, login, program, next) : undefined;
  if (wrong || (login.kind === 'exec' && isGooglePlugin(login))) return wrong;
  const how = login.kind === 'exec' ? login.command : 'token, certificate';
  return {
    status: 'warn',
    headline: { en: `The entry doesn’t use ${PLUGIN}`, ja: `エントリが ${PLUGIN} を使っていません` },
    detail: same(`${context}: ${how}`),
    next,
  };
}

function judgeContext({ current, context }: Entry, { paths }: Kubeconfig): Judgement {
  if (current) {
    return {
      status: 'pass',
      headline: { en: 'The kubeconfig’s entry is right', ja: 'kubeconfig のエントリは正しく設定されています' },
      detail: { en: `${context} in ${paths.join(', ')}.`, ja: `${paths.join(', ')} の ${context}。` },
    };
  }
  return {
    status: 'warn',
    headline: {
      en: 'The entry is right, but it isn’t kubectl’s current context',
      ja: 'エントリは正しいですが、kubectl の現在のコンテキストではありません',
    },
    detail: same(context),
    next: [`kubectl config use-context ${context}`],
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

/** The command that writes the entry again. */
function rewrite(cluster: Cluster | undefined, name: string): string {
  if (cluster) return shell(getCredentials(cluster));
  return `gcloud container clusters get-credentials ${name.split('/').at(-1)} --location=LOCATION`;
}
