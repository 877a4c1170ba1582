/** The way to the GKE metadata server: name, network, mesh, start-up, its own health (DOMAIN.md, checks 20 to 25). */
import { type Recognizer, sign, signs } from '../recognizer.ts';

const entities = [
  'host',
  'namespace',
  'kubernetesServiceAccount',
  'project',
  'location',
  'cluster',
  'statusCode',
  'nodePool',
] as const;
const SERVER = String.raw`(?:169\.254\.169\.25[24]|metadata\.google\.internal|computemetadata)`;
/** Asked for something, by name or by URL. A bare address that refuses may as well be a mesh whose proxy is not up yet. */
const ASKED = String.raw`(?:https?://169\.254\.169\.25[24]|metadata\.google\.internal|computemetadata|metadata ?server)`;
const ADDRESS = String.raw`169\.254\.169\.25[24]`;
const NAME = String.raw`metadata\.google\.internal`;
const UNRESOLVED = `(?:enotfound|eai_again|no such host|unknownhost|name or service not known|name resolution|name does not resolve|could not resolve|couldnt resolve|cannot resolve|unable to resolve|failed to resolve|not be resolved|nodename nor servname|servname not supported|server misbehaving|nxdomain|servfail|dns resolution failed|resolution failed|getaddrinfo|nameresolutionerror|bad address|名前解決|解決できません)`;
const TIMEOUT = `(?:i/o timeout|timed ?out|timeout|etimedout|deadline exceeded|esockettimedout|ehostunreach|no route to host|network is unreachable|host is unreachable|タイムアウト)`;
const REFUSED = `(?:connection refused|econnrefused|connect call failed|actively refused|connection reset|econnreset|socket hang up|接続が拒否)`;

/** A program that found no credentials, in the words of Google's libraries in five languages. */
const NO_CREDENTIALS = signs(
  'defaultcredentialserror',
  'could ?not (?:automatically determine|load the default|find default) credentials',
  'default credentials (?:were not found|are not available|was not found|could not be found)',
  'application default credentials (?:are not available|were not found|not found|unavailable)',
  // Asked for, not set.
  'google_application_credentials(?!=)',
  'missing required authentication credential',
  'anonymous caller does not have',
  'failed to detect whether we are running on google compute engine',
  'credentials_missing',
  'your credentials were not found',
  'no google (?:application default )?credentials',
);

/** Timeouts of the API server, of a load balancer …: not of the metadata server. */
const LOCAL_ONLY = signs('latest/meta-data', 'latest/api/token');

/** The name was asked for: what timed out is the name server, in Go's words also where only its address is left. */
const ASKED_DNS = signs('lookup metadata', `${NAME} on \\d{1,3}(?:\\.\\d{1,3}){3}:53`);

