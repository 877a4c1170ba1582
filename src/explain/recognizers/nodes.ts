/** Nodes and the accounts they run as (DOMAIN.md, checks 3 to 6). */
import { type Recognizer, sign, signs } from '../recognizer.ts';

const entities = [
  'project',
  'projectNumber',
  'location',
  'cluster',
  'nodePool',
  'iamServiceAccount',
  'permission',
  'role',
  'principal',
  'statusCode',
] as const;
const TELEMETRY = String.raw`(?:logging\.logentries\.create|monitoring\.(?:timeseries|metricdescriptors)\.create|autoscaling\.sites\.writemetrics)`;
const SCOPES = signs(
  'insufficient authentication scopes',
  'access_token_scope_insufficient',
  'insufficient oauth2? scope',
  'provided scope\\(s\\) are not authorized',
  '(?:スコープが(?:不足|十分で)|認証スコープ)',
);
/** Scopes of Google's consumer products: a person's login, not a node pool. */
const CONSUMER = signs(
  'auth/(?:drive|spreadsheets|calendar|gmail|documents|youtube|userinfo|admin)',
  'drive\\.googleapis',
  'sheets\\.googleapis',
  'gmail\\.googleapis',
  'admin\\.googleapis',
  'youtube',
);

export const NODES: readonly Recognizer[] = [
  {
    problem: 'nodepool-requires-recreation',
    confidence: 0.96,
    signs: signs(
      'node ?pools? .{0,120}?requires? (?:re-?creation|to be recreated|recreating)',
      'ノード ?プール.{0,80}再作成(?:が必要|する必要)',
    ),
    unless: signs('forces replacement'),
    entities,
  },
  {
    problem: 'node-sa-state',
    confidence: 0.92,
    signs: signs(
      'account cannot be found',
      'account \\[?[\\w@.-]{0,120}\\]? ?could not be found',
      'service account \\[?[\\w.-]{1,80}@[\\w.-]{1,80}\\]? (?:does not exist|is disabled|has been (?:disabled|deleted)|was (?:deleted|disabled)|not found)',
      'gaia id not found for email',
      'service account default (?:does not exist|is disabled|not found)',
      '(?:node|nodes|compute engine default|default compute).{0,60}service account.{0,60}(?:is disabled|has been disabled|was disabled|deleted|does not exist|not found)',
      'service_account_(?:disabled|deleted|not_found)',
      'サービス ?アカウント.{0,120}(?:存在しません|無効になっています|無効です|削除され|見つかりません)',
    ),
    when: context => context.nodes && !(context.metadata && !context.gke),
    unless: signs(
      'iam returned 40',
      'computemetadata/v1',
      'invalid_grant',
      'failed to impersonate',
      'iam\\.gke\\.io/gcp-service-account',
      'the user does not have access',
      'add-iam-policy-binding|setting iam policy|setiampolicy',
    ),
    covers: ['cluster-not-found'],
    entities,
  },
  {
    problem: 'node-sa-state',
    confidence: 0.65,
    signs: signs(
      'generic::not_found: ?account cannot be found',
      'account cannot be found',
      'gaia id not found for email \\d{3,20}-compute@',
    ),
    unless: signs('iam returned 40', 'computemetadata/v1'),
    entities,
  },
  {
    problem: 'node-oauth-scopes',
    confidence: 0.88,
    signs: SCOPES,
    when: context => context.gke || context.kubernetes || context.nodes || context.metadata || context.systemAgent,
    unless: CONSUMER,
    covers: ['caller-clusters-get', 'impersonation-denied'],
    entities,
  },
  { problem: 'node-oauth-scopes', confidence: 0.7, signs: SCOPES, unless: CONSUMER, entities },
  {
    problem: 'node-sa-permissions',
    confidence: 0.95,
    signs: signs(
      'grant roles/container\\.defaultnodeserviceaccount',
      'roles/container\\.defaultnodeserviceaccount.{0,80}(?:to (?:the )?node service account|missing|is required|required|がありません|付与)',
      '(?:missing|lacks?|requires?|needs?|without).{0,60}roles/container\\.defaultnodeserviceaccount',
      'node_sa_missing_permissions',
      'node_service_account_missing_permissions',
      'grant critical permissions?',
      '重要な権限を付与',
      'node service accounts? .{0,60}(?:is missing|are missing|missing|lacks?|does not have|do not have).{0,40}permissions?',
      'ノード(?:の)? ?サービス ?アカウント.{0,80}(?:権限がありません|権限が不足|権限がない)',
    ),
    covers: ['node-sa-recommender'],
    entities,
  },
  {
    problem: 'node-sa-permissions',
    confidence: 0.85,
    signs: [
      sign(`(?:permission|denied|required|missing|lacks?|does not have).{0,60}?${TELEMETRY}`),
      sign(`${TELEMETRY}.{0,60}?(?:denied|permission|required|missing|権限)`),
      ...signs('fluentbit-gke.{0,200}received 401', 'received 401.{0,200}fluentbit-gke'),
    ],
    when: context => context.systemAgent || context.nodes,
    unless: signs('svc\\.id\\.goog', 'gcp-sa-gkenode', 'service-\\d'),
    entities,
  },
  {
    problem: 'node-sa-permissions',
    confidence: 0.55,
    signs: [sign(`permission ${TELEMETRY} denied (?:on resource|\\(or)`)],
    unless: signs(
      'svc\\.id\\.goog',
      'gcp-sa-gkenode',
      'service-\\d',
      '@(?!developer)[\\w-]{1,60}\\.iam\\.gserviceaccount',
    ),
    entities,
  },
  {
    problem: 'node-sa-recommender',
    confidence: 0.85,
    signs: signs(
      'google\\.container\\.diagnosisrecommender',
      'recommender\\.containerdiagnosisrecommendations\\.\\w{3,20}',
      'containerdiagnosis(?:recommendation|insight)',
      'google\\.networkanalyzer\\.container\\.serviceaccountinsight',
    ),
    entities: [...entities, 'service'],
  },
];
