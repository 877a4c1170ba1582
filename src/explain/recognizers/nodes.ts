/** Nodes, the accounts they run as, the images they pull, the keys of their disks (docs/domain/nodes.md, images.md, kms.md). */
import type { Recognizer } from '../recognizer.ts';
import { LACKS, NOT_PULLED } from './answers.ts';

const TELEMETRY = [
  'logging.logentries.create',
  'monitoring.timeseries.create',
  'monitoring.metricdescriptors.create',
  'autoscaling.sites.writemetrics',
];
const NODE_ACCOUNT = [
  '(node|nodes) (service account|sa)',
  '(node|nodes) service accounts',
  'compute engine default service account',
  'default compute service account',
  'ノード サービス アカウント',
  'ノードのサービス アカウント',
  'ノードサービスアカウント',
];
const SCOPES = [
  { answered: 'insufficient authentication scopes' },
  { answered: 'access_token_scope_insufficient' },
  { answered: 'insufficient (oauth2|oauth) scope' },
  { answered: 'provided (scope|scopes) are not authorized' },
  { answered: ['スコープが不足', 'スコープが十分で', '認証スコープ'] },
  { answered: '(sufficient|insufficient) scopes' },
  // The older form of Google's APIs, without the reason.
  {
    who: ['googleapi', 'googleapis.com', 'httperror', 'error 403'],
    asked: 'insufficient permission',
    answered: 'insufficientpermissions',
  },
] as const;
/** Scopes of Google's consumer products and of other sites: a person's login, not a node pool. */
const CONSUMER = [
  '*auth/(drive|spreadsheets|calendar|gmail|documents|youtube|userinfo|admin)*',
  'drive.googleapis*',
  'sheets.googleapis*',
  'gmail.googleapis*',
  'admin.googleapis*',
  'calendar.googleapis*',
  'youtube*',
  'slack*',
  'api.github.com*',
];

/** Registries of Google's, by the names of their hosts. */
const GOOGLE_REGISTRY = [
  '*docker.pkg.dev*',
  'gcr.io*',
  'us.gcr.io*',
  'eu.gcr.io*',
  'asia.gcr.io*',
  'artifact registry',
  'artifactregistry*',
  'container registry',
];
const REGISTRY_REFUSED = [
  '403',
  '401',
  'forbidden',
  'unauthorized',
  'denied',
  'unauthenticated requests do not have permission',
  'failed to fetch anonymous token',
  'token exchange failed',
  'does not have permission',
];

