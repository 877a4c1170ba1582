/** What is said about each way to the API server (docs/domain/reachability.md#api-server-reachable). */
import { joinText, type Text } from '../../../../contracts/text.ts';
import type { Cluster } from '../../../facts/google/cluster.ts';
import { getCredentials } from '../../../facts/google/endpoints.ts';
import type { FindingDraft, RemedyRequest } from '../../check.ts';

export type Verdict = Omit<FindingDraft, 'subject' | 'evidence'>;

function openDns({ project, location, name, dnsEndpoint }: Cluster): RemedyRequest[] {
  if (dnsEndpoint?.external) return [];
  return [{ kind: 'enable-dns-endpoint', params: { project, location, cluster: name } }];
}

const credentials = (cluster: Cluster): RemedyRequest => ({
  kind: 'command',
  params: { command: getCredentials(cluster) },
});
const dnsCredentials = ({ name, location, project }: Cluster): RemedyRequest => ({
  kind: 'command',
  params: {
    command: [
      ...['gcloud', 'container', 'clusters', 'get-credentials', name],
      ...[`--location=${location}`, `--project=${project}`, '--dns-endpoint'],
    ],
  },
});

export function stale(cluster: Cluster, host: string): Verdict {
  return {
    status: 'fail',
    headline: {
      en: `${host} is no endpoint of the cluster`,
      ja: `${host} はこのクラスタのエンドポイントではありません`,
    },
    detail: {
      en: `The kubeconfig names ${host}, and the cluster has no such endpoint: its IP address was rotated, or the cluster was made again. Get the credentials again.`,
      ja: `kubeconfig の接続先 ${host} は、このクラスタのエンドポイントにありません。IP アドレスがローテーションされたか、クラスタが作り直されています。認証情報を取得し直してください。`,
    },
    remedies: [credentials(cluster)],
  };
}

export function publicOff(cluster: Cluster): Verdict {
  const external = cluster.dnsEndpoint?.external;
  return {
    status: 'fail',
    headline: { en: 'The public endpoint is off', ja: 'パブリック エンドポイントが無効です' },
    detail: external
      ? {
          en: 'The cluster takes no connections on a public IP address. Its DNS endpoint is open: get the credentials again, for that one.',
          ja: 'このクラスタは、パブリック IP アドレスでは接続を受け付けません。DNS エンドポイントが使えるため、そちらの認証情報を取得してください。',
        }
      : {
          en: 'The cluster takes no connections on a public IP address, and its DNS endpoint takes no external traffic. Connect from its network, or open the DNS endpoint.',
          ja: 'このクラスタは、パブリック IP アドレスでは接続を受け付けず、DNS エンドポイントも外部トラフィックを受け付けません。クラスタのネットワークから接続するか、DNS エンドポイントを公開してください。',
        },
    effect: TIMES_OUT,
    remedies: external ? [dnsCredentials(cluster)] : openDns(cluster),
  };
}

export function byPrivateEndpoint({ ipEndpoints }: Cluster): Verdict {
  const { globalAccess } = ipEndpoints;
  return {
    status: 'warn',
    headline: {
      en: 'The private endpoint works only from the cluster’s network',
      ja: 'プライベート エンドポイントはクラスタのネットワークからだけ使えます',
    },
    detail: {
      en: `It is reached from the VPC network of the cluster, and from networks that are connected to it by VPN or Interconnect. Clients in other regions ${globalAccess ? 'can use it too (global access is on)' : 'can’t use it (global access is off)'}.`,
      ja: `クラスタの VPC ネットワークと、それに VPN または Interconnect で接続されたネットワークから到達できます。ほかのリージョンからは${globalAccess ? 'も使えます（グローバル アクセスが有効）' : '使えません（グローバル アクセスが無効）'}。`,
    },
  };
}

export function admitsAll(): Verdict {
  return {
    status: 'pass',
    headline: {
      en: 'The public endpoint admits every address',
      ja: 'パブリック エンドポイントはすべてのアドレスを受け付けます',
    },
    detail: {
      en: 'Authorized networks are off, so GKE refuses nobody by address. Look at the caller’s own proxy, firewall and VPN.',
      ja: '承認済みネットワークが無効なため、GKE はアドレスによる拒否をしません。呼び出し元のプロキシ、ファイアウォール、VPN を確認してください。',
    },
  };
}

