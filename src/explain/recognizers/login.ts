/** The caller's own way to a cluster: credentials, kubectl's plugin, kubeconfig, the network (docs/domain/callers.md, reachability.md). */
import type { Recognizer } from '../recognizer.ts';
import { REFUSED, TIMED_OUT, UNRESOLVED } from './answers.ts';

/** Servers of other vendors that speak OAuth too. */
const OTHER_ISSUER = [
  'aadsts*',
  '*microsoftonline*',
  'keycloak',
  '*okta*',
  'auth0*',
  'salesforce',
  '*amazonaws*',
  'cognito*',
  'gitlab.com/oauth*',
  'bearer realm',
  'dex',
  '*github app*',
  'github app',
  'argocd',
  'docker*',
];
/** Messages whose first words sound like an expired token, but that say in the same breath what else it is. */
const OTHER_CAUSE = [
  '*computemetadata*',
  'failed to retrieve http*metadata*',
  'gce metadata',
  '*getaccesstoken',
  'unable to acquire impersonated',
  'failed to impersonate',
  'account has been disabled by admin',
  'id token',
  '*workloadidentitypools*',
  'subject token',
];

export const TOKEN: readonly Recognizer[] = [
  {
    problem: 'token-invalid',
    confidence: 0.93,
    evidence: [
      { answered: ['invalid_rapt', 'rapt_required'] },
      { answered: '(reauth|reauthentication) (related error|failed|is required|required|is needed|challenge)' },
      { answered: 'token has been expired or revoked' },
      { answered: 'had invalid authentication credentials' },
      { answered: ['access_token_expired', 'access_token_type_unsupported'] },
      { answered: 'does not have any valid credentials' },
      { answered: 'you do not currently have an active account selected' },
      { answered: 'refresh token (is invalid|has expired|has been revoked)' },
      { answered: '*authpermanentfail*' },
      { asked: 'invalid jwt', answered: ['invalid jwt signature', 'invalid jwt token must be'] },
      {
        asked: 'invalid_grant',
        answered: [
          'bad request',
          'account not found',
          'token',
          'not a valid email',
          'malformed',
          'stale',
          'account has been deleted',
        ],
      },
      { answered: ['再認証が必要', '認証情報の有効期限が切れ', 'トークンの有効期限が切れ', 'トークンが取り消され'] },
    ],
    unless: [...OTHER_ISSUER, ...OTHER_CAUSE],
  },
  {
    problem: 'token-invalid',
    confidence: 0.85,
    evidence: [
      { answered: 'invalid_grant' },
      { answered: 'oauth2 cannot fetch token (400|401)' },
      // What follows says why: the metadata server, impersonation, or the caller's own login.
      {
        answered:
          'there was a problem (refreshing|reauthenticating) … auth tokens … (reauth*|expired|revoked|bad request|invalid_*|gcloud auth login)',
      },
      { who: ['401', '403', 'googleapi error 401', 'autherror'], answered: 'invalid credentials' },
      { asked: 'invalid_token', answered: ['invalid value', 'error_description'] },
      { asked: 'tokeninfo*', answered: 'invalid_token' },
      { answered: 'failed to retrieve access token … failure while executing gcloud' },
      { answered: 'please run gcloud auth login' },
      { answered: ['no credentialed accounts', 'you are not currently authenticated', 'your credentials are invalid'] },
    ],
    unless: [...OTHER_ISSUER, ...OTHER_CAUSE],
    where: { pod: false },
  },
  {
    problem: 'token-invalid',
    confidence: 0.6,
    evidence: [
      { answered: 'attempted to load application default credentials since neither' },
      {
        asked: 'gcloud auth (application-default )?login',
        answered: [
          'unable to authenticate',
          'could not find default credentials',
          'credentials were not found',
          'not authenticated',
        ],
      },
    ],
    unless: [...OTHER_ISSUER, ...OTHER_CAUSE, 'quota project'],
    where: { pod: false, hands: true },
  },
];

