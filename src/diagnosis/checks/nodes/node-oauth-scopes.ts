/** OAuth scopes of a node pool bound what its account may do, whatever IAM grants (docs/domain/nodes.md#node-sa-permissions). */
import type { NodePool } from '../../facts/google/cluster.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';

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
    en: 'Access scopes are set when a node pool is created and limit its service account, whatever roles that holds. Without cloud-platform, or logging and monitoring, nodes can’t write logs and metrics; IAM can’t repair that, only a new node pool can.',
    ja: 'アクセス スコープはノードプールの作成時に決まり、ロールにかかわらずサービス アカウントの権限を制限します。cloud-platform も、logging と monitoring もない場合、ノードはログと指標を書き込めません。IAM では直せず、新しいノードプールが必要です。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/how-to/access-scopes',
  needs: ['container.clusters.get'],
  facts: ['cluster'],
  inScan: 'cluster',

  run({ cluster }, _access, request) {
    if (!cluster.known) {
      return [
        {
          subject: request.cluster,
          status: 'unknown',
          headline: { en: "I can't read the access scopes", ja: 'アクセス スコープを読み取れません' },
          detail: unknownDetail(cluster),
          evidence: [unreadable(cluster)],
        },
      ];
    }
    const { autopilot, nodePools, loggingService, monitoringService, resource, project, name, location } =
      cluster.value;
    if (autopilot) {
      return [
        {
          subject: resource,
          status: 'not-applicable',
          headline: { en: 'Autopilot sets the access scopes itself', ja: 'Autopilot ではスコープは GKE が管理します' },
          detail: {
            en: 'On Autopilot GKE manages the scopes of nodes.',
            ja: 'Autopilot では、ノードのスコープは GKE が管理します。',
          },
          evidence: [],
        },
      ];
    }
    return nodePools.map(pool =>
      judge(pool, loggingService !== 'none', monitoringService !== 'none', { project, name, location }),
    );
  },
};

function judge(
  pool: NodePool,
  logs: boolean,
  metrics: boolean,
  cluster: { project: string; name: string; location: string },
): FindingDraft {
  const scopes = pool.oauthScopes.map(scope => scope.replace(PREFIX, ''));
  const has = (wanted: readonly string[]) =>
    scopes.includes('cloud-platform') || wanted.some(scope => scopes.includes(scope));
  const lacking = [
    ...(logs && !has(LOGGING) ? ['logging.write'] : []),
    ...(metrics && !has(MONITORING) ? ['monitoring.write'] : []),
  ];
  const says = {
    en: `${pool.name}: ${scopes.join(', ') || 'no scopes'}`,
    ja: `${pool.name}: ${scopes.join(', ') || 'スコープなし'}`,
  };
  const evidence = [{ source: 'container clusters.get nodePools.config.oauthScopes', says }];
  if (lacking.length === 0) {
    return {
      subject: pool.resource,
      status: 'pass',
      headline: { en: `${pool.name}: the access scopes suffice`, ja: `${pool.name}: アクセス スコープは十分です` },
      detail: { en: `Access scopes: ${scopes.join(', ')}.`, ja: `アクセス スコープ: ${scopes.join(', ')}。` },
      evidence,
    };
  }
  const missing = lacking.join(', ');
  return {
    subject: pool.resource,
    status: 'fail',
    headline: {
      en: `The access scopes of ${pool.name} keep its nodes from writing ${logs && metrics ? 'logs and metrics' : logs ? 'logs' : 'metrics'}`,
      ja: `${pool.name} のアクセス スコープでは${logs && metrics ? 'ログや指標' : logs ? 'ログ' : '指標'}を書き込めません`,
    },
    detail: {
      en: `The node pool has neither cloud-platform nor ${missing}. Scopes can't be changed: a new node pool with cloud-platform is needed, then this one can go.`,
      ja: `このノードプールには cloud-platform も ${missing} もありません。スコープは変更できないため、cloud-platform を指定した新しいノードプールを作成し、その後このプールを削除してください。`,
    },
    effect: {
      en: 'No role repairs this: the scopes limit the account on these nodes.',
      ja: 'スコープがノード上のアカウントを制限しているため、ロールを付与しても直りません。',
    },
    evidence,
    remedies: [
      {
        kind: 'command',
        params: {
          command: [
            'gcloud',
            'container',
            'node-pools',
            'create',
            `${pool.name.slice(0, LONGEST_NAME - SUFFIX.length)}${SUFFIX}`,
            `--cluster=${cluster.name}`,
            `--location=${cluster.location}`,
            `--project=${cluster.project}`,
            '--scopes=cloud-platform',
            ...(pool.serviceAccount ? [`--service-account=${pool.serviceAccount}`] : []),
          ],
        },
      },
    ],
  };
}
