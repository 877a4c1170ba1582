/** Can the caller's packets arrive at the API server? By the address in the error, or by the caller's own (docs/domain/reachability.md#api-server-reachable). */
import { holdsAddress, isAddress } from '../../../contracts/ip-address.ts';
import type { Text } from '../../../contracts/text.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { isDnsEndpoint } from '../../facts/google/endpoints.ts';
import type { Check, CheckRequest } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';
import {
  addressNeeded,
  admitsAll,
  admitted,
  byName,
  byPrivateEndpoint,
  elsewhere,
  local,
  nothingNamed,
  perhapsGoogle,
  publicOff,
  refused,
  stale,
  untrusted,
  type Verdict,
} from './reach/verdicts.ts';

const PROBLEMS = ['api-server-unreachable', 'certificate-untrusted'];

export const apiServerReachable: Check<'cluster'> = {
  id: 'api-server-reachable',
  title: { en: 'The caller can reach the API server', ja: '呼び出し元が API サーバーに到達できる' },
  description: {
    en: 'A timeout, a refused connection, an unknown host or an untrusted certificate names an address. This check compares it with the endpoints of the cluster: an address that is none of them comes from an old kubeconfig; the public endpoint may be off, or admit authorized networks only; the private endpoint works only from its network; the DNS endpoint works from everywhere if external traffic is allowed, and IAM guards it. --from IP compares the caller’s own public address with the authorized networks. Networks that are admitted only because Google Cloud’s own addresses are leave the answer open: those ranges change. That gke-auth itself reaches the API server proves nothing about the caller.',
    ja: 'タイムアウト、接続拒否、不明なホスト、信頼されない証明書のエラーにはアドレスが含まれます。このチェックはそれをクラスタのエンドポイントと照合します。どのエンドポイントでもないアドレスは、古い kubeconfig によるものです。パブリック エンドポイントは、無効であるか、承認済みネットワークだけを受け付けることがあります。プライベート エンドポイントは、そのネットワークからだけ使えます。DNS エンドポイントは、外部トラフィックを許可するとどこからでも使え、IAM で保護されます。--from IP を指定すると、呼び出し元のパブリック アドレスを承認済みネットワークと照合します。Google Cloud のアドレスとしてのみ許可される場合、範囲が変わるため判定しません。gke-auth から API サーバーに到達できても、呼び出し元については何もわかりません。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation',
  needs: ['container.clusters.get'],
  facts: ['cluster'],
  appliesTo: ({ from, symptom }, named) => named || from !== undefined || PROBLEMS.includes(symptom?.problem ?? ''),

  run({ cluster }, _access, request) {
    if (!cluster.known) {
      const detail = unknownDetail(cluster);
      return [
        { subject: request.cluster, status: 'unknown', headline: CANT_TELL, detail, evidence: [unreadable(cluster)] },
      ];
    }
    const verdict = judge(cluster.value, request);
    const evidence = [{ source: 'container clusters.get', says: endpointsOf(cluster.value) }];
    return [{ subject: cluster.value.resource, evidence, ...verdict }];
  },
};

function judge(cluster: Cluster, request: CheckRequest): Verdict {
  const { symptom, from } = request;
  const named = PROBLEMS.includes(symptom?.problem ?? '') ? symptom?.entities.host : undefined;
  const host = named === undefined ? undefined : hostOf(named);
  if (host === undefined) return from === undefined ? nothingNamed() : byAddress(cluster, from);
  const isPublic = [cluster.ipEndpoints.publicAddress, cluster.endpoint].includes(named);
  if (/^(?:localhost|127\.|::1$)/.test(host) && !isPublic) return local(host);
  if (symptom?.problem === 'certificate-untrusted' && isOf(cluster, host)) return untrusted(cluster, host);
  if (host === cluster.dnsEndpoint?.host) return byName(cluster);
  if (isDnsEndpoint(host)) return stale(cluster, host);
  if (!isAddress(host)) return elsewhere(host);
  if (host === cluster.ipEndpoints.privateAddress) return byPrivateEndpoint(cluster);
  if (!isOf(cluster, host)) return stale(cluster, host);
  if (!cluster.ipEndpoints.enabled || !cluster.ipEndpoints.public) return publicOff(cluster);
  return throughPublic(cluster, from);
}

/** The caller's address alone: what it can use. */
function byAddress(cluster: Cluster, from: string): Verdict {
  const { ipEndpoints, dnsEndpoint } = cluster;
  if (isPrivate(from)) return byPrivateEndpoint(cluster);
  if (ipEndpoints.enabled && ipEndpoints.public) return throughPublic(cluster, from);
  return dnsEndpoint?.external ? byName(cluster) : publicOff(cluster);
}

/** Through the public endpoint, which is on. */
function throughPublic(cluster: Cluster, from: string | undefined): Verdict {
  const { authorizedNetworks, networks = [], googleNetworks } = cluster.ipEndpoints;
  if (!authorizedNetworks) return admitsAll();
  if (from === undefined) return addressNeeded();
  const network = networks.find(block => holdsAddress(block, from));
  if (network) return admitted(from, network);
  return googleNetworks ? perhapsGoogle(from) : refused(cluster, from);
}

/** `34.91.0.1:443` and `[2001:db8::1]:443` are named with their port. */
function hostOf(text: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(text)?.[1];
  return (bracketed ?? (isAddress(text) ? text : text.replace(/:\d+$/, ''))).toLowerCase();
}

function isOf({ ipEndpoints, endpoint = '', dnsEndpoint }: Cluster, host: string): boolean {
  const { publicAddress, privateAddress } = ipEndpoints;
  return [publicAddress, privateAddress, endpoint, dnsEndpoint?.host].some(one => one && hostOf(one) === host);
}

/** Ranges that no public address is in (RFC 1918, RFC 6598, RFC 4193). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
const isPrivate = (address: string) => PRIVATE.some(block => holdsAddress(block, address));

function endpointsOf({ ipEndpoints, dnsEndpoint }: Cluster): Text {
  const { enabled, public: open, publicAddress, privateAddress, authorizedNetworks, networks = [] } = ipEndpoints;
  const lines = [
    `public endpoint ${enabled && open ? (publicAddress ?? 'on') : 'off'}`,
    `private endpoint ${enabled ? (privateAddress ?? 'none') : 'off'}`,
    `authorized networks ${authorizedNetworks ? networks.join(', ') || 'none' : 'off'}`,
    `DNS endpoint ${dnsEndpoint ? `${dnsEndpoint.host}, external traffic ${dnsEndpoint.external ? 'on' : 'off'}` : 'none'}`,
  ].join('; ');
  return { en: lines, ja: lines };
}

const CANT_TELL: Text = {
  en: "I can't read the endpoints of the cluster",
  ja: 'クラスタのエンドポイントを読み取れません',
};
