/** Google's own accounts that manage clusters: GKE's agent, its node agent, the Google APIs agent (docs/domain/agents.md). */
import type { Recognizer } from '../recognizer.ts';
import { DENIED, LACKS } from './answers.ts';

const GKE_AGENT = [
  '*@container-engine-robot*',
  'kubernetes engine service agent',
  'kubernetes engine サービス エージェント',
  'gke service agent',
];
const NODE_AGENT = [
  '*gcp-sa-gkenode*',
  'default node service agent',
  'デフォルト ノード サービス エージェント',
  'デフォルトノードサービスエージェント',
];
const APIS_AGENT = [
  '*@cloudservices.gserviceaccount.com',
  'google apis service agent',
  'google api サービス エージェント',
];
const GONE = ['does not exist', 'doesnt exist', 'not found', 'deleted', '削除'] as const;

export const AGENTS: readonly Recognizer[] = [
  {
    problem: 'wi-deploypatch-failed',
    confidence: 0.95,
    evidence: [{ answered: '(deploypatch|deploy patch) (operation )?failed' }],
  },
  {
    problem: 'gce-permission-retry-budget',
    confidence: 0.93,
    evidence: [
      { who: 'google compute engine', asked: 'compute.*', answered: ['required', 'permission', '権限'] },
      { who: 'retry budget exhausted', asked: 'compute.*', answered: 'required' },
      { who: 'retry budget exhausted', answered: 'permission' },
    ],
    unless: ['current errors', 'creation failed', 'when acting as'],
  },
  {
    problem: 'agent-google-apis-editor',
    confidence: 0.9,
    evidence: [
      { who: APIS_AGENT, answered: [...LACKS, 'editor', '編集者'] },
      { answered: 'when acting as <number>@cloudservices*' },
    ],
  },
  {
    problem: 'agent-google-apis-editor',
    confidence: 0.55,
    evidence: [{ who: ['not all instances running in igm', 'current errors'], answered: 'permissions_error' }],
    unless: ['required compute.*', 'service account', '*actas'],
  },
  {
    problem: 'agent-gke-node-agent',
    confidence: 0.93,
    evidence: [
      { who: NODE_AGENT, answered: [...LACKS, ...GONE, 'permission_denied'] },
      {
        asked: ['roles/container.defaultnodeserviceagent', 'roles/container.nodeserviceagent'],
        answered: ['missing', 'is required', 'not granted', 'removed', 'grant', 'requires', 'lacks'],
      },
    ],
    unless: ['granted roles/container*', 'roles granted'],
  },
  {
    problem: 'agent-gke-service-agent',
    confidence: 0.94,
    evidence: [
      { who: GKE_AGENT, answered: [...LACKS, ...GONE] },
      { answered: 'missing edit (permission|permissions) on account' },
      {
        asked: '(edit|editor) (permission|permissions)',
        answered: '(requires|require) edit (permission|permissions) on',
      },
      { answered: 'gke_service_account_deleted' },
      { asked: 'container.hostserviceagent.use', answered: DENIED },
      {
        asked: ['roles/container.serviceagent', 'roles/container.hostserviceagentuser'],
        answered: ['missing', 'is required', 'not granted', 'removed', 'grant', 'requires', 'lacks', 'がありません'],
      },
      { answered: 'gke service account (has been|was|is) (deleted|missing)' },
      { who: 'アカウント', answered: '編集権限がありません' },
    ],
    unless: [
      'granted roles/container*',
      'roles granted',
      'gcp-sa-gkenode*',
      'required container.clusters.*',
      '*cloudkms.*',
      'cloud kms error*',
    ],
  },
];
