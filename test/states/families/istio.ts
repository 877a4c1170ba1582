/** Istio's sidecars between a workload and the metadata server. */
import { containerLog } from '../../../sandbox/google/build/container-log.ts';
import type { PodOptions } from '../../../sandbox/google/build/objects.ts';
import type { KubernetesObject } from '../../../sandbox/google/kubernetes/server.ts';
import type { Expected, Family, State } from '../state.ts';
import { checkout, healthy, manifest, workload } from '../worlds.ts';

const MESH = 'https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/';
const SERVICE_ENTRY = 'https://istio.io/latest/docs/reference/config/networking/service-entry/';
const SIDECAR = 'https://istio.io/latest/docs/reference/config/networking/sidecar/';
const ANNOTATIONS = 'https://istio.io/latest/docs/reference/config/annotations/';
const NATIVE = 'https://istio.io/latest/blog/2023/native-sidecars/';
const REVISIONS = 'https://istio.io/latest/docs/setup/upgrade/canary/';
const INIT = 'https://istio.io/latest/docs/setup/additional-setup/cni/';

const check = 'wi-istio-exclusion';
const proxy = { name: 'istio-proxy', image: 'gcr.io/istio-release/proxyv2:1.27.1' };
const app = { name: 'app', image: 'asia-docker.pkg.dev/sandbox-1/app/app:1.4.2' };
const hold = { 'proxy.istio.io/config': '{ "holdApplicationUntilProxyStarts": true }' };
const meshed = (more: Partial<PodOptions> = {}) =>
  checkout({ annotations: hold, spec: { containers: [app, proxy] }, ...more });
const native = (more: Partial<PodOptions> = {}) =>
  checkout({ spec: { containers: [app], initContainers: [{ ...proxy, restartPolicy: 'Always' }] }, ...more });

const mesh = (text: string, name = 'istio'): KubernetesObject =>
  manifest('v1', 'ConfigMap', name, { namespace: 'istio-system', data: { mesh: text } });
const allowAny = mesh('outboundTrafficPolicy:\n  mode: ALLOW_ANY\n');
const registryOnly = mesh('outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n');

const entry = (
  options: { namespace?: string; version?: string; exportTo?: string[]; port?: number; address?: string } = {},
): KubernetesObject => {
  const { namespace = 'istio-system', version = 'v1', exportTo, port = 80, address = '169.254.169.254/32' } = options;
  return manifest(`networking.istio.io/${version}`, 'ServiceEntry', 'metadata', {
    namespace,
    spec: {
      hosts: ['metadata.google.internal'],
      addresses: [address],
      endpoints: [{ address: address.replace('/32', '') }],
      ports: [{ number: port, name: 'tcp-metadata', protocol: 'TCP' }],
      resolution: 'STATIC',
      location: 'MESH_EXTERNAL',
      ...(exportTo && { exportTo }),
    },
  });
};
const sidecar = (mode: string): KubernetesObject =>
  manifest('networking.istio.io/v1', 'Sidecar', 'default', {
    namespace: 'shop',
    spec: { outboundTrafficPolicy: { mode }, egress: [{ hosts: ['*/*'] }] },
  });

const row = (
  state: Omit<State, 'world' | 'arguments' | 'expect'> & {
    objects: KubernetesObject[];
    expect: Omit<Expected, 'check'>;
  },
): State => {
  const { objects, expect, ...rest } = state;
  return { ...rest, world: () => healthy({ objects }), arguments: workload(check), expect: [{ check, ...expect }] };
};
const open = ['pass', 'warn'] as const;