const PLUGIN = 'gke-gcloud-auth-plugin*';
const NOT_RUN = [
  '(was |is )?not found',
  'not installed',
  'is not executable',
  'no such file',
  'not recognized',
  'cannot find',
  '(could not|couldnt|cant) find',
  'unable to (find|locate|run)',
  'does not exist',
  'missing',
  'not in (your )?path',
  'exec format error',
  'permission denied',
  'is required',
  'needed for continued use',
  'action required',
  'unable to locate package',
  'enoent',
  'cannot run program',
  '見つかりま',
  '見つからな',
  'インストールされていま',
  'インストールされていな',
];
const EXEC_API = ['client.authentication.k8s.io*', 'execcredential*', 'exec plugin'];

export const PLUGIN_PROBLEMS: readonly Recognizer[] = [
  {
    problem: 'kubeconfig-auth-plugin',
    confidence: 0.95,
    evidence: [
      { answered: 'gcp auth plugin has been removed' },
      {
        who: ['auth provider', 'authprovider', 'auth-provider', 'auth provider found for'],
        asked: 'gcp',
        answered: ['no', 'unknown', 'unsupported', 'not found', 'not supported', 'unimplemented', 'deprecated'],
      },
      { who: PLUGIN, answered: NOT_RUN },
      { answered: 'command not found gke-gcloud-auth-plugin' },
    ],
    unless: ['print credential failed', 'exit code <number> f<number>'],
  },
  {
    problem: 'kubeconfig-auth-plugin',
    confidence: 0.9,
    evidence: [
      {
        who: EXEC_API,
        answered: [
          'plugin returned version',
          'invalid apiversion',
          'is configured to use api version',
          'no kind * is registered',
          'no kind execcredential',
          'no matches for kind',
        ],
      },
      {
        asked: ['getting credentials', 'decoding stdout', 'exec plugin'],
        answered: ['decoding stdout', 'couldnt get version/kind', 'json parse error', 'no kind'],
      },
      {
        asked: ['getting credentials exec executable', 'getting credentials exec'],
        who: ['gcloud', '*/gcloud'],
        answered: NOT_RUN,
      },
      {
        asked: '*config-helper*',
        answered: [
          'no such file',
          'not found',
          'enoent',
          'executable file not found',
          'exit status 127',
          'error executing access token command',
        ],
      },
      {
        who: ['gcpauthenticator*', '*gcpauthenticator*', '*gcp_auth*', '_load_gcp_token', '_refresh_gcp_token'],
        answered: ['unimplemented', 'error', 'exception', 'unsupported', 'failed'],
      },
      { who: 'auth exec command', answered: ['failed', 'no such file', 'not found', 'unable to run'] },
    ],
    where: { otherCluster: false },
  },
  {
    problem: 'kubeconfig-auth-plugin',
    confidence: 0.75,
    evidence: [
      { who: PLUGIN, answered: ['failed with exit code', 'exit (status|code)', 'panic'] },
      { answered: 'error executing access token command' },
    ],
    where: { otherCluster: false, gke: true },
    // The plugin is there and ran, for it wrote a log line of its own (klog's, fatal): it has no credentials to give.
    unless: ['print credential failed', 'exit code <number> f<number>'],
  },
  { problem: 'kubeconfig-auth-plugin', confidence: 0.6, evidence: [{ answered: 'gcp auth plugin is deprecated' }] },
];

const LOCAL_PORT = [
  'localhost:8080*',
  '127.0.0.1:8080',
  'localhost:80',
  '127.0.0.1:80',
  'http://localhost/*',
  'localhost port (80|8080)',
  '127.0.0.1 port (80|8080)',
];
const KUBERNETES_PATH = [
  '*/api/v1*',
  '*/apis/*',
  '*/api',
  '*/version',
  '*/openapi*',
  '*/healthz',
  'kubernetes cluster unreachable',
  'connection to the server',
  'couldnt get current server api group list',
  'kubernetes',
];

