/** A workload's identity: pool, annotation, binding, node pool mode (DOMAIN.md, checks 15 to 19). */
import { type Recognizer, sign, signs } from '../recognizer.ts';

const entities = [
  'iamServiceAccount',
  'kubernetesServiceAccount',
  'namespace',
  'project',
  'projectNumber',
  'permission',
  'principal',
  'location',
  'cluster',
  'nodePool',
  'statusCode',
  'role',
  'resource',
  'host',
] as const;
const COVERED = [
  'token-invalid',
  'wi-metadata-startup',
  'impersonation-denied',
  'node-sa-state',
  'caller-clusters-get',
] as const;
const METADATA_URL = String.raw`(?:computemetadata/v1|metadata\.google\.internal|169\.254\.169\.25[24])`;
const ANNOTATION = String.raw`iam\.gke\.io/gcp-service-account`;

export const WORKLOADS: readonly Recognizer[] = [
  {
    problem: 'wi-workload-pool',
    confidence: 0.95,
    signs: signs(
      'identity (?:pool|namespace) does not exist',
      'workload identity (?:federation for gke )?(?:is )?(?:not enabled|disabled|must be enabled|needs to be enabled|isnt enabled|not configured|has to be enabled)',
      '(?:requires?|without|enable) workload identity (?:federation )?(?:to be )?(?:enabled )?(?:on|for|in) (?:the|this) cluster',
      'workload_?metadata.{0,80}(?:requires?|without|unless|only).{0,40}workload ?(?:identity|pool)',
      'gke_metadata.{0,80}(?:requires?|without|unless|cannot|only|not).{0,80}workload ?(?:identity|pool)',
      'workloadidentityconfig(?:\\.workloadpool)?.{0,30}(?:is empty|not set|missing|must be)',
      'invalid_target.{0,400}(?:svc\\.id\\.goog|identitybindingtoken)',
      'svc\\.id\\.goog.{0,400}invalid_target',
      'identitybindingtoken.{0,120}404|idbindtoken.{0,80}404',
      'id プールが存在しません|workload identity.{0,40}(?:有効になっていません|無効です|有効にする必要)',
    ),
    unless: signs('workloadidentitypools/[\\w-]{1,60}/providers/(?!.{0,80}svc\\.id\\.goog)'),
    covers: COVERED,
    entities,
  },
  {
    problem: 'wi-ksa-annotation',
    confidence: 0.94,
    signs: [
      ...signs(
        'iam returned 404',
        'iam returned 400.{0,200}(?:invalid form of account|invalid)',
        'unable to generate access token.{0,40}404',
        `${ANNOTATION}.{0,100}(?:invalid|missing|not (?:set|found|present)|does not exist|must|malformed|no such|not a valid|ありません|無効)`,
        `(?:invalid|missing|not set|no|malformed|could not find|expected|without|lacks).{0,60}(?:annotation )?${ANNOTATION}`,
        'unknown service account.{0,200}workload identity',
      ),
      sign(`${METADATA_URL}.{0,300}gaia id not found`),
      sign(`gaia id not found.{0,300}(?:workload identity|${METADATA_URL})`),
    ],
    covers: [...COVERED, 'wi-gsa-binding', 'wi-nodepool-metadata-mode', 'cluster-not-found'],
    entities,
  },
  {
    problem: 'wi-gsa-binding',
    confidence: 0.95,
    signs: [
      ...signs(
        'iam returned 403',
        'missing iam policy binding on the target iam service account',
        '/namespaces/[\\w.-]{1,80}\\.svc\\.id\\.goog with additional claims does not have',
        'svc\\.id\\.goog(?:\\[[\\w/.-]{3,160}\\])?.{0,40}?(?:does not have|denied|lacks|is missing|not authorized|権限)',
        'workloadidentitypools/[\\w.-]{1,60}\\.svc\\.id\\.goog/.{0,300}(?:denied|does not have|permission|not authorized)',
        '(?:denied|does not have|permission).{0,300}principal(?:set)?://iam\\.googleapis\\.com/projects/\\d{1,20}/locations/global/workloadidentitypools/[\\w.-]{1,60}\\.svc\\.id\\.goog',
        'error code 403 trying to get security access token from compute engine metadata',
        'compute: received 403',
        'status code 403.{0,400}gcp-metadata/',
        'status code 403 trying to fetch http://(?:169|metadata)',
        '(?:status(?: code)?:?|http|error) ?403.{0,80}http://(?:169\\.254\\.169\\.254|metadata\\.google\\.internal)/computemetadata/v1/instance/service-accounts/',
      ),
      sign(`${METADATA_URL}.{0,400}(?:status: ?403|403 forbidden|status code:? ?403|403 \\(forbidden\\))`),
    ],
    unless: signs(
      'missing required header',
      'insufficient authentication scopes',
      // Cut off where the name of a disabled API may follow.
      'returned 403 forbidden:(?:i|ia|iam.{0,60})?$',
    ),
    covers: COVERED,
    entities,
  },
  {
    problem: 'wi-gsa-binding',
    confidence: 0.9,
    signs: signs(
      'iam\\.serviceaccounts\\.get(?:accesstoken|openidtoken).{0,60}(?:denied|permission|required)',
      '(?:permission|denied).{0,40}iam\\.serviceaccounts\\.get(?:accesstoken|openidtoken)',
    ),
    when: context => context.metadata,
    unless: signs(
      'failed to impersonate',
      'unable to acquire impersonated',
      'impersonated_credentials',
      'google-github-actions',
    ),
    covers: COVERED,
    entities,
  },
  {
    problem: 'wi-gsa-binding',
    confidence: 0.6,
    signs: signs(
      'iam\\.serviceaccounts\\.get(?:accesstoken|openidtoken).{0,60}(?:denied|permission)',
      '(?:permission|denied).{0,40}iam\\.serviceaccounts\\.get(?:accesstoken|openidtoken)',
    ),
    when: context => !context.hands,
    // An audit log says who it was; without that part of it nobody can know.
    unless: signs('protopayload'),
    covers: COVERED,
    entities,
  },
  {
    problem: 'wi-nodepool-metadata-mode',
    confidence: 0.93,
    signs: [
      ...signs(
        'gce metadata /?instance/service-accounts/[^\\s]{0,300}? not defined',
        'gce metadata /?[\\w/.-]{1,200}identity\\?.{0,200}not defined',
        'mode: ?gce_metadata(?:_server)?(?:[^\\w]|$)|workloadmetadata(?:config)?.{0,40}gce_metadata',
        'error code 404 trying to get security access token from compute engine metadata.{0,80}(?:may be because|possible that|permission scopes)',
        'iam\\.gke\\.io/gke-metadata-server-enabled.{0,200}(?:didnt match|did not match|unschedulable|nodes? (?:are )?available|not match)',
        '(?:didnt match|unschedulable|nodes are available).{0,300}iam\\.gke\\.io/gke-metadata-server-enabled',
        'status code 404 trying to fetch http://(?:169|metadata)',
        'fetching access token failed.{0,160}404',
        'ワークロード ?メタデータ.{0,60}gce_metadata',
      ),
      sign(
        `${METADATA_URL}[\\w/.?=:&%-]{0,200}service-accounts/.{0,300}?(?:status: ?404 ?response: ?n?b?(?:not|the|404|<)|404 not found|status code:? ?404|http 404)`,
      ),
    ],
    unless: signs(
      'iam returned',
      'missing required header',
      '/namespaces/',
      'response: ?n?b?(?:unable|u?n?a?b?l?e?[^a-z]{0,6}$)',
    ),
    covers: ['wi-metadata-startup', 'token-invalid'],
    entities,
  },
];
