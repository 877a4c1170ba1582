/** How kubectl and the Kubernetes clients get a token for GKE: the plugin, and the method before it (docs/domain/callers.md). */
import type { Recognizer } from '../recognizer.ts';

const NAME = 'gke-gcloud-auth-plugin*';
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

export const PLUGIN: readonly Recognizer[] = [
  {
    problem: 'kubeconfig-auth-plugin',
    confidence: 0.95,
    evidence: [
      { answered: 'gcp auth plugin has been removed', variant: 'provider' },
      {
        who: ['auth provider', 'authprovider', 'auth-provider', 'auth provider found for'],
        asked: 'gcp',
        answered: ['no', 'unknown', 'unsupported', 'not found', 'not supported', 'unimplemented', 'deprecated'],
        variant: 'provider',
      },
      { who: NAME, answered: NOT_RUN },
      { answered: 'command not found gke-gcloud-auth-plugin' },
      {
        who: ['gcloud.components.install', 'gcloud.components.update'],
        asked: '*gke-gcloud-auth-plugin*',
        answered: 'component manager is disabled',
      },
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
        variant: 'versions',
      },
      {
        asked: ['getting credentials', 'decoding stdout', 'exec plugin'],
        answered: ['decoding stdout', 'couldnt get version/kind', 'json parse error', 'no kind'],
        variant: 'versions',
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
        variant: 'provider',
      },
      { who: 'auth exec command', answered: ['failed', 'no such file', 'not found', 'unable to run'] },
    ],
    where: { otherCluster: false },
  },
  {
    problem: 'kubeconfig-auth-plugin',
    confidence: 0.75,
    evidence: [
      { who: NAME, answered: ['failed with exit code', 'exit (status|code)', 'panic'] },
      { answered: 'error executing access token command' },
    ],
    where: { otherCluster: false, gke: true },
    // The plugin is there and ran, for it wrote a log line of its own (klog's, fatal): it has no credentials to give.
    unless: ['print credential failed', 'exit code <number> f<number>'],
  },
  { problem: 'kubeconfig-auth-plugin', confidence: 0.6, evidence: [{ answered: 'gcp auth plugin is deprecated' }] },
];