export function addressNeeded(): Verdict {
  return {
    status: 'unknown',
    headline: {
      en: 'Whether the caller’s address is authorized is unknown',
      ja: '呼び出し元のアドレスが承認済みか判定できません',
    },
    detail: {
      en: 'The public endpoint admits authorized networks only, and the error doesn’t say from which address the caller came. Give the caller’s public address: --from IP.',
      ja: 'パブリック エンドポイントは承認済みネットワークだけを受け付けますが、エラーには呼び出し元のアドレスが含まれません。呼び出し元のパブリック アドレスを --from IP で指定してください。',
    },
  };
}

export function admitted(from: string, network: string): Verdict {
  return {
    status: 'pass',
    headline: { en: `${from} is in an authorized network`, ja: `${from} は承認済みネットワークに含まれます` },
    detail: {
      en: `${network} admits it. If connections still fail, they leave by another address, or a proxy or firewall stops them.`,
      ja: `${network} に含まれるため接続が許可されます。それでも失敗する場合は、別のアドレスから接続しているか、プロキシやファイアウォールで遮断されています。`,
    },
  };
}

export function perhapsGoogle(from: string): Verdict {
  return {
    status: 'unknown',
    headline: {
      en: `Whether ${from} is an address of Google Cloud is unknown`,
      ja: `${from} が Google Cloud のアドレスか判定できません`,
    },
    detail: {
      en: `No authorized network holds ${from}. The cluster also admits all public addresses of Google Cloud; those ranges change, and gke-auth doesn’t keep them.`,
      ja: `${from} を含む承認済みネットワークはありません。クラスタは Google Cloud のすべてのパブリック アドレスも受け付けますが、その範囲は変わるため、gke-auth では保持していません。`,
    },
  };
}

export function refused(cluster: Cluster, from: string): Verdict {
  const { name, location, project, ipEndpoints } = cluster;
  const bits = from.includes(':') ? 128 : 32;
  const whole = [...(ipEndpoints.networks ?? []), `${from}/${bits}`].join(',');
  const authorize: RemedyRequest = {
    kind: 'command',
    params: {
      command: [
        ...['gcloud', 'container', 'clusters', 'update', name, `--location=${location}`, `--project=${project}`],
        ...['--enable-master-authorized-networks', `--master-authorized-networks=${whole}`],
      ],
    },
  };
  return {
    status: 'fail',
    headline: { en: `${from} is in no authorized network`, ja: `${from} は承認済みネットワークに含まれません` },
    detail: joinText([
      {
        en: `The public endpoint admits only its authorized networks, and none of them holds ${from}.`,
        ja: `パブリック エンドポイントは承認済みネットワークだけを受け付けますが、${from} を含むものがありません。`,
      },
      cluster.dnsEndpoint?.external ? USE_DNS : OPEN_DNS,
      WHOLE_LIST,
    ]),
    effect: TIMES_OUT,
    remedies: [...openDns(cluster), ...(cluster.dnsEndpoint?.external ? [dnsCredentials(cluster)] : []), authorize],
  };
}

export function byName(cluster: Cluster): Verdict {
  if (cluster.dnsEndpoint?.external) {
    return {
      status: 'pass',
      headline: {
        en: 'The DNS endpoint takes external traffic',
        ja: 'DNS エンドポイントは外部トラフィックを受け付けます',
      },
      detail: {
        en: 'It is reached from everywhere, and IAM decides who may use it (caller-clusters-get). If the name can’t be resolved, look at the caller’s DNS; if connections fail, at their proxy and firewall.',
        ja: 'どこからでも到達でき、使用の可否は IAM で決まります（caller-clusters-get）。名前を解決できない場合は呼び出し元の DNS を、接続に失敗する場合はプロキシとファイアウォールを確認してください。',
      },
    };
  }
  return {
    status: 'fail',
    headline: {
      en: 'The DNS endpoint takes no external traffic',
      ja: 'DNS エンドポイントは外部トラフィックを受け付けません',
    },
    detail: {
      en: 'The error came from the DNS endpoint, which only Google’s own services can use until external traffic is allowed. Allow it, or use another endpoint.',
      ja: 'エラーは DNS エンドポイントへの接続で発生しています。外部トラフィックを許可するまで、Google のサービスからしか使えません。許可するか、別のエンドポイントを使ってください。',
    },
    effect: TIMES_OUT,
    remedies: openDns(cluster),
  };
}

