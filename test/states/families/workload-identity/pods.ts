/** What Pods themselves decide: credentials of their own, the node's network, the service account that they run as. */
import { serviceAccount, workload as workloadObjects } from '../../../../sandbox/google/build/objects.ts';
import type { KubernetesObject } from '../../../../sandbox/google/kubernetes/server.ts';
import type { JsonObject, World } from '../../../../sandbox/google/world.ts';
import type { HealthyWorld } from '../../../../sandbox/scenarios/base.ts';
import type { Expected, State } from '../../state.ts';
import { asDiagnoser, CHECKOUT, checkout, healthy, workload } from '../../worlds.ts';

const HOW_TO = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity';
const ADC = 'https://docs.cloud.google.com/docs/authentication/application-default-credentials';
const FUSE = 'GoogleCloudPlatform/gcs-fuse-csi-driver#460';
const HOST_NETWORK = 'kubernetes-sigs/gcp-compute-persistent-disk-csi-driver#436';
const FLEET = 'https://docs.cloud.google.com/kubernetes-engine/fleet-management/docs/use-workload-identity';
const TOKENS = 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/';

const mode = 'wi-nodepool-metadata-mode';
const binding = 'wi-gsa-binding';
const USER = 'roles/iam.workloadIdentityUser';

const image = 'asia-docker.pkg.dev/sandbox-1/app/app:1.4.2';
const app = (more: object = {}) => ({ name: 'app', image, ...more });
const file = (value: string) => ({ env: [{ name: 'GOOGLE_APPLICATION_CREDENTIALS', value }] });
const mounted = (path: string) => ({
  ...file(path),
  volumeMounts: [{ name: 'google', mountPath: path.slice(0, path.lastIndexOf('/')) }],
});
const keyVolume = { name: 'google', secret: { secretName: 'checkout-key' } };
const federationVolume = {
  name: 'google',
  projected: {
    sources: [
      { serviceAccountToken: { audience: 'sandbox-1.svc.id.goog', expirationSeconds: 172_800, path: 'token' } },
      { configMap: { name: 'adc', optional: false, items: [{ key: 'config', path: 'adc.json' }] } },
    ],
  },
};
const gce: JsonObject[] = [{ config: { workloadMetadataConfig: { mode: 'GCE_METADATA' } } }];
/** shop/checkout with this PodSpec, on nodes that give Pods the node's account. */
const onGce = (spec: object, change: (here: HealthyWorld) => void = () => {}): World =>
  healthy(
    { nodePools: [{ name: 'pool-a', fields: gce[0] ?? {} }], objects: [checkout({ spec: { ...spec } })] },
    change,
  );
/** No failure, and nothing that restarts or re-identifies workloads. */
const spared: Omit<Expected, 'check'> = {
  status: ['not-applicable', 'warn', 'pass'],
  refuses: [{ kind: 'set-node-metadata-mode' }, { kind: 'recreate-node-pool' }],
};

const files: State[] = [
  {
    id: 'key-file',
    says: 'The container has a mounted key in GOOGLE_APPLICATION_CREDENTIALS: libraries never ask the metadata server.',
    source: ADC,
    opposite: true,
    world: () =>
      onGce({ containers: [app(mounted('/var/secrets/google/key.json'))], volumes: [keyVolume] }, ({ project }) => {
        project.unbindOn(CHECKOUT, USER);
      }),
    arguments: workload(mode, binding),
    expect: [
      { check: mode, ...spared, says: [/GOOGLE_APPLICATION_CREDENTIALS/] },
      {
        check: binding,
        status: ['not-applicable', 'pass'],
        says: [/GOOGLE_APPLICATION_CREDENTIALS/],
        refuses: [{ kind: 'grant-service-account-role' }],
      },
    ],
  },
  {
    id: 'federated-credentials',
    says: 'The container has a projected token and a credential configuration, as fleets do it.',
    source: FLEET,
    opposite: true,
    world: () =>
      onGce({ containers: [app(mounted('/var/run/secrets/tokens/gcp-ksa/adc.json'))], volumes: [federationVolume] }),
    arguments: workload(mode),
    expect: [{ check: mode, ...spared, says: [/GOOGLE_APPLICATION_CREDENTIALS/] }],
  },
  {
    id: 'key-file-of-one-container',
    says: 'One of two containers has a key; the other asks the metadata server.',
    source: ADC,
    world: () =>
      onGce({
        containers: [app(), { ...app(mounted('/var/secrets/google/key.json')), name: 'uploader' }],
        volumes: [keyVolume],
      }),
    arguments: workload(mode),
    expect: [{ check: mode, status: 'fail' }],
  },
  {
    id: 'key-file-empty',
    says: 'GOOGLE_APPLICATION_CREDENTIALS is empty: libraries take that as not set.',
    source: ADC,
    world: () => onGce({ containers: [app(file(''))] }),
    arguments: workload(mode),
    expect: [{ check: mode, status: 'fail' }],
  },
  {
    id: 'no-key-file',
    says: 'The pool gives Pods the node’s account, and the container has no credentials of its own.',
    source: HOW_TO,
    world: () => onGce({ containers: [app()] }),
    arguments: workload(mode),
    expect: [{ check: mode, status: 'fail' }],
  },
];

