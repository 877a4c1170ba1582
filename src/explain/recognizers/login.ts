/** The caller's own way in: their credentials, the kubectl plugin, the API server's 401 (DOMAIN.md, checks 1 and 2; issue 8's `token-invalid`). */
import { type Recognizer, sign, signs } from '../recognizer.ts';

const PLUGIN = 'gke-gcloud-auth-plugin';
const ABSENT = String.raw`(?:was not found|not found|not installed|is not executable|no such file|not recognized|cannot find|could ?not find|does not exist|missing|not in(?: your)? \$?path|exec format error|permission denied|is required|needed for continued use|見つかりま|見つからな|インストールされていま|インストールされていな)`;
const OTHER_ISSUER = signs(
  'aadsts',
  'microsoftonline',
  'keycloak',
  'okta\\.com',
  'auth0',
  'salesforce',
  'amazonaws',
  'cognito',
  'gitlab\\.com/oauth',
  'www-authenticate:bearerrealm',
  'dex',
);
/** Messages whose first words sound like an expired token, but that say in the same breath what else it is. */
const OTHER_CAUSE = signs(
  'computemetadata',
  'failed to retrieve http://metadata',
  'gce metadata',
  'getaccesstoken',
  'unable to acquire impersonated',
  'failed to impersonate',
  'account has been disabled by admin',
);

export const TOKEN: readonly Recognizer[] = [
  {
    problem: 'token-invalid',
    confidence: 0.93,
    signs: signs(
      'invalid_rapt|rapt_required',
      'reauth(?:entication)? (?:related error|failed|is? ?required|is needed|required)',
      'token has been expired or revoked',
      'request had invalid authentication credentials',
      'access_token_expired',
      'access_token_type_unsupported',
      'does not have any valid credentials',
      'you do not currently have an active account selected',
      'refresh token is invalid|refresh token has (?:expired|been revoked)|authpermanentfail',
      'invalid jwt signature|invalid jwt: token must be',
      'oauth2: token expired and refresh token is not set',
      'invalid_grant.{0,40}(?:bad request|account not found|token|not a valid email|malformed|stale)',
      '(?:再認証が必要|認証情報の有効期限が切れ|トークンの有効期限が切れ|トークンが取り消され)',
    ),
    unless: [...OTHER_ISSUER, ...signs('computemetadata/v1.{0,200}(?:status: ?[45]|iam returned)')],
    covers: ['cluster-auth-401', 'kubeconfig-auth-plugin', 'wi-metadata-startup', 'caller-clusters-get'],
    entities: ['principal', 'statusCode', 'project', 'service'],
  },
  {
    problem: 'token-invalid',
    confidence: 0.85,
    signs: signs(
      'invalid_grant',
      'oauth2: cannot fetch token: ?40[01]',
      // What follows says why: the metadata server, impersonation, or the caller's own login.
      'there was a problem (?:refreshing|reauthenticating).{0,60}auth tokens.{0,120}(?:reauth|expired|revoked|bad request|invalid_|gcloud auth login)',
      '(?:401|403|googleapi: ?error ?401)[:,.]? invalid credentials',
      'invalid credentials.{0,12}autherror',
      'error:? ?invalid_token.{0,60}(?:invalid value|error_description)',
      'invalid value,? ?error: ?invalid_token',
      'tokeninfo.{0,400}invalid_token',
      'failed to retrieve access token:? ?:? ?failure while executing gcloud',
      'please run: ?\\$ ?gcloud auth login',
      'no credentialed accounts',
      'you are not currently authenticated',
    ),
    unless: [...OTHER_ISSUER, ...OTHER_CAUSE],
    when: context => !context.metadata,
    covers: ['cluster-auth-401', 'kubeconfig-auth-plugin', 'wi-metadata-startup'],
    entities: ['principal', 'statusCode', 'project', 'service'],
  },
  {
    problem: 'token-invalid',
    confidence: 0.6,
    signs: signs(
      'attempted to load application default credentials since neither',
      'unable to authenticate.{0,40}gcloud auth (?:application-default )?login',
      'gcloud auth application-default login',
    ),
    unless: [...OTHER_ISSUER, ...OTHER_CAUSE, ...signs('requires a quota project', 'quota project')],
    when: context => !context.metadata && context.hands,
    covers: ['wi-metadata-startup'],
    entities: ['principal', 'project', 'statusCode'],
  },
];

