/** Access scopes of a node pool limit what its account may do, whatever IAM grants (docs/domain/nodes.md#node-oauth-scopes). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Unknown } from '../../facts/fact.ts';
import type { Cluster, NodePool } from '../../facts/google/cluster.ts';
import type { Check, FindingDraft, RemedyRequest } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';
import { inWords, lostWithout } from './account/consequences.ts';
import { isWrittenByAgent } from './account/permissions.ts';

const PREFIX = 'https://www.googleapis.com/auth/';
const LOGGING = ['logging.write', 'logging.admin'];
const MONITORING = ['monitoring', 'monitoring.write'];

/** Of a node pool (GKE, NodePool.name). */
const LONGEST_NAME = 40;
const SUFFIX = '-scoped';

export const nodeOauthScopes: Check<'cluster'> = {
  id: 'node-oauth-scopes',
  title: {
    en: 'Access scopes of node pools let nodes write logs and metrics',
    ja: 'ノードプールのアクセス スコープでログと指標の書き込みが許可されている',
  },
  description: {
    en: 'Access scopes are set when a node pool is created and limit its service account, whatever roles that holds. Without cloud-platform, or logging and monitoring as far as the cluster has them on, nodes can’t write logs and metrics; IAM can’t repair that, only a new node pool can. From node version 1.34 on, GKE’s node service agent writes them; Google doesn’t document whether scopes limit it, so that is a warning.',
    ja: 'アクセス スコープはノードプールの作成時に決まり、ロールにかかわらずサービス アカウントの権限を制限します。cloud-platform も、クラスタで有効な logging や monitoring もない場合、ノードはログと指標を書き込めません。IAM では直せず、新しいノードプールが必要です。ノードのバージョン 1.34 以降は GKE ノード サービス エージェントが書き込みますが、スコープで制限されるかどうかは文書化されていないため、警告とします。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/how-to/access-scopes',
  needs: ['container.clusters.get'],
  facts: ['cluster'],
  inScan: 'cluster',

  run({ cluster }, _access, request) {
    if (!cluster.known) return [undecided(request.cluster, cluster)];
    if (cluster.value.autopilot) return [autopilot(cluster.value)];
    return cluster.value.nodePools.map(pool => judge(pool, cluster.value));
  },
};

function judge(pool: NodePool, cluster: Cluster): FindingDraft {
  const scopes = pool.oauthScopes.map(scope => scope.replace(PREFIX, ''));
  const list = scopes.join(', ');
  const evidence = [
    {
      source: 'container clusters.get nodePools.config.oauthScopes',
      says: { en: `${pool.name}: ${list || 'no scopes'}`, ja: `${pool.name}: ${list || 'スコープなし'}` },
    },
  ];
  const lacking = lackingScopes(scopes, cluster);
  if (lacking.length > 0) return { ...tooNarrow(pool, cluster, lacking), evidence };
  return {
    subject: pool.resource,
    status: 'pass',
    headline: { en: `${pool.name}: the access scopes suffice`, ja: `${pool.name}: アクセス スコープは十分です` },
    detail: { en: `Access scopes: ${list}.`, ja: `アクセス スコープ: ${list}。` },
    evidence,
  };
}

/** What would let nodes write what the cluster has on; `cloud-platform` limits nothing, `cloud-platform.read-only` all writing. */
function lackingScopes(scopes: readonly string[], { loggingService, monitoringService }: Cluster): string[] {
  const has = (wanted: readonly string[]) =>
    scopes.includes('cloud-platform') || wanted.some(scope => scopes.includes(scope));
  return [
    ...(loggingService !== 'none' && !has(LOGGING) ? ['logging.write'] : []),
    ...(monitoringService !== 'none' && !has(MONITORING) ? ['monitoring.write'] : []),
  ];
}

function tooNarrow(pool: NodePool, cluster: Cluster, lacking: readonly string[]): Omit<FindingDraft, 'evidence'> {
  const { name, resource: subject } = pool;
  const missing = lacking.join(', ');
  const what = inWords(lostWithout(lacking));
  const remedies = [newPool(pool, cluster)];
  const recreate: Text = {
    en: `The node pool has neither cloud-platform nor ${missing}. Scopes can't be changed: a new node pool with cloud-platform is needed, then this one can go.`,
    ja: `このノードプールには cloud-platform も ${missing} もありません。スコープは変更できないため、cloud-platform を指定した新しいノードプールを作成し、その後このプールを削除してください。`,
  };
  if (isWrittenByAgent(pool.version)) {
    return {
      subject,
      status: 'warn',
      headline: {
        en: `The access scopes of ${name} don't include ${missing}`,
        ja: `${name} のアクセス スコープに ${missing} がありません`,
      },
      detail: joinText([
        {
          en: `On nodes of 1.34 and later GKE’s node service agent writes ${what.en}; Google does not document whether access scopes limit it.`,
          ja: `1.34 以降のノードでは GKE ノード サービス エージェントが${what.ja}を書き込みます。アクセス スコープがエージェントも制限するかどうかは、Google のドキュメントに記載がありません。`,
        },
        recreate,
      ]),
      remedies,
    };
  }
  return {
    subject,
    status: 'fail',
    headline: {
      en: `The access scopes of ${name} keep its nodes from writing ${what.en}`,
      ja: `${name} のアクセス スコープでは${what.ja}を書き込めません`,
    },
    detail: recreate,
    effect: {
      en: 'No role repairs this: the scopes limit the account on these nodes.',
      ja: 'スコープがノード上のアカウントを制限しているため、ロールを付与しても直りません。',
    },
    remedies,
  };
}

function newPool(pool: NodePool, { project, location, name }: Cluster): RemedyRequest {
  const command = [
    ...['gcloud', 'container', 'node-pools', 'create'],
    `${pool.name.slice(0, LONGEST_NAME - SUFFIX.length)}${SUFFIX}`,
    ...[`--cluster=${name}`, `--location=${location}`, `--project=${project}`, '--scopes=cloud-platform'],
    ...(pool.serviceAccount ? [`--service-account=${pool.serviceAccount}`] : []),
  ];
  return { kind: 'command', params: { command } };
}

function autopilot({ resource: subject }: Cluster): FindingDraft {
  return {
    subject,
    status: 'not-applicable',
    headline: { en: 'Autopilot sets the access scopes itself', ja: 'Autopilot ではスコープは GKE が管理します' },
    detail: {
      en: 'On Autopilot GKE manages the scopes of nodes.',
      ja: 'Autopilot では、ノードのスコープは GKE が管理します。',
    },
    evidence: [],
  };
}

function undecided(subject: string, reason: Unknown): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: { en: 'I can’t read the access scopes', ja: 'アクセス スコープを読み取れません' },
    detail: unknownDetail(reason),
    evidence: [unreadable(reason)],
  };
}