export const METADATA_SERVER: readonly Recognizer[] = [
  {
    problem: 'wi-metadata-server-oom',
    confidence: 0.95,
    signs: signs(
      'gke-metadata-server-?\\w{0,12}\\d{1,2}/\\d{1,2}(?:crashloopbackoff|oomkilled|error|evicted)',
      'gke-metadata-server.{0,800}?oomkilled',
      'oomkilled.{0,300}?gke-metadata-server',
      'gke-metadata-server.{0,200}?(?:crashloopbackoff|back-off restarting|out of memory|memory limit|evicted)',
      '(?:crashloopbackoff|back-off restarting failed container|out of memory: killed process|killed process|evicted).{0,160}?gke-?metadata-?se',
    ),
    unless: signs('gke-metadata-server-\\w{1,12}1/1running(?!.{0,4000}gke-metadata-server-?\\w{0,12}0/1)'),
    covers: ['wi-metadata-startup', 'wi-netpol-egress'],
    entities,
  },
  {
    problem: 'wi-istio-exclusion',
    confidence: 0.94,
    signs: [
      ...signs(
        'outbound\\|\\d{1,5}\\|[\\w-]{0,40}\\|metadata\\.google\\.internal',
        '(?:blackhole|passthrough)cluster.{0,300}169\\.254\\.169\\.25[24]',
        '169\\.254\\.169\\.25[24].{0,300}(?:blackhole|passthrough)cluster',
        'exclude(?:outbound)?ipranges',
        'holdapplicationuntilproxystarts',
      ),
      sign(`${SERVER}.{0,400}upstream connect error`),
      sign(`upstream connect error.{0,400}${SERVER}`),
    ],
    covers: ['wi-netpol-egress', 'wi-metadata-startup', 'wi-metadata-dns'],
    entities,
  },
  {
    problem: 'wi-istio-exclusion',
    confidence: 0.85,
    signs: [
      sign(`${SERVER}.{0,300}?(?:${TIMEOUT}|${REFUSED}|50[234]|UF|NR|UH)`),
      sign(`(?:${TIMEOUT}|${REFUSED}).{0,300}?${SERVER}`),
      ...NO_CREDENTIALS,
    ],
    when: context => context.mesh && !context.otherMetadata,
    unless: LOCAL_ONLY,
    covers: ['wi-netpol-egress', 'wi-metadata-startup'],
    entities,
  },
  {
    problem: 'wi-metadata-dns',
    confidence: 0.95,
    signs: [
      sign(`${UNRESOLVED}.{0,60}?${NAME}`),
      sign(`${NAME}.{0,120}?${UNRESOLVED}`),
      ...signs(
        'lookup metadata\\.google\\.internal',
        `${NAME} on \\d{1,3}(?:\\.\\d{1,3}){3}:53`,
        'host=metadata\\.google\\.internal.{0,500}(?:name resolution|name or service not known|nodename nor servname|nameresolutionerror)',
        'lookup metadata(?: on|\\.google).{0,100}(?:no such host|i/o timeout|misbehaving)',
        '(?:resolve host|enotfound|unknownhostexception)[:( ]{0,3}metadata(?![\\w.-])',
        'cannotconnecttometadataserverexception.{0,80}(?:resolve|name or service|nodename)',
      ),
    ],
    covers: ['wi-metadata-startup', 'wi-netpol-egress', 'token-invalid'],
    entities,
  },
  {
    problem: 'wi-control-plane-unavailable',
    confidence: 0.93,
    signs: [
      ...signs(
        'gke metadata server(?: encountered an error)?: ?internal (?:server )?error',
        'could not recursively fetch uri',
        'gke-metadata-server.{0,300}dial tcp \\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}:443: ?connect: ?connection refused',
        'dial tcp \\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}:443: ?connect: ?connection refused.{0,300}gke-metadata-server',
        'status code 500 trying to fetch http://(?:169|metadata)',
        'error code 500 trying to get security access token from compute engine metadata',
        'コントロール ?プレーン.{0,40}(?:使用できません|利用できません|使用できない)',
      ),
      sign(
        `${SERVER}.{0,300}?(?:status: ?50[03]|status code:? ?50[03]|50[03] internal|500 internal|503 service|http 500)`,
      ),
    ],
    covers: ['wi-metadata-startup', 'token-invalid'],
    when: context => !context.otherMetadata,
    unless: signs('outbound\\|'),
    entities,
  },
  {
    problem: 'wi-netpol-egress',
    confidence: 0.92,
    signs: [
      sign(`${ADDRESS}(?::\\d{2,5}|,? ?port:? ?=?\\d{2,5})?.{0,160}?${TIMEOUT}`),
      sign(`${TIMEOUT}.{0,160}?${ADDRESS}`),
      sign(
        `(?:failed to connect|unable to connect|cannot connect|couldnt connect).{0,40}${ADDRESS}.{0,60}(?:timed out|timeout|after \\d{1,8} ?ms)`,
      ),
      sign(`network ?polic(?:y|ies).{0,200}${SERVER}`),
    ],
    when: context => !context.otherMetadata,
    unless: [...LOCAL_ONLY, ...ASKED_DNS],
    covers: ['wi-metadata-startup', 'token-invalid'],
    entities,
  },
  {
    problem: 'wi-netpol-egress',
    confidence: 0.8,
    signs: [
      sign(
        `${NAME}.{0,200}?(?:connecttimeout|connect timeout|connection timed out|connect timed out|timed out|i/o timeout|etimedout|deadline exceeded)`,
      ),
      sign(`(?:connecttimeout|connection timed out|connect timed out|i/o timeout|etimedout).{0,160}?${NAME}`),
    ],
    unless: [...ASKED_DNS, ...signs('unavailable on attempt', 'unavailable on? ?attempt')],
    covers: ['wi-metadata-startup', 'token-invalid'],
    entities,
  },
  {
    problem: 'wi-metadata-startup',
    confidence: 0.93,
    signs: signs(
      'failed to wait for metadata server to be available',
      'metadata server unavailable on ?attempt',
      'retry limit exceeded.{0,80}metadata server',
      'メタデータ ?サーバー.{0,60}(?:準備|起動|応答しません|利用できません)',
    ),
    when: context => !context.otherMetadata,
    entities,
  },
  {
    problem: 'wi-metadata-startup',
    confidence: 0.8,
    signs: [...NO_CREDENTIALS, sign(`${ASKED}.{0,200}?${REFUSED}`), sign(`${REFUSED}.{0,160}?${ASKED}`)],
    when: context => !context.otherMetadata && !(context.hands && !context.metadata && !context.kubernetes),
    unless: [...LOCAL_ONLY, ...signs('missing required header', 'neither credentials nor access_token')],
    entities,
  },
  {
    problem: 'wi-control-plane-unavailable',
    confidence: 0.65,
    signs: [
      sign(
        String.raw`(?:get|post|put|patch|delete|watch)?:? ?https://(\d{1,3}(?:\.\d{1,3}){3})(?::443)?/(?:api|apis|openapi|version|healthz|livez|readyz)[^ ]{0,200}?: ?dial tcp \1:443: ?connect: ?connection refused`,
      ),
      sign(String.raw`the connection to the server \d{1,3}(?:\.\d{1,3}){3} was refused`),
      sign(
        String.raw`dial tcp (?!10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[789]\d|1[01]\d|12[0-7])\.|0\.)\d{1,3}(?:\.\d{1,3}){3}:443: ?connect: ?connection refused`,
      ),
    ],
    when: context => !context.otherCluster && !context.otherMetadata,
    unless: signs(
      'failed calling webhook',
      '\\.svc[:/]',
      '10\\.96\\.0\\.1',
      'registry|docker\\.io|ghcr\\.io|quay\\.io|failed to pull',
      'https?://(?!\\d|(?:[\\w-]{1,80}\\.){1,6}gke\\.goog|metadata)[a-z][\\w.-]{2,100}\\.[a-z]{2,10}[:/].{0,200}dial tcp',
    ),
    entities: ['host', 'location', 'cluster', 'project', 'statusCode'],
  },
];
