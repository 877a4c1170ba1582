/** Why something of a cluster's API server could not be read, as users need to hear it: the reason and what to do. */

import type { Text } from '../../../contracts/text.ts';
import type { KubernetesApiError } from '../../../kubernetes/errors.ts';
import { type EndpointRoute, openDnsEndpoint } from '../../../kubernetes/route.ts';
import { type Unknown, type UnknownCode, unknown } from '../fact.ts';
import type { Cluster } from '../google/cluster.ts';
import { grantCommand } from '../read.ts';

export interface KubernetesCall {
  /** `kubernetes pods.list`. */
  readonly source: string;
  /** The IAM permission that allows it, for the reason and the command where the server names none. */
  readonly permission?: string;
}

export interface Reached {
  readonly cluster: Cluster;
  readonly way: EndpointRoute['kind'];
  /** Our own identity as a member of a binding. */
  readonly self: () => Promise<string>;
}

export async function kubernetesUnknown(
  call: KubernetesCall,
  reached: Reached,
  error: KubernetesApiError,
): Promise<Unknown> {
  const { cluster } = reached;
  const code = codeOf(error);
  const permission = code === 'denied' ? (error.permission ?? call.permission) : undefined;
  const command = permission
    ? permissionCommand(permission, cluster, await reached.self())
    : routeCommand(error, reached);
  return unknown({
    code,
    source: call.source,
    resource: cluster.resource,
    reason: reasonOf(call, reached, error, permission),
    permission,
    command,
  });
}

function codeOf({ kind, status }: KubernetesApiError): UnknownCode {
  if (kind === 'timeout') return 'timeout';
  if (kind === 'refused' || kind === 'tls' || kind === 'unreachable') return 'unreachable';
  if (kind === 'credentials' || status === 401) return 'unauthenticated';
  if (status === 403) return 'denied';
  if (kind === 'malformed' || kind === 'html') return 'malformed';
  if (status === 404) return 'absent';
  return status === 429 ? 'rate-limited' : 'server-error';
}

function reasonOf({ source }: KubernetesCall, reached: Reached, error: KubernetesApiError, permission?: string): Text {
  const { cluster, way } = reached;
  const server: Text = { en: `The API server of ${cluster.name}`, ja: `${cluster.name} の API サーバー` };
  const { kind, status, message } = error;
  if (status === 403 && kind === 'html') {
    return {
      en: `${server.en} can’t be reached over its DNS endpoint: I lack container.clusters.connect (an HTML page with 403 came back).`,
      ja: `${server.ja}の DNS エンドポイントに接続する権限（container.clusters.connect）がありません（403 の HTML ページが返りました）。`,
    };
  }
  switch (codeOf(error)) {
    case 'timeout':
      if (way === 'ip' && !error.connected) {
        return {
          en: `${server.en} doesn’t answer at its public address: this address of ours is probably not in its authorized networks.`,
          ja: `${server.ja}が公開アドレスで応答しません。接続元が承認済みネットワークに含まれていない可能性があります。`,
        };
      }
      return {
        en: `${server.en} didn’t answer in time (${source}).`,
        ja: `${server.ja}が時間内に応答しませんでした（${source}）。`,
      };
    case 'unreachable':
      if (kind === 'refused') {
        return {
          en: `${server.en} refuses connections: it is down.`,
          ja: `${server.ja}が接続を拒否しています。停止しています。`,
        };
      }
      if (kind === 'tls') {
        return {
          en: `${server.en} has a certificate that its CA, as GKE reports it, did not sign (${message}): the CA was rotated, or something in between answers.`,
          ja: `${server.ja}の証明書が、GKE が示す CA で検証できません（${message}）。CA がローテーションされたか、途中の機器が応答しています。`,
        };
      }
      return { en: `${server.en} can’t be reached (${message}).`, ja: `${server.ja}に接続できません（${message}）。` };
    case 'unauthenticated':
      return {
        en: `${server.en} doesn’t accept these credentials (${message}).`,
        ja: `${server.ja}がこの認証情報を受け付けません（${message}）。`,
      };
    case 'denied':
      return {
        en: `I may not do this on the cluster: ${source}${permission ? ` (${permission})` : ''}.`,
        ja: `クラスタでこれを行う権限がありません: ${source}${permission ? `（${permission}）` : ''}。`,
      };
    case 'absent':
      return {
        en: `It is not in the cluster (${source}: ${message}).`,
        ja: `クラスタにありません（${source}: ${message}）。`,
      };
    case 'malformed':
      return {
        en: `${server.en} answered something that can’t be read (${source}: ${message}).`,
        ja: `${server.ja}の応答を読み取れません（${source}: ${message}）。`,
      };
    default:
      return {
        en: `${server.en} failed with HTTP ${status ?? '?'} (${source}: ${message}).`,
        ja: `${server.ja}が HTTP ${status ?? '?'} で失敗しました（${source}: ${message}）。`,
      };
  }
}

/** Roles of Google's that hold what we read; a SubjectAccessReview is only in roles that may also write (docs/domain/identities.md#the-diagnoser). */
function permissionCommand(permission: string, cluster: Cluster, self: string): string {
  const { project } = cluster;
  const bind = (role: string) =>
    `gcloud projects add-iam-policy-binding ${project} --member=${self} --role=${role} --condition=None`;
  if (permission === 'container.clusters.connect') return bind('roles/container.clusterViewer');
  if (permission.startsWith('gkehub.gateway.')) return bind('roles/gkehub.gatewayReader');
  if (permission === 'container.subjectAccessReviews.create') {
    const role = `gcloud iam roles create gkeAuthAccessReviews --project=${project} --permissions=${permission}`;
    return `${role} && ${bind(`projects/${project}/roles/gkeAuthAccessReviews`)}`;
  }
  return grantCommand(permission, `projects/${project}`, self);
}

/** Where the network is in the way, the DNS endpoint goes around it. */
function routeCommand({ kind, connected }: KubernetesApiError, { way, cluster }: Reached): string | undefined {
  return kind === 'timeout' && way === 'ip' && !connected ? openDnsEndpoint(cluster) : undefined;
}
