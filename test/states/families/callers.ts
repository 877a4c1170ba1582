/** People and pipelines: which endpoint is the way in, what each asks for, impersonation. */
import { serviceAccount } from '../../../sandbox/google/build/objects.ts';
import type { KubernetesObject } from '../../../sandbox/google/kubernetes/server.ts';
import type { JsonObject, World } from '../../../sandbox/google/world.ts';
import type { Family, State } from '../state.ts';
import { alice, asDiagnoser, CLUSTER, healthy, manifest } from '../worlds.ts';

const ISOLATION = 'https://docs.cloud.google.com/kubernetes-engine/docs/concepts/network-isolation';
const CONNECT = 'gravitational/teleport#54923';
const TOKENS =
  'https://pub.dev/documentation/googleapis/latest/container_v1/DNSEndpointConfig/enableK8sTokensViaDns.html';
const TOKENS_ASKED = 'GoogleCloudPlatform/cloud-foundation-fabric#3773';
const RBAC = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/role-based-access-control';
const IMPERSONATION = 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation';
const ROLES = 'https://docs.cloud.google.com/iam/docs/roles-permissions/container';

const check = 'caller-clusters-get';
const viewer = { kind: 'grant-project-role', params: { role: 'roles/container.clusterViewer' } };
const ALICE = 'user:alice@example.com';

const ipOff: JsonObject = {
  controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false, enablePublicEndpoint: false } },
};

/** alice holds only these permissions on the project. */
const aliceWith = (permissions: string[], cluster: Parameters<typeof healthy>[0] = {}): World =>
  healthy(cluster, ({ project }) => {
    project.unbind('roles/container.clusterViewer', ALICE);
    if (permissions.length > 0) project.bind(project.role('aliceOnly', permissions), ALICE);
  });

const endpoints: State[] = [
  {
    id: 'both-endpoints-get-only',
    says: 'IP and DNS endpoint are open; the caller holds container.clusters.get and not connect: the way in is the IP endpoint.',
    source: CONNECT,
    opposite: true,
    world: () => aliceWith(['container.clusters.get'], { dnsEndpoint: true }),
    arguments: alice(check),
    expect: [{ check, status: 'pass', refuses: [viewer] }],
  },
  {
    id: 'dns-only-get-only',
    says: 'IP endpoints are off: the DNS endpoint is the only way in, and asks for container.clusters.connect.',
    source: CONNECT,
    world: () => aliceWith(['container.clusters.get'], { dnsEndpoint: true, fields: ipOff }),
    arguments: alice(check),
    expect: [
      {
        check,
        status: 'fail',
        missing: ['container.clusters.connect'],
        offers: [viewer],
        refuses: [{ text: /--internal-ip/ }],
      },
    ],
    report: { refuses: [{ text: /--internal-ip/ }] },
  },
  {
    id: 'dns-only-viewer',
    says: 'IP endpoints are off, and the caller holds roles/container.clusterViewer, which has connect.',
    source: ROLES,
    opposite: true,
    world: () => healthy({ dnsEndpoint: true, fields: ipOff }),
    arguments: alice(check),
    expect: [{ check, status: 'pass', refuses: [viewer] }],
  },
  {
    id: 'ip-only-get-only',
    says: 'The DNS endpoint takes no traffic from outside; the caller holds container.clusters.get.',
    source: ISOLATION,
    opposite: true,
    world: () => aliceWith(['container.clusters.get']),
    arguments: alice(check),
    expect: [{ check, status: 'pass', refuses: [viewer] }],
  },
  {
    id: 'nothing-held',
    says: 'The caller holds nothing.',
    source: ROLES,
    world: () => aliceWith([]),
    arguments: alice(check),
    expect: [{ check, status: 'fail', says: [/container\.clusters\.get/], offers: [viewer] }],
  },
];

const dnsTokens = (enabled: boolean): JsonObject => ({
  controlPlaneEndpointsConfig: {
    ...(ipOff.controlPlaneEndpointsConfig as JsonObject),
    dnsEndpointConfig: { enableK8sTokensViaDns: enabled },
  },
});
const pipeline = 'system:serviceaccount:ci:deployer';
const tokensVia = (enabled: boolean): World =>
  healthy({ dnsEndpoint: true, fields: dnsTokens(enabled), objects: [serviceAccount('ci', 'deployer')] });
const asPipeline = [...asDiagnoser, '--for', pipeline];
const pasted = `$ kubectl --token="$(kubectl -n ci create token deployer)" get pods
Get "https://gke-123456789012-cluster-x.asia-northeast1.gke.goog/api/v1/namespaces/shop/pods": the server has asked for the client to provide credentials
error: You must be logged in to the server (Unauthorized)
The cluster is ${CLUSTER}, the user ${pipeline}.
`;

