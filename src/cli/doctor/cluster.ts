/** The cluster as Google's API shows it to this account. */

import type { Fact } from '../../diagnosis/facts/fact.ts';
import type { Cluster } from '../../diagnosis/facts/google/cluster.ts';
import { type ClusterSearch, findCluster, parseTarget } from '../../diagnosis/target.ts';
import type { Identity } from '../../google/identity.ts';
import type { Step } from './step.ts';

export interface Sight {
  readonly step: Step;
  readonly cluster?: Cluster;
}

/** @throws {TargetError} where the name names no single cluster. */
export async function lookAtCluster(
  identity: Identity | undefined,
  name: string,
  projects: readonly string[],
): Promise<Sight> {
  const target = parseTarget(name, projects);
  if (!identity) return { step: { step: 'cluster', status: 'skip', headline: NO_CREDENTIALS } };
  const [{ createReads }, { Session }] = await Promise.all([
    import('../../google/reads.ts'),
    import('../../diagnosis/facts/session.ts'),
  ]);
  const google = await createReads({ identity, expect: 'cluster' });
  const session = new Session({ google, now: new Date(), member: identity.member });
  const search = await findCluster(session, target.name, target.projects);
  const { cluster } = search;
  if (cluster.known) return { cluster: cluster.value, step: seen(cluster.value) };
  return { step: unseen(search, cluster, await session.self()) };
}

function seen({ resource, status, version, dnsEndpoint, ipEndpoints }: Cluster): Step {
  const way = dnsEndpoint?.external
    ? { en: 'reached over its DNS endpoint', ja: 'DNS エンドポイントで到達' }
    : ipEndpoints.enabled && ipEndpoints.public
      ? { en: 'reached over its public address', ja: '公開アドレスで到達' }
      : { en: 'private: reached from inside its network only', ja: '限定公開: ネットワーク内からのみ到達' };
  const serves = ['RUNNING', 'RECONCILING', 'DEGRADED'].includes(status);
  return {
    step: 'cluster',
    status: serves ? 'pass' : 'warn',
    headline: { en: `The cluster is ${status}`, ja: `クラスタの状態は ${status} です` },
    detail: { en: `${resource}, GKE ${version}, ${way.en}.`, ja: `${resource}、GKE ${version}、${way.ja}。` },
  };
}

function unseen({ project, name }: ClusterSearch, fact: Extract<Fact<Cluster>, { known: false }>, self: string): Step {
  const list = `gcloud container clusters list --project=${project}`;
  if (fact.code === 'absent') {
    return {
      step: 'cluster',
      status: 'fail',
      headline: {
        en: `There is no cluster ${name.cluster} in ${project}`,
        ja: `${project} にクラスタ ${name.cluster} はありません`,
      },
      detail: fact.reason,
      next: [list],
    };
  }
  if (fact.code === 'denied') {
    return {
      step: 'cluster',
      status: 'fail',
      headline: {
        en: 'This account has no permission to get the cluster',
        ja: 'このアカウントにはクラスタを参照する権限がありません',
      },
      detail: {
        en: `${fact.reason.en} The API server answers 401 to such an account. Ask for roles/container.clusterViewer.`,
        ja: `${fact.reason.ja} この場合 API サーバーは 401 を返します。roles/container.clusterViewer の付与を依頼してください。`,
      },
      next: [
        `gcloud projects add-iam-policy-binding ${project} --member=${self} --role=roles/container.clusterViewer --condition=None`,
      ],
    };
  }
  return {
    step: 'cluster',
    status: fact.code === 'unauthenticated' ? 'fail' : 'warn',
    headline: { en: 'The cluster can’t be read', ja: 'クラスタの情報を読み取れません' },
    detail: fact.reason,
    next: fact.code === 'unauthenticated' ? ['gcloud auth login'] : fact.command ? [fact.command] : [],
  };
}

const NO_CREDENTIALS = { en: 'Without credentials it can’t be read', ja: '認証情報がないため読み取れません' };