const fuse = (attributes: { [key: string]: string }): KubernetesObject =>
  checkout({
    annotations: { 'gke-gcsfuse/volumes': 'true' },
    spec: {
      hostNetwork: true,
      volumes: [
        {
          name: 'data',
          csi: { driver: 'gcsfuse.csi.storage.gke.io', volumeAttributes: { bucketName: 'data', ...attributes } },
        },
      ],
    },
  });

const pods: State[] = [
  {
    id: 'host-network',
    says: 'A Pod on the node’s network has the node’s identity.',
    source: HOST_NETWORK,
    world: () => healthy({ objects: [checkout({ spec: { hostNetwork: true } })] }),
    arguments: workload(mode),
    expect: [{ check: mode, subject: 'nodePools/pool-a', status: 'fail', says: [/host ?network/i] }],
  },
  {
    id: 'host-network-fuse-annotation',
    says: 'The annotation for Cloud Storage FUSE alone gives a Pod on the node’s network no identity of its own.',
    source: FUSE,
    world: () => healthy({ objects: [fuse({})] }),
    arguments: workload(mode),
    expect: [{ check: mode, subject: 'nodePools/pool-a', status: 'fail', says: [/host ?network/i] }],
  },
  {
    id: 'host-network-fuse-volume',
    says: 'The volume says hostNetworkPodKSA: Cloud Storage FUSE uses the Pod’s own identity.',
    source: FUSE,
    opposite: true,
    world: () => healthy({ objects: [fuse({ hostNetworkPodKSA: 'true' })] }),
    arguments: workload(mode),
    expect: [{ check: mode, subject: 'nodePools/pool-a', status: ['pass', 'warn'] }],
  },
  {
    id: 'account-that-no-pod-uses',
    says: 'The named Kubernetes service account exists and no Pod runs as it.',
    source: TOKENS,
    world: () => healthy({ objects: [serviceAccount('shop', 'payments', CHECKOUT)] }),
    arguments: [...asDiagnoser, '--workload', 'shop/payments'],
    expect: [{ status: 'warn', says: [/no Pod|not used|unused/i, /checkout/] }],
  },
  {
    id: 'pods-run-as-default',
    says: 'The Deployment forgot serviceAccountName: its Pods run as default.',
    source: TOKENS,
    world: () =>
      healthy({
        objects: [
          ...workloadObjects({ namespace: 'shop', name: 'checkout', node: 'gke-cluster-x-pool-a-5b1f8a2c-0001' }),
        ],
      }),
    arguments: workload(),
    expect: [{ status: 'warn', says: [/no Pod|not used|unused/i, /default/] }],
  },
  {
    id: 'account-in-use',
    says: 'Pods run as the named account.',
    source: TOKENS,
    opposite: true,
    world: () => healthy({ objects: [serviceAccount('shop', 'payments')] }),
    arguments: workload(),
    expect: [{ check: 'wi-ksa-annotation', status: 'pass' }],
    report: { never: [/no Pod (?:uses|runs as)/i] },
  },
  {
    id: 'token-not-mounted',
    says: 'automountServiceAccountToken is off: the API server’s token is missing, the metadata server works all the same.',
    source: TOKENS,
    opposite: true,
    world: () => healthy({ objects: [checkout({ spec: { automountServiceAccountToken: false } })] }),
    arguments: workload(mode, binding, 'wi-ksa-annotation'),
    expect: [
      { check: mode, status: 'pass' },
      { check: binding, status: 'pass' },
      { check: 'wi-ksa-annotation', status: 'pass' },
    ],
  },
];

export const workloadPods: readonly State[] = [...files, ...pods];
