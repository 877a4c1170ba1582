/** What a caller may do at Google's APIs: reach a cluster, use a resource (docs/domain/callers.md, docs/domain/resources.md). */
import type { Recognizer } from '../recognizer.ts';

const CLUSTER_PERMISSION = ['container.clusters.*', 'container.operations.*', 'container.nodepools.*'];
/** Pages and services of Google that answer with the same page. */
const OTHER_SITES = [
  '*storage.googleapis*',
  '*storage.cloud*',
  '*gcr.io*',
  '*docker.pkg.dev*',
  '*run.app*',
  '*appspot*',
  'drive*',
  '*drive.google*',
  '*docs.google*',
  'sheets',
  'youtube',
  'maps',
  'gmail',
  '*play.google*',
  '*accounts.google*',
];

export const CLUSTER_ACCESS: readonly Recognizer[] = [
  {
    problem: 'caller-clusters-get',
    confidence: 0.94,
    evidence: [
      { answered: ['required container.* permission', 'requires container.* permission'] },
      {
        asked: CLUSTER_PERMISSION,
        answered: [
          'denied',
          'is required',
          'required',
          'missing',
          'lacks',
          'does not have',
          'do not have',
          'requires',
          'needs',
          'granted false',
          'permission_denied',
          'が必要',
          'がありません',
          '不足している権限',
          '必要な権限',
          '権限',
        ],
      },
    ],
    unless: [
      'container.hostserviceagent.use',
      'is forbidden user *',
      'requires one of container.*',
      'cannot * resource',
      'has not been used in project',
      'constraints/*',
    ],
  },
  {
    problem: 'caller-clusters-get',
    confidence: 0.85,
    evidence: [{ answered: 'error 403 forbidden 1' }, { who: '*.gke.goog*', answered: ['403', 'forbidden'] }],
    where: [{ gke: true }, { kubernetes: true }],
    unless: [...OTHER_SITES, 'is forbidden user *', 'forbidden user *'],
  },
  {
    problem: 'caller-clusters-get',
    confidence: 0.55,
    evidence: [{ answered: 'error 403 forbidden 1' }],
    unless: OTHER_SITES,
  },
  {
    problem: 'caller-clusters-get',
    confidence: 0.65,
    evidence: [
      {
        who: 'gcloud.(beta.|alpha.)?container.*',
        asked: 'code 403',
        answered: ['project lookup error', 'permission denied on resource', 'the caller does not have permission'],
      },
      { answered: 'get-gke-credentials failed with (the caller does not have permission|permission denied|forbidden)' },
      {
        who: ['*container.googleapis.com*', 'clustermanager*', 'google_container_*'],
        answered: ['the caller does not have permission', 'permission denied on resource project*'],
      },
    ],
    unless: ['*gkehub*', 'quota', 'google_service_account_*'],
  },
  {
    problem: 'cluster-not-found',
    confidence: 0.94,
    evidence: [
      { answered: 'not found projects/*/clusters/*' },
      { answered: 'no cluster named' },
      { who: 'the resource projects/*/(zones|locations)/*/clusters/*', answered: ['was not found', 'not found'] },
      {
        asked: 'projects/*/(zones|locations)/*/clusters/*',
        answered: ['does not exist', 'could not be found', 'が見つかりません'],
      },
      {
        answered: ['could not find * in *', 'did you mean * in *'],
        who: ['gcloud*', 'cluster', 'not found projects/*'],
      },
      { who: 'クラスタ', answered: ['見つかりません', '存在しません'] },
    ],
    where: { otherService: false },
  },
  {
    problem: 'cluster-not-found',
    confidence: 0.7,
    evidence: [
      { who: 'gcloud.(beta.|alpha.)?container.*', answered: 'code 404' },
      {
        who: ['google_container_cluster*', 'get-gke-credentials*'],
        answered: ['error 404 not found', 'error 404', 'not found'],
      },
      {
        asked: '(cluster|clusters) *',
        answered: '(cluster|clusters) * (was )?not found in (project|location|zone|region)',
      },
    ],
    where: { otherService: false },
    unless: ['gaia id', 'account', 'service agent', 'network', 'subnetwork', 'node pool', 'nodepool'],
  },
];

