/** Google's own accounts that manage clusters: GKE's service agent, its node agent, the Google APIs agent (DOMAIN.md, checks 8, 10, 11, 12 and 26). */
import { type Recognizer, sign, signs } from '../recognizer.ts';

const entities = [
  'project',
  'projectNumber',
  'permission',
  'principal',
  'role',
  'resource',
  'location',
  'cluster',
  'nodePool',
  'statusCode',
] as const;
const LACKS = `(?:is missing|missing|does not have|lacks?|denied|required|requires|needs|has no|not granted|was removed|deleted|doesnt have|no longer has|権限がありません|不足)`;

export const AGENTS: readonly Recognizer[] = [
  {
    problem: 'wi-deploypatch-failed',
    confidence: 0.95,
    signs: signs('deploypatch failed', 'deploy ?patch (?:operation )?failed'),
    covers: [],
    entities: ['project', 'projectNumber', 'location', 'cluster', 'statusCode'],
  },
  {
    problem: 'gce-permission-retry-budget',
    confidence: 0.93,
    signs: signs(
      'google compute engine: ?required (?:permission )?compute\\.[\\w.]{3,80}',
      'retry budget exhausted.{0,120}required.{0,20}compute\\.',
      'google compute engine: ?.{0,40}compute\\.[\\w.]{3,80}.{0,20}(?:permission|権限)',
      'retry budget exhausted.{0,60}permission',
    ),
    covers: ['caller-clusters-get'],
    entities,
  },
  {
    problem: 'agent-gke-service-agent',
    confidence: 0.94,
    signs: [
      ...signs(
        'kubernetes engine service agent (?:is |was )?(?:missing|lacks?|does not have|doesnt have|not found|deleted)',
        'missing edit permissions? on account',
        'requires? edit permissions? on',
        'gke_service_account_deleted(?! for more)(?:[,:;. ]|$)(?!.{0,20}required container)',
        'container\\.hostserviceagent\\.use',
        '(?:grant(?!ed)|add(?!ed)|missing|requires?).{0,40}roles/container\\.(?:serviceagent|hostserviceagentuser)',
        'roles/container\\.(?:serviceagent|hostserviceagentuser).{0,60}(?:missing|is required|not granted|removed|がありません)',
        'アカウントに対?する?編集権限がありません|アカウントに編集権限がありません|kubernetes engine サービス ?エージェント.{0,60}(?:ありません|不足|削除)',
        'gke service account (?:has been|was|is) (?:deleted|missing)',
      ),
      sign(
        `container-engine-robot\\.iam\\.gserviceaccount\\.com.{0,120}?(?:${LACKS}|does not exist|doesnt exist|not found)`,
      ),
      sign(`${LACKS}.{0,160}?@container-engine-robot`),
    ],
    unless: signs('gcp-sa-gkenode.{0,80}(?:missing|lacks|does not have|denied)'),
    covers: ['caller-clusters-get', 'gce-permission-retry-budget'],
    entities,
  },
  {
    problem: 'agent-gke-node-agent',
    confidence: 0.93,
    signs: [
      sign(`gcp-sa-gkenode(?:\\.iam\\.gserviceaccount\\.com)?.{0,120}?${LACKS}`),
      sign(`${LACKS}.{0,160}?gcp-sa-gkenode`),
      ...signs(
        'default node service agent (?:is |was )?(?:missing|lacks?|does not have|doesnt have|deleted|not found)',
        '(?:grant(?!ed)|add(?!ed)|missing|requires?|lacks?).{0,60}roles/container\\.(?:defaultnodeserviceagent|nodeserviceagent)',
        'roles/container\\.(?:defaultnodeserviceagent|nodeserviceagent).{0,60}(?:missing|is required|not granted|removed)',
        '(?:デフォルト|default) ?ノード ?サービス ?エージェント.{0,60}(?:ありません|不足|削除)',
        'gcp-sa-gkenode.{0,80}permission_?denied|permission_?denied.{0,200}gcp-sa-gkenode',
      ),
    ],
    covers: ['node-sa-permissions', 'caller-clusters-get', 'agent-gke-service-agent'],
    entities,
  },
  {
    problem: 'agent-google-apis-editor',
    confidence: 0.9,
    signs: [
      sign(`@cloudservices\\.gserviceaccount\\.com.{0,120}?${LACKS}`),
      sign(`${LACKS}.{0,200}?@cloudservices\\.gserviceaccount\\.com`),
      ...signs(
        'when acting as \\d{3,20}@cloudservices',
        'google apis service agent.{0,60}(?:missing|lacks?|does not have|editor|deleted|removed)',
        'google api サービス ?エージェント.{0,60}(?:ありません|不足|削除|編集者)',
      ),
    ],
    covers: ['impersonation-denied'],
    entities,
  },
  {
    problem: 'agent-google-apis-editor',
    confidence: 0.55,
    signs: signs('not all instances running in igm.{0,160}permissions_error', 'current errors: ?\\[permissions_error'),
    unless: signs('required compute', 'service account', 'actas'),
    entities,
  },
];