const kubernetesTokens: State[] = [
  {
    id: 'kubernetes-token-via-dns',
    says: 'A Kubernetes service account is the caller, the DNS endpoint the only way in, and enableK8sTokensViaDns is off.',
    source: TOKENS,
    world: () => tokensVia(false),
    arguments: asPipeline,
    expect: [{ status: ['fail', 'warn'], says: [/enableK8sTokensViaDns/] }],
  },
  {
    id: 'kubernetes-token-via-dns-enabled',
    says: 'The same with enableK8sTokensViaDns on.',
    source: TOKENS,
    opposite: true,
    world: () => tokensVia(true),
    arguments: asPipeline,
    expect: [],
    report: { never: [/enableK8sTokensViaDns[^.\n]*\b(?:off|unset|not (?:set|enabled)|false)/i] },
  },
  {
    id: 'kubernetes-token-pasted',
    says: 'A 401 at the DNS endpoint for a Kubernetes token, pasted.',
    source: TOKENS_ASKED,
    world: () => tokensVia(false),
    arguments: ['explain'],
    input: pasted,
    expect: [{ status: ['fail', 'warn'], says: [/enableK8sTokensViaDns/] }],
    report: { problem: ['cluster-auth-401', 'token-invalid', 'caller-anonymous'] },
  },
];

const may = (verb: string, resource: string, namespace?: string): string[] => [
  ...alice('rbac-forbidden'),
  ...['--verb', verb, '--resource', resource],
  ...(namespace ? ['--namespace', namespace] : []),
];
const impersonator = (resource: string): KubernetesObject[] => [
  manifest('rbac.authorization.k8s.io/v1', 'ClusterRole', 'impersonator', {
    rules: [{ apiGroups: [''], resources: [resource], verbs: ['impersonate'] }],
  }),
  manifest('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'impersonator', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'impersonator' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice@example.com' }],
  }),
];

const impersonation: State[] = [
  {
    id: 'impersonate-users-by-iam',
    says: 'IAM’s container.clusters.impersonate lets the caller impersonate users.',
    source: ROLES,
    opposite: true,
    world: () => aliceWith(['container.clusters.get', 'container.clusters.impersonate']),
    arguments: may('impersonate', 'users'),
    expect: [{ check: 'rbac-forbidden', status: 'pass' }],
  },
  {
    id: 'impersonate-users-denied',
    says: 'Neither RBAC nor IAM lets the caller impersonate users.',
    source: IMPERSONATION,
    world: () => healthy(),
    arguments: may('impersonate', 'users'),
    expect: [{ check: 'rbac-forbidden', status: 'fail', says: [/container\.clusters\.impersonate|impersonate/] }],
  },
  {
    id: 'impersonate-groups-by-rbac',
    says: 'A ClusterRole lets the caller impersonate groups.',
    source: IMPERSONATION,
    opposite: true,
    world: () => healthy({ objects: impersonator('groups') }),
    arguments: may('impersonate', 'groups'),
    expect: [{ check: 'rbac-forbidden', status: 'pass' }],
  },
  {
    id: 'impersonate-service-accounts-by-rbac',
    says: 'A ClusterRole lets the caller impersonate service accounts.',
    source: IMPERSONATION,
    opposite: true,
    world: () => healthy({ objects: impersonator('serviceaccounts') }),
    arguments: may('impersonate', 'serviceaccounts', 'shop'),
    expect: [{ check: 'rbac-forbidden', status: 'pass' }],
  },
  {
    id: 'impersonate-another-kind',
    says: 'A ClusterRole lets the caller impersonate groups; users were asked for.',
    source: IMPERSONATION,
    world: () => healthy({ objects: impersonator('groups') }),
    arguments: may('impersonate', 'users'),
    expect: [{ check: 'rbac-forbidden', status: 'fail' }],
  },
  {
    id: 'anonymous',
    says: 'The API server saw no credentials: there is nobody to give anything to.',
    source: RBAC,
    world: () => healthy(),
    arguments: ['explain'],
    input: `Error from server (Forbidden): pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "shop"
The cluster is ${CLUSTER}.
`,
    expect: [],
    report: {
      problem: ['caller-anonymous', 'cluster-auth-401', 'token-invalid'],
      refuses: [{ kind: 'create-role-binding' }, { text: /system:(?:anonymous|unauthenticated)/ }],
    },
  },
];

export const callers: Family = { name: 'callers', states: [...endpoints, ...kubernetesTokens, ...impersonation] };
