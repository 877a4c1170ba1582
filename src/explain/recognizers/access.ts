/** What a caller may do: reach the cluster, act inside it, act as a service account (DOMAIN.md, checks 7, 9 and 14; PRODUCT.md, `impersonation-denied`). */
import { type Recognizer, sign, signs } from '../recognizer.ts';

const CLUSTER_ENTITIES = [
  'project',
  'projectNumber',
  'location',
  'cluster',
  'permission',
  'principal',
  'resource',
  'statusCode',
  'host',
] as const;
const ACT_AS_ENTITIES = [
  'iamServiceAccount',
  'principal',
  'permission',
  'project',
  'projectNumber',
  'role',
  'resource',
  'statusCode',
] as const;
const TOKEN = String.raw`iam\.serviceaccounts\.get(?:accesstoken|openidtoken)`;

/** Refusals of the API server that no role can lift. */
const NOT_RBAC = signs(
  // Azure names people by GUID, AWS by ARN.
  'user [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  'user arn:aws',
  'exceeded quota',
  'admission webhook',
  'denied the request',
  'violates podsecurity',
  'gke warden',
  'no relationship found between node',
  'is forbidden: (?:unable to validate|error looking up|maximum|minimum|no api token)',
  'because it is being terminated',
  'unable to create new content in namespace',
);

const CANNOT =
  '(?:cannot|can ?not) (?:[a-z]{3,16}? (?:resource|path|url)|(?:get|list|watch|create|update|patch|delete|deletecollection|use|proxy|impersonate|bind|escalate) [a-z][\\w./-]{2,80}? (?:in the namespace|at the cluster scope|in namespace))';

export const RBAC: readonly Recognizer[] = [
  {
    problem: 'rbac-forbidden',
    confidence: 0.95,
    signs: [
      sign(`is forbidden: ?user .{1,200}?${CANNOT}`),
      sign(`forbidden: ?user .{1,200}?${CANNOT}`),
      sign(`${CANNOT}.{0,160}?(?:in api group|in the namespace|at the cluster scope)`),
      ...signs(
        'requires one of \\[?container\\.[\\w.]{3,80}\\]? permission',
        'is attempting to grant rbac permissions not currently held',
        'attempt to grant extra privileges',
        'authorization\\.k8s\\.io/decision: ?forbid',
        'cannot (?:list|get|watch|create|update|patch|delete) resource [\\w./-]{2,80} in api group',
      ),
    ],
    unless: NOT_RBAC,
    when: context => !context.otherCluster,
    covers: ['caller-clusters-get', 'cluster-auth-401'],
    entities: [
      'principal',
      'verb',
      'kubernetesResource',
      'apiGroup',
      'namespace',
      'kubernetesServiceAccount',
      'iamServiceAccount',
      'permission',
      'cluster',
      'location',
      'project',
      'statusCode',
      'host',
    ],
  },
];