export function untrusted(cluster: Cluster, host: string): Verdict {
  const byDns = host === cluster.dnsEndpoint?.host;
  return {
    status: 'unknown',
    headline: {
      en: 'Why the certificate is not trusted can’t be told from here',
      ja: '証明書が信頼されない理由は、ここからは判定できません',
    },
    detail: byDns
      ? {
          en: 'The DNS endpoint has a certificate of a public CA: a kubeconfig entry with the cluster’s CA doesn’t trust it, and a proxy that opens TLS presents a certificate of its own. Get the credentials again. gke-auth doctor compares what the machine has.',
          ja: 'DNS エンドポイントの証明書は公的な CA によるものです。kubeconfig にクラスタの CA が設定されていると信頼されません。TLS を復号するプロキシは独自の証明書を提示します。認証情報を取得し直してください。端末の状態は gke-auth doctor で確認できます。',
        }
      : {
          en: 'Either the kubeconfig has an old CA of the cluster (it was rotated, or the cluster was made again), or a proxy opens TLS and presents a certificate of its own. Get the credentials again. gke-auth doctor compares the two CAs. Never skip the verification.',
          ja: 'kubeconfig の CA が古い（CA のローテーションやクラスタの再作成）か、TLS を復号するプロキシが独自の証明書を提示しています。認証情報を取得し直してください。2 つの CA は gke-auth doctor で比較できます。証明書の検証を省略しないでください。',
        },
    remedies: [byDns ? dnsCredentials(cluster) : credentials(cluster)],
  };
}

export function local(host: string): Verdict {
  return {
    status: 'not-applicable',
    headline: {
      en: 'The client has no cluster to connect to',
      ja: 'クライアントに接続先のクラスタが設定されていません',
    },
    detail: {
      en: `${host} is the client itself: it found no kubeconfig entry, so the API server was not asked.`,
      ja: `${host} はクライアント自身です。kubeconfig の設定が見つからず、API サーバーには接続していません。`,
    },
  };
}

export function elsewhere(host: string): Verdict {
  return {
    status: 'not-applicable',
    headline: {
      en: `${host} is no API server of this cluster`,
      ja: `${host} はこのクラスタの API サーバーではありません`,
    },
    detail: {
      en: `Only the addresses of the cluster and names that end in gke.goog lead to its API server from outside. ${host} is another server, or a name inside the cluster.`,
      ja: `外部から API サーバーに到達できるのは、クラスタのアドレスと gke.goog で終わる名前だけです。${host} は別のサーバー、またはクラスタ内の名前です。`,
    },
  };
}

export function nothingNamed(): Verdict {
  return {
    status: 'not-applicable',
    headline: { en: 'No address is named', ja: 'アドレスが指定されていません' },
    detail: {
      en: 'Give the caller’s public address: --from IP; or explain the error that the client shows.',
      ja: '呼び出し元のパブリック アドレスを --from IP で指定するか、クライアントのエラーを explain で調べてください。',
    },
  };
}

const TIMES_OUT: Text = { en: 'Connections time out.', ja: '接続がタイムアウトします。' };
const USE_DNS: Text = {
  en: 'The DNS endpoint is open and looks at no addresses: get the credentials for it.',
  ja: 'DNS エンドポイントは公開されており、アドレスによる制限がありません。そちらの認証情報を取得してください。',
};
const OPEN_DNS: Text = {
  en: 'The DNS endpoint needs no list of addresses: IAM guards it.',
  ja: 'DNS エンドポイントはアドレスの一覧が不要で、IAM で保護されます。',
};
const WHOLE_LIST: Text = {
  en: 'To authorize the address instead, send the whole list: GKE replaces it by what it is sent. The address is what the caller stated.',
  ja: 'アドレスを承認する場合は、一覧全体を指定してください（指定した内容で置き換えられます）。このアドレスは呼び出し元の申告によるものです。',
};
