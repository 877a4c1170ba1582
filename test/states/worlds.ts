/** What rows say worlds with: the healthy world of the sandbox, and the one thing that each changes. */
import type { ClusterOptions } from '../../sandbox/google/build/cluster.ts';
import { networkPolicy } from '../../sandbox/google/build/network-policy.ts';
import { nodeName, type PodOptions, pod } from '../../sandbox/google/build/objects.ts';
import type { KubernetesObject } from '../../sandbox/google/kubernetes/server.ts';
import type { JsonObject, World } from '../../sandbox/google/world.ts';
import { baseWorld, type HealthyWorld, healthyWorld } from '../../sandbox/scenarios/base.ts';

export const CLUSTER = 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x';
export const CHECKOUT = 'checkout@sandbox-1.iam.gserviceaccount.com';
export const NUMBER = '123456789012';
/** A control plane and nodes on which GKE's node agent writes logs and metrics. */
export const V134 = '1.34.1-gke.2037000';

/** The identity that reads may read this as well: states are about what is so, not about what can't be seen. */
function letReadMore({ world, project }: Pick<HealthyWorld, 'world' | 'project'>): void {
  const diagnoser = 'serviceAccount:gke-auth-diagnoser@sandbox-1.iam.gserviceaccount.com';
  const both = ['daemonSets', 'services', 'events'].flatMap(kind => [
    `container.${kind}.get`,
    `container.${kind}.list`,
  ]);
  project.bind(project.role('gkeAuthDiagnoserMore', both), diagnoser);
  const boundaries = 'iam.principalaccessboundarypolicies';
  world.bindOnOrganization(
    world.organizationRole('gkeAuthDiagnoserMore', [
      'compute.subnetworks.get',
      'compute.subnetworks.getIamPolicy',
      ...['get', 'list', 'searchPolicyBindings'].map(verb => `${boundaries}.${verb}`),
    ]),
    diagnoser,
  );
}

/** The healthy world, changed. */
export function healthy(cluster: Partial<ClusterOptions> = {}, change: (here: HealthyWorld) => void = () => {}): World {
  const here = healthyWorld(cluster);
  letReadMore(here);
  change(here);
  return here.world.world;
}

/** cluster-x with one pool, whose account has only these roles (or permissions, by a custom role). */
export function nodeAccount(
  holds: { roles?: string[]; permissions?: string[] },
  options: Partial<ClusterOptions> = {},
  change: (base: ReturnType<typeof baseWorld>, account: string) => void = () => {},
): World {
  const base = baseWorld();
  const { world, project } = base;
  letReadMore(base);
  const account = project.serviceAccount('node', { roles: holds.roles ?? [] });
  if (holds.permissions) project.bind(project.role('nodeOnly', holds.permissions), `serviceAccount:${account}`);
  project.cluster({ name: 'cluster-x', nodePools: [{ name: 'pool-a', serviceAccount: account }], ...options });
  change(base, account);
  return world.world;
}

/** The running Pod of shop/checkout, changed. */
export function checkout(more: Partial<PodOptions> = {}): KubernetesObject {
  return pod({
    namespace: 'shop',
    name: 'checkout-7c9d8b6f5d-x2x4q',
    serviceAccount: 'checkout',
    node: nodeName('cluster-x', 'pool-a'),
    labels: { app: 'checkout' },
    ...more,
  });
}

export const manifest = (
  apiVersion: string,
  kind: string,
  name: string,
  fields: { namespace?: string } & { [field: string]: unknown } = {},
): KubernetesObject => {
  const { namespace, ...rest } = fields;
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...rest };
};

export const calico: JsonObject = { networkPolicy: { provider: 'CALICO', enabled: true } };
export const dataplaneV2: JsonObject = { networkConfig: { datapathProvider: 'ADVANCED_DATAPATH' } };
export const dnsCache: JsonObject = { addonsConfig: { dnsCacheConfig: { enabled: true } } };

/** A NetworkPolicy of the namespace shop for all its Pods that lets out only what `rules` say. */
export const egress = (...rules: object[]): KubernetesObject =>
  networkPolicy('shop', 'egress', { podSelector: {}, policyTypes: ['Egress'], egress: rules });

const port = (number: number, ...protocols: string[]) => protocols.map(protocol => ({ protocol, port: number }));
/** Egress to an address. */
export const toAddress = (cidr: string, number: number, ...protocols: string[]): object => ({
  to: [{ ipBlock: { cidr } }],
  ports: port(number, ...(protocols.length > 0 ? protocols : ['TCP'])),
});
/** Egress to port 53 of the Pods of kube-system that carry this label. */
export const toDnsPods = (app: string): object => ({
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': app } },
    },
  ],
  ports: port(53, 'UDP', 'TCP'),
});
/** The GKE metadata server where Calico, or nobody, enforces policies. */
export const toMetadata = toAddress('169.254.169.252/32', 988);
/** The same with Dataplane V2. */
export const toMetadataV2 = toAddress('169.254.169.254/32', 80);

export const asDiagnoser = ['diagnose', 'cluster-x'];
/** A question about the workload shop/checkout, answered by some checks only. */
export const workload = (...only: string[]): string[] => [
  ...asDiagnoser,
  ...['--workload', 'shop/checkout'],
  ...(only.length > 0 ? ['--only', only.join(',')] : []),
];
/** A question about alice. */
export const alice = (...only: string[]): string[] => [
  ...asDiagnoser,
  ...['--for', 'alice@example.com'],
  ...(only.length > 0 ? ['--only', only.join(',')] : []),
];
export const only = (...checks: string[]): string[] => [...asDiagnoser, '--only', checks.join(',')];