export const NODES: readonly Recognizer[] = [
  {
    problem: 'nodepool-requires-recreation',
    confidence: 0.96,
    evidence: [
      {
        who: ['node pool', 'nodepool', 'node pools'],
        answered: '(requires|require) (re-creation|recreation|to be recreated|recreating)',
      },
      { who: ['ノードプール', 'ノード プール'], answered: ['再作成が必要', '再作成する必要'] },
    ],
    unless: ['forces replacement'],
  },
  {
    problem: 'node-sa-state',
    confidence: 0.92,
    evidence: [
      { answered: 'account cannot be found' },
      { answered: 'account … could not be found' },
      {
        who: 'service account',
        asked: '<email>',
        answered: ['does not exist', 'is disabled', '(has been|was) (disabled|deleted)', 'not found'],
      },
      { answered: 'gaia id not found for email' },
      { answered: 'service account default (does not exist|is disabled|not found)' },
      { who: NODE_ACCOUNT, answered: ['(is|has been|was) disabled', 'deleted', 'does not exist', 'not found'] },
      { answered: ['service_account_disabled', 'service_account_deleted', 'service_account_not_found'] },
      {
        who: 'サービス アカウント',
        answered: ['存在しません', '無効になっています', '無効です', '削除され', '見つかりません'],
      },
    ],
    where: { nodes: true, pod: false },
    unless: [
      'iam returned 40*',
      '*computemetadata/v1*',
      'invalid_grant',
      'failed to impersonate',
      '*iam.gke.io/gcp-service-account*',
      'the user does not have access',
      'add-iam-policy-binding',
      'setting iam policy',
      'setiampolicy',
      'azure*',
    ],
  },
  {
    problem: 'node-sa-state',
    confidence: 0.65,
    evidence: [{ answered: 'account cannot be found' }, { answered: 'gaia id not found for email <number>-compute@*' }],
    unless: ['iam returned 40*', '*computemetadata/v1*'],
  },
  {
    problem: 'node-oauth-scopes',
    confidence: 0.88,
    evidence: SCOPES,
    where: [{ gke: true }, { kubernetes: true }, { nodes: true }, { pod: true }, { systemAgent: true }],
    unless: CONSUMER,
  },
  { problem: 'node-oauth-scopes', confidence: 0.7, evidence: SCOPES, unless: CONSUMER },
  {
    problem: 'node-sa-permissions',
    confidence: 0.95,
    evidence: [
      { answered: 'grant roles/container.defaultnodeserviceaccount' },
      {
        asked: 'roles/container.defaultnodeserviceaccount',
        answered: [
          'to (the )?node service account',
          'missing',
          '(is )?required',
          'grant',
          'lacks',
          'requires',
          'needs',
          'without',
          'がありません',
          '付与',
        ],
      },
      { answered: ['node_sa_missing_permissions', 'node_service_account_missing_permissions'] },
      {
        answered: [
          'grant critical (permission|permissions)',
          'missing critical permissions',
          'lacks critical permissions',
          '重要な権限を付与',
        ],
      },
      { who: NODE_ACCOUNT, asked: ['permission', 'permissions', '権限'], answered: LACKS },
    ],
    unless: ['*gcp-sa-gkenode*', 'denied-by', '*actas'],
  },
  {
    problem: 'node-sa-permissions',
    confidence: 0.85,
    evidence: [
      {
        asked: TELEMETRY,
        answered: ['denied', 'missing', 'lacks', 'does not have', 'required', 'permission_denied', '権限'],
      },
      { who: 'fluentbit*', answered: 'received 401' },
    ],
    where: [{ systemAgent: true }, { nodes: true }],
    unless: ['*.svc.id.goog*', '*gcp-sa-gkenode*', 'service-<number>@*'],
  },
  {
    problem: 'node-sa-permissions',
    confidence: 0.55,
    evidence: [{ asked: TELEMETRY, answered: 'denied' }],
    unless: ['*.svc.id.goog*', '*gcp-sa-gkenode*', 'service-<number>@*', '*.iam.gserviceaccount*'],
  },
  {
    problem: 'node-sa-recommender',
    confidence: 0.85,
    evidence: [
      {
        who: 'google.container.diagnosisrecommender',
        answered: ['no recommendations', 'denied', 'failed', 'error', 'active', 'not found'],
      },
      {
        asked: ['recommender.containerdiagnosisrecommendations.*', 'recommender.containerdiagnosisinsights.*'],
        answered: [...LACKS, 'denied'],
      },
      {
        who: 'google.networkanalyzer.container.serviceaccountinsight',
        answered: ['denied', 'active', 'disabled', 'missing'],
      },
    ],
  },
  {
    problem: 'image-pull',
    confidence: 0.94,
    evidence: [
      { who: NOT_PULLED, asked: GOOGLE_REGISTRY, answered: REGISTRY_REFUSED },
      {
        asked: 'artifactregistry.repositories.downloadartifacts',
        answered: ['denied', 'does not have', 'missing', 'lacks', 'required'],
      },
      { who: GOOGLE_REGISTRY, answered: 'pulling from host * failed with status code … (403|401)' },
      {
        who: GOOGLE_REGISTRY,
        asked: ['failed to fetch oauth token', 'failed to authorize', 'failed to fetch anonymous token'],
        answered: ['403', '401', 'forbidden'],
      },
      {
        who: ['error response from daemon', 'failed to resolve reference', 'pull access'],
        asked: GOOGLE_REGISTRY,
        answered: ['denied', '403', 'token exchange failed', 'unauthorized'],
      },
      { asked: GOOGLE_REGISTRY, answered: 'unauthenticated requests do not have permission' },
    ],
    unless: ['*uploadartifacts*', 'docker push', 'push'],
  },
  {
    problem: 'kms-key',
    confidence: 0.95,
    evidence: [
      { answered: 'cloud kms error when using key' },
      { answered: ['cloud_kms_key_error', 'cloud_kms_key_destroyed'] },
      {
        who: [
          'service-<number>@container-engine-robot*',
          'service-<number>@compute-system*',
          'compute engine service agent',
          'kubernetes engine service agent',
        ],
        asked: [
          'cloudkms.cryptokeyversions.usetoencrypt',
          'cloudkms.cryptokeyversions.usetodecrypt',
          'roles/cloudkms.cryptokeyencrypterdecrypter',
        ],
        answered: LACKS,
      },
      {
        who: ['kms key', 'kms', 'cryptokeys/*', '*/cryptokeys/*', '*/cryptokeyversions/*'],
        asked: [
          'node pool*',
          'nodepool*',
          'cluster',
          'disk',
          'boot disk',
          'etcd',
          'database encryption',
          'databaseencryption',
          'application-layer secrets*',
          'instance',
        ],
        answered: [
          'current state is (disabled|destroyed|destroy_scheduled)',
          'is not enabled',
          '(is|was|been) (disabled|destroyed)',
          'cannot be used',
          'scheduled for destruction',
          'denied',
        ],
      },
    ],
    unless: ['sops', 'failed to decrypt sops*', 'vault'],
  },
];