const meshes: State[] = [
  row({
    id: 'mesh-says-nothing',
    says: 'The mesh configuration has no outboundTrafficPolicy: its default is ALLOW_ANY.',
    source: MESH,
    opposite: true,
    objects: [meshed(), mesh('accessLogFile: /dev/stdout\n')],
    expect: { status: 'pass' },
  }),
  row({
    id: 'mesh-allow-any',
    says: 'The mesh lets everything out.',
    source: MESH,
    opposite: true,
    objects: [meshed(), allowAny],
    expect: { status: 'pass' },
  }),
  row({
    id: 'mesh-not-found',
    says: 'A sidecar, and no mesh configuration in istio-system: a managed control plane keeps it elsewhere.',
    source: MESH,
    objects: [meshed()],
    expect: { status: 'unknown' },
  }),
  row({
    id: 'mesh-registry-only',
    says: 'The mesh lets out only what is registered, and nothing registers the metadata server.',
    source: 'istio/istio#28994',
    objects: [meshed(), registryOnly],
    expect: {
      status: 'fail',
      says: [/REGISTRY_ONLY/],
      offers: [{ text: /excludeOutboundIPRanges[\s\S]*169\.254\.169\.254\/32/ }],
    },
  }),
  row({
    id: 'mesh-of-the-pods-revision',
    says: 'The Pod’s revision has a mesh configuration of its own, which lets out only what is registered.',
    source: REVISIONS,
    objects: [
      meshed({ labels: { app: 'checkout', 'istio.io/rev': '1-27-1' } }),
      allowAny,
      mesh('outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n', 'istio-1-27-1'),
    ],
    expect: { status: ['fail', 'unknown'] },
  }),
];

const registered: State[] = [
  row({
    id: 'service-entry',
    says: 'REGISTRY_ONLY with a ServiceEntry for the address, which is exported to every namespace by default.',
    source: SERVICE_ENTRY,
    opposite: true,
    objects: [meshed(), registryOnly, entry()],
    expect: { status: 'pass' },
  }),
  row({
    id: 'service-entry-older-version',
    says: 'The same, written in v1beta1.',
    source: 'istio/istio#13009',
    opposite: true,
    objects: [meshed(), registryOnly, entry({ version: 'v1beta1', exportTo: ['*'] })],
    expect: { status: 'pass' },
  }),
  row({
    id: 'service-entry-of-own-namespace',
    says: 'A ServiceEntry that only its own namespace sees, which is the workload’s.',
    source: SERVICE_ENTRY,
    opposite: true,
    objects: [meshed(), registryOnly, entry({ namespace: 'shop', exportTo: ['.'] })],
    expect: { status: 'pass' },
  }),
  row({
    id: 'service-entry-not-exported',
    says: 'A ServiceEntry that only another namespace sees.',
    source: SERVICE_ENTRY,
    objects: [meshed(), registryOnly, entry({ namespace: 'infra', exportTo: ['.'] })],
    expect: { status: 'fail' },
  }),
  row({
    id: 'service-entry-of-another-port',
    says: 'A ServiceEntry for the address on port 443.',
    source: SERVICE_ENTRY,
    objects: [meshed(), registryOnly, entry({ port: 443 })],
    expect: { status: 'fail' },
  }),
  row({
    id: 'service-entry-of-another-address',
    says: 'A ServiceEntry for another address.',
    source: SERVICE_ENTRY,
    objects: [
      meshed(),
      registryOnly,
      manifest('networking.istio.io/v1', 'ServiceEntry', 'stripe', {
        namespace: 'istio-system',
        spec: { hosts: ['api.stripe.com'], ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }] },
      }),
    ],
    expect: { status: 'fail' },
  }),
  row({
    id: 'sidecar-resource-registry-only',
    says: 'The mesh lets everything out, but a Sidecar of the namespace lets out only what is registered.',
    source: SIDECAR,
    objects: [meshed(), allowAny, sidecar('REGISTRY_ONLY')],
    expect: { status: ['fail', 'unknown', 'warn'] },
  }),
  row({
    id: 'sidecar-resource-allow-any',
    says: 'The mesh lets out only what is registered, but a Sidecar of the namespace lets everything out.',
    source: 'istio/istio#39794',
    opposite: true,
    objects: [meshed(), registryOnly, sidecar('ALLOW_ANY')],
    expect: { status: ['pass', 'warn', 'unknown'] },
  }),
];

const annotated = (annotations: { [key: string]: string }) => meshed({ annotations: { ...hold, ...annotations } });
const TRAFFIC = 'traffic.sidecar.istio.io';

