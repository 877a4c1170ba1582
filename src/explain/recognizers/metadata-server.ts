/** The way to the GKE metadata server: name, network, mesh, start-up, its own health (docs/domain/workloads.md, network-policies.md). */
import type { Recognizer } from '../recognizer.ts';
import { METADATA_SERVER, REFUSED, TIMED_OUT, UNRESOLVED } from './answers.ts';

const ADDRESS = ['169.254.169.254*', '169.254.169.252*'];
const NAME = '*metadata.google.internal*';
/** Asked for something, by name or by URL. A bare address that refuses may as well be a mesh whose proxy is not up yet. */
const ASKED = ['http*169.254.169.25*', NAME, '*computemetadata*', 'metadata server', 'metadataserver'];
const SERVER_POD = 'gke-metadata-server*';

/** A program that found no credentials, in the words of Google's libraries in five languages. */
const NO_CREDENTIALS = [
  { answered: '*defaultcredentialserror*' },
  { answered: '(could not|couldnt) (automatically determine|load the default|find default) credentials' },
  { answered: 'default credentials (were not found|are not available|was not found|could not be found)' },
  { answered: 'application default credentials (are not available|were not found|not found|unavailable)' },
  {
    asked: 'google_application_credentials',
    answered: ['must be defined', 'not set', 'is not set'],
  },
  { answered: 'missing required authentication credential' },
  { answered: 'anonymous caller does not have' },
  { answered: 'failed to detect whether we are running on google compute engine' },
  { answered: 'credentials_missing' },
  { answered: 'your (default )?credentials were not found' },
  { answered: 'no google (application default )?credentials' },
  { answered: 'unable to detect a project id' },
  {
    asked: 'project id',
    answered: [
      'unable to detect',
      'could not be determined',
      'cannot be determined from the environment',
      'unable to determine',
    ],
  },
] as const;

/** Other metadata servers at the same address. */
const LOCAL_ONLY = ['*latest/meta-data*', '*latest/api/token*'];
/** The name was asked for: what timed out is the name server, in Go's words also where only its address is left. */
const ASKED_DNS = ['lookup metadata*', 'metadata.google.internal* on <ip>:53'];

export const METADATA_SERVER_HEALTH: readonly Recognizer[] = [
  {
    problem: 'wi-metadata-server-oom',
    confidence: 0.95,
    evidence: [
      {
        who: [SERVER_POD, 'gke-metadata-se*'],
        answered: [
          'crashloopbackoff',
          'oomkilled',
          'back-off restarting failed container',
          'back-off restarting',
          'out of memory',
          'memory limit',
          'evicted',
          'killed process',
        ],
      },
      { answered: 'gke-metadata-server* <number>/<number> error' },
    ],
    unless: ['gke-metadata-server* 1/1 running'],
  },
  {
    problem: 'wi-istio-exclusion',
    confidence: 0.94,
    evidence: [
      { answered: 'outbound <number> metadata.google.internal' },
      { who: ['blackholecluster', 'passthroughcluster'], answered: ADDRESS },
      { who: 'upstream connect error', answered: METADATA_SERVER },
      {
        asked: ['*excludeoutboundipranges*', '*excludeipranges*', '*holdapplicationuntilproxystarts*'],
        answered: ['not set', 'missing', 'refused', 'timeout', 'timed out', 'not ready', 'failed'],
      },
    ],
  },
  {
    problem: 'wi-istio-exclusion',
    confidence: 0.85,
    evidence: [
      { who: METADATA_SERVER, answered: [...TIMED_OUT, ...REFUSED, '502', '503', '504', 'uf', 'nr', 'uh'] },
      ...NO_CREDENTIALS,
    ],
    where: { mesh: true, otherMetadata: false },
    unless: LOCAL_ONLY,
  },
  {
    problem: 'wi-metadata-dns',
    confidence: 0.95,
    evidence: [
      { who: NAME, answered: UNRESOLVED },
      { answered: 'lookup metadata.google.internal*' },
      { answered: 'metadata.google.internal* on <ip>:53' },
      { asked: 'lookup metadata*', answered: ['no such host', 'i/o timeout', 'server misbehaving', 'misbehaving'] },
      { answered: '(resolve host|enotfound|unknownhostexception|eai_again) metadata' },
      {
        who: 'cannotconnecttometadataserverexception',
        answered: ['resolve', 'name or service', 'nodename', 'name does not'],
      },
    ],
  },
  {
    problem: 'wi-control-plane-unavailable',
    confidence: 0.93,
    evidence: [
      {
        who: ['gke metadata server', 'gke metadata server encountered an error'],
        answered: 'internal (server )?error',
      },
      { answered: 'could not recursively fetch uri' },
      { who: SERVER_POD, asked: 'dial tcp <ip>:443', answered: 'connection refused' },
      { answered: 'status code 500 trying to fetch http*' },
      { answered: 'error code 500 trying to get security access token from compute engine metadata' },
      {
        who: METADATA_SERVER,
        answered: [
          'status 500',
          'status 503',
          'status code 500',
          'status code 503',
          '500 internal',
          '503 internal',
          '503 service',
          'http 500',
        ],
      },
      { who: 'コントロール プレーン', answered: ['使用できません', '利用できません', '使用できない'] },
    ],
    where: { otherMetadata: false },
    unless: ['outbound <number>'],
  },
  {
    problem: 'wi-netpol-egress',
    confidence: 0.92,
    evidence: [
      { who: ADDRESS, answered: [...TIMED_OUT, 'after <number> ms'] },
      {
        who: ['networkpolicy', 'network policy', 'network policies'],
        asked: METADATA_SERVER,
        answered: ['blocks', 'blocked', 'denies', 'denied', 'not allow*', 'drops', 'dropped'],
      },
    ],
    where: { otherMetadata: false },
    unless: [...LOCAL_ONLY, ...ASKED_DNS],
  },
  {
    problem: 'wi-netpol-egress',
    confidence: 0.8,
    evidence: [{ who: NAME, answered: TIMED_OUT }],
    unless: [...ASKED_DNS, 'unavailable on attempt'],
  },
  {
    problem: 'wi-metadata-startup',
    confidence: 0.93,
    evidence: [
      { answered: 'failed to wait for metadata server to be available' },
      { answered: 'metadata server unavailable' },
      { who: 'metadata server', answered: 'retry limit exceeded' },
      { who: 'メタデータ サーバー', answered: ['準備', '起動', '応答しません', '利用できません'] },
    ],
    where: { otherMetadata: false },
  },
  {
    problem: 'wi-metadata-startup',
    confidence: 0.8,
    evidence: [...NO_CREDENTIALS, { who: ASKED, answered: REFUSED }],
    // In a person's hands it means that nobody signed in, unless something says that it ran in a Pod.
    where: [
      { otherMetadata: false, hands: false },
      { otherMetadata: false, pod: true },
      { otherMetadata: false, kubernetes: true },
    ],
    unless: [
      ...LOCAL_ONLY,
      'missing required header',
      'neither credentials nor access_token',
      'gce metadata instance/service-accounts/*',
    ],
  },
];