export const CLUSTER_ACCESS: readonly Recognizer[] = [
  {
    problem: 'caller-clusters-get',
    confidence: 0.94,
    signs: [
      ...signs(
        'required:? \\[?container\\.[\\w.]{3,80}\\]? permission',
        'permissions?:? ?\\[?container\\.(?:clusters|operations|nodepools)\\.[\\w.]{3,40}\\]?.{0,40}(?:denied|is required|required|missing|が必要|がありません)',
        '(?:denied|missing|lacks?|does not have|do not have|requires?|needs?|不足している権限|必要な権限|権限).{0,60}?container\\.clusters\\.(?:get|list|connect|getcredentials|create|update|delete)',
        'container\\.clusters\\.(?:get|list|connect|create|update|delete)」?(?: の|が|に)?.{0,20}(?:権限|アクセス許可)',
        'permission: ?container\\.clusters\\.(?:get|list|connect|getcredentials|create|update|delete).{0,40}granted: ?false',
      ),
      sign('granted: ?false, ?permission: ?container\\.clusters\\.(?:get|list|connect|create|update|delete)'),
      sign('permission_?denied.{0,400}permission: ?container\\.clusters\\.(?:get|list|connect)'),
    ],
    unless: signs('container\\.hostserviceagent\\.use'),
    covers: ['cluster-auth-401', 'cluster-not-found'],
    entities: CLUSTER_ENTITIES,
  },
  {
    problem: 'caller-clusters-get',
    confidence: 0.85,
    signs: signs('error 403 \\(forbidden\\)!!1?', 'gke\\.goog.{0,200}(?:403|forbidden)'),
    when: context => context.gke || context.kubernetes,
    unless: signs('storage\\.googleapis', 'gcr\\.io|docker\\.pkg\\.dev', 'run\\.app', 'appspot', 'is forbidden: ?user'),
    entities: CLUSTER_ENTITIES,
  },
  {
    problem: 'caller-clusters-get',
    confidence: 0.55,
    signs: signs('error 403 \\(forbidden\\)!!1'),
    unless: signs(
      'storage\\.googleapis',
      'storage\\.cloud',
      'gcr\\.io|docker\\.pkg\\.dev',
      'run\\.app',
      'appspot',
      'drive|docs\\.google|sheets|youtube|maps|gmail|play\\.google|accounts\\.google',
    ),
    entities: CLUSTER_ENTITIES,
  },
  {
    problem: 'caller-clusters-get',
    confidence: 0.65,
    signs: signs(
      'gcloud\\.(?:beta\\.|alpha\\.)?container\\.[\\w.-]{1,60}\\).{0,80}code=403.{0,40}(?:project lookup error|permission denied on resource|the caller does not have permission)',
      'get-gke-credentials failed with: ?(?:the caller does not have permission|permission denied|forbidden)',
      'container\\.googleapis\\.com.{0,300}the caller does not have permission',
      'the caller does not have permission.{0,300}(?:clustermanager|google_container_)',
      'permission denied on resource project.{0,200}google_container_',
    ),
    unless: signs('gkehub', 'quota'),
    entities: CLUSTER_ENTITIES,
  },
  {
    problem: 'cluster-not-found',
    confidence: 0.94,
    signs: signs(
      'not found: ?projects/[^\\s]{1,160}?/clusters/[\\w-]{1,60}',
      'no cluster named',
      'projects/[\\w.:*-]{1,64}/(?:zones|locations|regions)/[\\w*-]{1,40}/clusters/[\\w*-]{1,60}(?: was|is)? (?:not found|notfound|does not exist|could not be found|が見つかりません)',
      'could not find \\[[\\w-]{1,60}\\] in \\[[\\w-]{1,40}\\]',
      'did you mean \\[[\\w-]{1,60}\\] in \\[',
      'クラスタ.{0,80}(?:見つかりません|存在しません)',
    ),
    entities: CLUSTER_ENTITIES,
  },
  {
    problem: 'cluster-not-found',
    confidence: 0.7,
    signs: signs(
      'gcloud\\.(?:beta\\.|alpha\\.)?container\\.[\\w.-]{1,60}\\).{0,60}code=404',
      'googleapi: ?error 404: ?not found.{0,200}google_container_cluster',
      'google_container_cluster.{0,160}(?:error 404|not found)',
      '(?:cluster|clusters) [\\w-]{1,60} (?:was )?not found in (?:project|location|zone|region)',
    ),
    unless: signs('gaia id', 'account', 'service agent', 'network|subnetwork'),
    entities: CLUSTER_ENTITIES,
  },
];

/** `getAccessToken` is refused to a workload by the same words: see `recognizers/workloads.ts`. */
export const IMPERSONATION: readonly Recognizer[] = [
  {
    problem: 'impersonation-denied',
    confidence: 0.94,
    signs: signs(
      'does not have access to service account',
      'do not have permission to act as',
      '(?:permission|required|requires?|missing|lacks?|denied|needs?).{0,60}?iam\\.serviceaccounts?\\.actas',
      'iam\\.serviceaccounts?\\.actas.{0,60}(?:denied|permission|required|missing|権限)',
      'service_account_access_denied',
      '(?:failed|unable) to (?:impersonate|acquire impersonated)',
      'impersonate (?:the )?service account.{0,80}(?:denied|403|not authorized|permission)',
      'iam\\.serviceaccounts\\.(?:signblob|signjwt|implicitdelegation).{0,60}(?:denied|required|permission|missing)',
      '(?:permission|required|denied|lacks?).{0,60}iam\\.serviceaccounts\\.(?:signblob|signjwt|implicitdelegation)',
      'サービス ?アカウント.{0,120}(?:として(?:機能|実行|動作)する権限|権限を借用|アクセスする権限がありません)',
    ),
    unless: signs('iam returned 40[34]', 'computemetadata/v1'),
    covers: [
      'token-invalid',
      'wi-gsa-binding',
      'node-sa-state',
      'caller-clusters-get',
      'agent-google-apis-editor',
      'wi-metadata-startup',
    ],
    entities: ACT_AS_ENTITIES,
  },
  {
    problem: 'impersonation-denied',
    confidence: 0.9,
    signs: [
      sign(`${TOKEN}.{0,40}?(?:denied|permission|required|missing)`),
      sign(`(?:permission|required|denied|lacks?|missing).{0,60}?${TOKEN}`),
      ...signs(
        'failed to generate google cloud (?:oauth 2\\.0 )?(?:access|id) token',
        'generateaccesstoken.{0,200}(?:403|permission_denied|denied)',
        'the caller does not have permission.{0,200}google_service_account_(?:access_token|id_token|jwt)',
        'roles/iam\\.serviceaccounttokencreator.{0,80}(?:required|missing|denied|role)',
      ),
    ],
    when: context => context.hands && !context.metadata,
    unless: signs('insufficient authentication scopes'),
    covers: ['token-invalid', 'wi-gsa-binding', 'wi-metadata-startup'],
    entities: ACT_AS_ENTITIES,
  },
];