/** Services whose permissions other recognisers know better, or that are no resource of Google's. */
const KNOWN_BETTER = [
  'anonymous caller',
  'unauthenticated request*',
  'insufficient authentication scopes',
  'iam returned',
  'has not been used in project',
  'vpcservicecontrols*',
  'constraints/*',
  'user_project_denied',
  'serviceusage.services.use',
  'is forbidden user *',
  'when acting as <number>@cloudservices*',
  'google compute engine required*',
  'retry budget exhausted',
  '*@container-engine-robot*',
  '*gcp-sa-gkenode*',
  'cloud kms error when using key',
  'permissions_error',
  'instance * creation failed',
];
const RESOURCE_PERMISSION =
  '(storage|secretmanager|pubsub|bigquery|cloudsql|spanner|datastore|firestore|dns|cloudkms|artifactregistry|run|compute|logging|monitoring|cloudfunctions|cloudbuild|redis|aiplatform|dataflow|dataproc|composer|eventarc|cloudtasks|cloudscheduler|workflows|iam|resourcemanager|clouderrorreporting|cloudtrace|cloudprofiler|servicemanagement|servicenetworking|file|bigtable|gkehub|privateca|certificatemanager|networkservices|vision|translate|speech|recaptchaenterprise|firebase|firebaseauth|firebaserules|memcache|appengine|apigee|billing|cloudasset|osconfig|iap|vpcaccess|binaryauthorization|containeranalysis|gkebackup|alloydb|gkemulticloud|networkmanagement|netapp|notebooks|batch|looker|tpu|datacatalog|dataform|datafusion|documentai|healthcare|identitytoolkit|metastore|observability|oslogin|pubsublite|retail|securitycenter|serviceusage|storagetransfer|trafficdirector|transcoder|vmmigration|vpcservicecontrols|websecurityscanner).<permitted>';

export const RESOURCES: readonly Recognizer[] = [
  {
    problem: 'resource-permission',
    confidence: 0.88,
    evidence: [
      {
        asked: RESOURCE_PERMISSION,
        answered: [
          'denied',
          'does not have',
          'doesnt have',
          'do not have',
          'missing',
          'lacks',
          'required',
          'is missing',
          'possibly missing permission',
          'not authorized',
          'permission_denied',
          'requires',
          'needs',
          '権限がありません',
        ],
      },
    ],
    unless: [...KNOWN_BETTER, 'iam.serviceaccounts.*', 'logging.logentries.create … fluentbit*'],
  },
  {
    problem: 'resource-permission',
    confidence: 0.85,
    evidence: [
      {
        who: [
          'pubsub*',
          'pub/sub',
          '*googleapis.com',
          'topic*',
          'subscription*',
          'subscriber',
          'publisher',
          'googleapi error 403',
        ],
        answered: 'user not authorized to perform this action',
      },
      {
        who: ['bigquery*', 'table *', 'dataset *', 'googleapi*', 'access denied'],
        answered: [
          'access denied (table|dataset|project|view|routine) *',
          'user does not have permission to query table',
        ],
      },
      {
        who: ['boss::not_authorized*', 'cloudsql*', 'cloud sql', 'cloud_sql*', 'gcloud.sql.*', 'sqladmin*'],
        answered: [
          'not_authorized',
          'not authorized to access',
          'client is not authorized to make this request',
          'account is not authorized to access it',
        ],
      },
      { answered: 'caller is missing iam permission *' },
      {
        who: ['external-dns', 'externaldns', 'cert-manager', 'cloud dns', 'dns.googleapis.com*', 'clouddns'],
        answered: ['error 403 forbidden forbidden', '403 forbidden'],
      },
      { who: 'google cloud storage (bucket|object)', answered: ['does not have storage.* access', 'does not have'] },
      {
        asked:
          'gcloud.(storage|secrets|pubsub|run|functions|sql|compute|artifacts|kms|dns|spanner|builds|services|projects|iam|logging).*',
        answered: ['does not have permission to access', 'permission_denied the caller does not have permission'],
      },
    ],
    unless: [...KNOWN_BETTER, 'anonymous', 'compute received 403'],
  },
];