const excluded: State[] = [
  row({
    id: 'port-excluded',
    says: 'REGISTRY_ONLY, and port 80 goes past the sidecar.',
    source: ANNOTATIONS,
    opposite: true,
    objects: [annotated({ [`${TRAFFIC}/excludeOutboundPorts`]: '3306,80' }), registryOnly],
    expect: { status: 'pass' },
  }),
  row({
    id: 'another-port-excluded',
    says: 'REGISTRY_ONLY, and ports 443 and 8080 go past the sidecar.',
    source: ANNOTATIONS,
    objects: [annotated({ [`${TRAFFIC}/excludeOutboundPorts`]: '443,8080' }), registryOnly],
    expect: { status: 'fail' },
  }),
  row({
    id: 'wider-range-excluded',
    says: 'REGISTRY_ONLY, and all link-local addresses go past the sidecar.',
    source: ANNOTATIONS,
    opposite: true,
    objects: [annotated({ [`${TRAFFIC}/excludeOutboundIPRanges`]: '169.254.0.0/16' }), registryOnly],
    expect: { status: 'pass' },
  }),
  row({
    id: 'near-miss-excluded',
    says: 'REGISTRY_ONLY, and a neighbour of the address goes past the sidecar.',
    source: ANNOTATIONS,
    objects: [annotated({ [`${TRAFFIC}/excludeOutboundIPRanges`]: '169.254.169.252/31' }), registryOnly],
    expect: { status: 'fail' },
  }),
  row({
    id: 'only-own-ranges-included',
    says: 'REGISTRY_ONLY, and only the cluster’s own addresses go through the sidecar.',
    source: ANNOTATIONS,
    opposite: true,
    objects: [annotated({ [`${TRAFFIC}/includeOutboundIPRanges`]: '10.4.0.0/14,10.8.0.0/20' }), registryOnly],
    expect: { status: 'pass' },
  }),
];

/** An init container runs before a classic sidecar does, and has its traffic caught all the same. */
const noInitContainer = [{ text: /initContainers/ }];
const startedAt = () => new Date(Date.now() - 30 * 60_000).toISOString();
const restarted = (more: Partial<PodOptions>): KubernetesObject =>
  checkout({ ...more, containerStatus: { restartCount: 1, state: { running: { startedAt: startedAt() } } } });
const noCredentials = () =>
  containerLog({
    minutesAgo: 29.95,
    text: 'google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found.',
  });
const startup =
  (pod: () => KubernetesObject, ...objects: KubernetesObject[]) =>
  () =>
    healthy({ objects: [pod(), ...objects] }, ({ project }) => {
      project.log(noCredentials());
    });

const starting: State[] = [
  row({
    id: 'not-held',
    says: 'The application starts beside its sidecar and is not held until that is ready.',
    source: ANNOTATIONS,
    objects: [meshed({ annotations: {} }), allowAny],
    expect: { status: 'warn', says: [/holdApplicationUntilProxyStarts/], refuses: noInitContainer },
  }),
  row({
    id: 'held-by-the-mesh',
    says: 'The whole mesh holds applications until their sidecars are ready.',
    source: MESH,
    opposite: true,
    objects: [meshed({ annotations: {} }), mesh('defaultConfig:\n  holdApplicationUntilProxyStarts: true\n')],
    expect: { status: 'pass' },
  }),
  row({
    id: 'native-sidecar',
    says: 'A native sidecar runs before the application: there is nothing to hold.',
    source: NATIVE,
    opposite: true,
    objects: [native(), allowAny],
    expect: { status: 'pass', never: [/holdApplicationUntilProxyStarts/] },
  }),
  {
    id: 'startup-with-sidecar',
    says: 'Credentials failed right after the start of a Pod with a classic sidecar: an init container that waits would wait before the sidecar runs.',
    source: INIT,
    world: startup(() => restarted({ annotations: {}, spec: { containers: [app, proxy] } }), allowAny),
    arguments: workload('wi-metadata-startup', check),
    expect: [
      { check: 'wi-metadata-startup', status: ['warn', 'unknown'], refuses: noInitContainer },
      { check, status: open },
    ],
  },
  {
    id: 'startup-without-sidecar',
    says: 'Credentials failed right after the start of a Pod without a sidecar: an init container that waits helps.',
    source: 'https://docs.cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
    opposite: true,
    world: startup(() => restarted({})),
    arguments: workload('wi-metadata-startup', check),
    expect: [
      { check: 'wi-metadata-startup', status: 'warn', offers: [{ text: /initContainers/ }] },
      { check, status: ['not-applicable', 'pass'] },
    ],
  },
];

export const istio: Family = { name: 'istio', states: [...meshes, ...registered, ...excluded, ...starting] };