export const KUBECONFIG: readonly Recognizer[] = [
  {
    problem: 'kubeconfig-missing',
    confidence: 0.93,
    evidence: [
      {
        asked: 'connection to the server (localhost:8080|127.0.0.1:8080)',
        answered: ['was refused', 'refused', ...REFUSED],
      },
      { who: LOCAL_PORT, asked: KUBERNETES_PATH, answered: [...REFUSED, 'refused'] },
      { answered: 'no configuration has been provided' },
      {
        asked: ['kubeconfig', 'kube-config', 'kube config', '*.kube/config'],
        answered: [
          'no such file',
          'not found',
          'does not exist',
          'no configuration found',
          'could not be found',
          'is empty',
          'cannot be found',
          'enoent',
        ],
      },
      { answered: 'unable to load in-cluster configuration' },
      { answered: 'service host/port is not set' },
      { answered: '(current-context|current context) is not set' },
      {
        asked: ['context', 'kube context', 'contexts'],
        answered: [
          'context * does not exist',
          'context was not found for specified context',
          'no context exists with the name',
          'invalid kube-config*',
        ],
      },
      { answered: ['cluster has no server defined', 'no current context', 'failed to infer config'] },
    ],
    where: { otherCluster: false },
    unless: ['docker', 'docker.sock*'],
  },
  {
    problem: 'certificate-untrusted',
    confidence: 0.92,
    evidence: [
      {
        asked: [
          'unable to connect to the server',
          'kubernetes cluster unreachable',
          '*.gke.goog*',
          'https://<ip>*',
          '*/api',
          '*/api/v1*',
          '*/apis/*',
          '*/openapi/*',
          'kubectl',
          'api group',
          'api server',
          'kube-apiserver',
          'get cluster version',
          'kubernetes',
        ],
        answered: [
          'certificate signed by unknown authority',
          'certificate is not trusted',
          'certificate_verify_failed',
          'certificate verify failed',
          'self signed certificate',
          'self-signed certificate',
          'unable to verify the first certificate',
          'unable to get local issuer certificate',
          'unable_to_verify_leaf_signature',
          'depth_zero_self_signed_cert',
          'pkix path building failed',
          'certificate is valid for',
          'unknownissuer',
          'untrusted root',
          'x509 certificate relies on legacy common name',
        ],
      },
      { who: 'candidate authority certificate kubernetes', answered: 'certificate signed by unknown authority' },
    ],
    where: { otherCluster: false },
    unless: [
      'failed calling webhook',
      'webhook',
      'registry',
      'failed to pull image',
      '*docker.io*',
      '*gcr.io*',
      '*docker.pkg.dev*',
      '*.svc*',
      '*:10250*',
      'ldap*',
      'smtp*',
      'git',
      'github.com*',
      '*googleapis.com*',
    ],
  },
  {
    problem: 'api-server-unreachable',
    confidence: 0.88,
    evidence: [
      {
        who: [
          'unable to connect to the server',
          'kubernetes cluster unreachable',
          'couldnt get current server api group list',
          'failed to get api group resources',
        ],
        answered: [...TIMED_OUT, ...REFUSED, ...UNRESOLVED, 'eof', 'tls handshake timeout', 'proxyconnect*'],
      },
      { answered: 'connection to the server <ip>* was refused' },
      { answered: 'connection to the server * was refused' },
      {
        asked: [
          'https://<ip>/api*',
          'https://<ip>/apis*',
          'https://<ip>/version*',
          'https://<ip>/openapi*',
          'https://<ip>/healthz*',
          'https://<ip>/livez*',
          'https://<ip>/readyz*',
          'https://<ip>:443/*',
        ],
        answered: [...TIMED_OUT, ...REFUSED, 'eof', 'tls handshake timeout'],
      },
      { who: '*.gke.goog*', answered: [...TIMED_OUT, ...REFUSED, ...UNRESOLVED, 'eof'] },
      {
        asked: ['*/api/v1/*', '*/apis/*', '*/version timeout*', '*/api timeout*'],
        answered: [
          'i/o timeout',
          'dial tcp <ip>:443 … connection refused',
          'connection timed out',
          'connect timeout',
          'no route to host',
          'tls handshake timeout',
        ],
      },
    ],
    where: { otherCluster: false, otherMetadata: false },
    unless: [
      'failed calling webhook',
      '*.svc:*',
      '*.svc',
      '*:10250*',
      '*docker.io*',
      'failed to pull image',
      '*googleapis.com*',
      'gke-metadata-server*',
      'localhost:8080*',
      '127.0.0.1:8080',
      '*://localhost*',
      '127.0.0.1*',
    ],
  },
];