export const LOGIN: readonly Recognizer[] = [
  {
    problem: 'kubeconfig-auth-plugin',
    confidence: 0.95,
    signs: [
      ...signs(
        'gcp auth plugin has been removed',
        '(?:no|unknown|unsupported) auth ?provider (?:found )?(?:for|named|with)? ?(?:name)? ?[:=]? ?gcp',
        'auth ?provider (?:named? )?gcp (?:is )?(?:not (?:found|supported)|unsupported)',
        `executable ${PLUGIN} not found`,
      ),
      sign(`${PLUGIN}(?:\\.exe)?.{0,80}?${ABSENT}`),
      sign(`(?:${ABSENT}|action required|install|exec|fork/exec|command).{0,40}?${PLUGIN}.{0,40}?${ABSENT}`),
      ...signs(
        `action required: ?${PLUGIN}`,
        `install ${PLUGIN} for use with kubectl`,
        `unable to (?:find|locate|run) ${PLUGIN}`,
        `command not found: ${PLUGIN}|${PLUGIN}: command not found`,
      ),
    ],
    covers: ['cluster-auth-401'],
    entities: ['cluster', 'location', 'project', 'host'],
  },
  {
    problem: 'kubeconfig-auth-plugin',
    confidence: 0.75,
    signs: signs(
      `executable ${PLUGIN} failed with exit code`,
      `${PLUGIN}.{0,120}(?:exit (?:status|code)|panic:)`,
      'error executing access token command',
      'exec plugin: invalid apiversion client\\.authentication\\.k8s\\.io/v1alpha1',
      'exec plugin is configured to use api version',
    ),
    when: context => !context.otherCluster && context.gke,
    // The plugin is there and ran, for it wrote a log line of its own (klog's, fatal): it has no credentials to give.
    unless: signs('print credential failed', 'exit code \\d{1,3}\\s?F\\d{4}'),
    entities: ['cluster', 'location', 'project', 'host'],
  },
  {
    problem: 'kubeconfig-auth-plugin',
    confidence: 0.75,
    signs: signs('error executing access token command.{0,200}config-helper'),
    entities: ['cluster', 'location', 'project', 'host'],
  },
  {
    problem: 'cluster-auth-401',
    confidence: 0.9,
    signs: signs(
      'you must be logged in to the server',
      'asked for the client to provide credentials',
      'サーバー?にログインする必要があります',
    ),
    when: context => !context.otherCluster,
    entities: ['cluster', 'location', 'project', 'host', 'statusCode', 'principal'],
  },
  {
    problem: 'cluster-auth-401',
    confidence: 0.85,
    signs: signs(
      'message: ?unauthorized, ?reason: ?unauthorized',
      'kind: ?status.{0,200}reason: ?unauthorized',
      'reason: ?unauthorized.{0,80}code: ?401',
      '\\(401\\) ?reason: ?unauthorized',
      'http-code: ?401 ?message: ?unauthorized',
      'error from server \\(unauthorized\\)',
      'failed to (?:list|watch|get|create|update|patch|load).{0,80}: ?unauthorized(?![\\w])',
      'server api group list: ?unauthorized',
      'unauthorized! ?configured service ?account',
      'message: ?unauthorized!? ?',
      'invalid status code unauthorized',
      'error: ?unauthorized(?:with|on|$|[^\\w:])',
      'unauthorized with (?:kubernetes|helm)_',
      'kubernetes cluster unreachable: ?unauthorized',
      'invalid bearer token',
    ),
    when: context => context.kubernetes && !context.otherCluster,
    unless: signs(
      'docker\\.io',
      'errimagepull|imagepullbackoff|failed to pull image',
      'registry',
      'www-authenticate: ?bearer realm',
      'api\\.github\\.com',
      ':10250',
      'invalid authentication credentials',
    ),
    entities: ['cluster', 'location', 'project', 'host', 'statusCode', 'principal'],
  },
  {
    problem: 'kubeconfig-auth-plugin',
    confidence: 0.6,
    signs: signs('gcp auth plugin is deprecated'),
    covers: [],
    entities: ['cluster', 'location', 'project', 'host'],
  },
];
