/** What the API server answers to a caller it knows, or doesn't (docs/domain/callers.md, docs/domain/kubernetes-access.md). */
import type { Evidence, Recognizer } from '../recognizer.ts';

const VERB =
  '(get|list|watch|create|update|patch|delete|deletecollection|use|proxy|impersonate|bind|escalate|post|put)';
const CANNOT = [
  `(cannot|can not) ${VERB} (resource|path|url)`,
  `(cannot|can not) ${VERB} * (in the namespace|at the cluster scope|in namespace)`,
];

/** Refusals of the API server that no role can lift. */
const NOT_RBAC = [
  // Azure names people by GUID, AWS by ARN.
  'user <guid>',
  'user arn:aws*',
  'exceeded quota',
  'admission webhook',
  'denied the request',
  'violates podsecurity',
  'gke warden',
  'no relationship found between node',
  'is forbidden (unable to validate|error looking up|maximum|minimum|no api token)',
  'because it is being terminated',
  'unable to create new content in namespace',
];

/** The API server's 401 in the words of kubectl, Helm, and clients in six languages. */
export const UNAUTHORIZED: readonly Evidence[] = [
  { answered: 'must be logged in to the server' },
  { answered: 'asked for the client to provide credentials' },
  { answered: 'サーバーにログインする必要があります' },
  { answered: 'サーバにログインする必要があります' },
];
export const UNAUTHORIZED_IN_KUBERNETES: readonly Evidence[] = [
  { who: ['kind status', 'apiversion v1', 'status failure'], answered: 'reason unauthorized' },
  {
    answered: [
      'message unauthorized reason unauthorized',
      'reason unauthorized … code 401',
      '401 reason unauthorized',
      'http-code 401 message unauthorized',
      'http-code 401',
    ],
  },
  { answered: 'error from server unauthorized' },
  { asked: 'failed to (list|watch|get|create|update|patch|load|delete|apply|query)', answered: 'unauthorized' },
  {
    asked: [
      'api group list',
      'api group resources',
      'server preferred resources',
      'get server groups',
      'restmapping',
      'informer*',
      'reflector*',
    ],
    answered: 'unauthorized',
  },
  { answered: 'unauthorized configured service account' },
  {
    answered: [
      'message unauthorized',
      'status code unauthorized',
      'error unauthorized',
      'api call failed unauthorized',
      'unreachable unauthorized',
      'err unauthorized',
      'reason unauthorized',
      'apiexception unauthorized',
      'failed unauthorized',
    ],
  },
  { who: ['kubernetes_*', 'helm_*', 'kubectl_*'], answered: 'unauthorized' },
  { answered: 'invalid bearer token' },
  { answered: 'unable to authenticate the request' },
  {
    asked: ['https://<ip>/api*', 'https://<ip>/apis*', 'https://<ip>:443/api*', '*.gke.goog/api*'],
    answered: ['unauthorized', '401'],
  },
];
/** Servers that answer in the same words. */
export const NOT_API_SERVER = [
  '*docker.io*',
  'errimagepull',
  'imagepullbackoff',
  'failed to pull image',
  'registry',
  'www-authenticate bearer realm',
  'bearer realm',
  'api.github.com*',
  '*:10250*',
  'invalid authentication credentials',
  'rancher*',
  'grafana',
  'vault',
  'keycloak',
  'harbor',
  'nexus',
  'artifactory',
  'sonarqube',
];

export const KUBERNETES: readonly Recognizer[] = [
  {
    problem: 'caller-anonymous',
    confidence: 0.97,
    evidence: [{ who: ['system:anonymous', 'system:unauthenticated'], answered: [...CANNOT, 'forbidden', 'cannot'] }],
    where: { otherCluster: false },
  },
  {
    problem: 'rbac-forbidden',
    confidence: 0.95,
    evidence: [
      { who: 'forbidden user', answered: CANNOT },
      { asked: ['in api group', 'in the namespace', 'at the cluster scope'], answered: CANNOT },
      { asked: 'container.*', answered: 'requires one of container.* permission' },
      { answered: 'is attempting to grant rbac permissions not currently held' },
      { answered: 'attempt to grant extra privileges' },
      { who: 'authorization.k8s.io/decision', answered: 'authorization.k8s.io/decision forbid' },
      { who: ['user *', 'forbidden user *'], asked: 'verb *', answered: 'forbidden user * verb * resource *' },
    ],
    unless: [...NOT_RBAC, 'system:anonymous', 'system:unauthenticated'],
    where: { otherCluster: false },
  },
  { problem: 'cluster-auth-401', confidence: 0.9, evidence: UNAUTHORIZED, where: { otherCluster: false } },
  {
    problem: 'cluster-auth-401',
    confidence: 0.85,
    evidence: UNAUTHORIZED_IN_KUBERNETES,
    where: { kubernetes: true, otherCluster: false },
    unless: NOT_API_SERVER,
  },
  {
    problem: 'token-expired',
    confidence: 0.85,
    evidence: [
      ...UNAUTHORIZED,
      ...UNAUTHORIZED_IN_KUBERNETES,
      { answered: 'token expired and refresh token is not set' },
      { asked: ['token', 'トークン'], answered: ['expired', '期限切れ', '有効期限'] },
    ],
    where: { anHour: true, otherCluster: false },
    unless: NOT_API_SERVER,
  },
  {
    problem: 'token-expired',
    confidence: 0.8,
    evidence: [{ answered: 'token expired and refresh token is not set' }],
    where: { otherCluster: false },
  },
];
