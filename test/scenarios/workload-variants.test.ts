/** Workloads that are easily judged wrongly: the same question, asked of worlds that differ in one thing (docs/domain/workloads.md). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ClusterOptions } from '../../sandbox/google/build/cluster.ts';
import { containerLog } from '../../sandbox/google/build/container-log.ts';
import { networkPolicy } from '../../sandbox/google/build/network-policy.ts';
import { nodeName, type PodOptions, pod, serviceAccount } from '../../sandbox/google/build/objects.ts';
import { startGoogle } from '../../sandbox/google/main.ts';
import type { Json } from '../../sandbox/google/world.ts';
import { type HealthyWorld, healthyWorld, tokens } from '../../sandbox/scenarios/base.ts';
import type { DiagnoseRequest } from '../../src/contracts/jobs.ts';
import type { CheckId, Finding, Status } from '../../src/contracts/report.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { googleEnvironment } from '../cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'workload-variants-'));
const token = join(folder, 'token');
writeFileSync(token, tokens.diagnoser);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CLUSTER = 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x';
const POOL =
  'principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/sandbox-1.svc.id.goog';
const SET = POOL.replace('principal:', 'principalSet:');
const CHECKOUT = 'checkout@sandbox-1.iam.gserviceaccount.com';
const USER = 'roles/iam.workloadIdentityUser';

async function ask(
  { world: { world } }: HealthyWorld,
  check: CheckId,
  request: Partial<DiagnoseRequest> = {},
): Promise<Finding[]> {
  const google = await startGoogle({ world });
  try {
    const session = await openSession({ env: googleEnvironment(google.url, token) });
    const asked = { cluster: CLUSTER, projects: [], workload: 'shop/checkout', only: [check], ...request };
    return (await diagnose({ id: 'report-1', request: asked, session, language: 'en' })).findings;
  } finally {
    await google.close();
  }
}

const statuses = (findings: readonly Finding[]) => [...new Set(findings.map(({ status }) => status))].sort();

function inKubeSystem(resource: Json): Json {
  return JSON.parse(JSON.stringify(resource).replace('"shop"', '"kube-system"'));
}

/** The Pod of shop/checkout, changed. */
const checkout = (more: Partial<PodOptions> = {}) =>
  pod({
    namespace: 'shop',
    name: 'checkout-7c9d8b6f5d-x2x4q',
    serviceAccount: 'checkout',
    node: nodeName('cluster-x', 'pool-a'),
    labels: { app: 'checkout' },
    ...more,
  });

const uid = (iamServiceAccount?: string) => {
  const account = serviceAccount('shop', 'checkout', iamServiceAccount);
  return { ...account, metadata: { ...account.metadata, uid: '5f0c-uid' } };
};

describe('every name of a workload in a policy', () => {
  const names = [
    'serviceAccount:sandbox-1.svc.id.goog[shop/checkout]',
    `${POOL}/subject/ns/shop/sa/checkout`,
    `${POOL}/kubernetes.serviceaccount.uid/5f0c-uid`,
    `${SET}/namespace/shop`,
    `${SET}/*`,
    `${SET}/kubernetes.cluster/https://container.googleapis.com/v1/${CLUSTER}`,
  ];
  const others = [
    'serviceAccount:sandbox-1.svc.id.goog[shop/cart]',
    'serviceAccount:sandbox-2.svc.id.goog[shop/checkout]',
    `${POOL}/kubernetes.serviceaccount.uid/another`,
    `${SET}/namespace/bank`,
    `deleted:${POOL}/subject/ns/shop/sa/checkout`,
  ];

  test.each(names)('%s lets it act as its account', async member => {
    const here = healthyWorld({ objects: [uid(CHECKOUT)] });
    here.project.unbindOn(CHECKOUT, USER).bindOn(CHECKOUT, USER, member);
    expect(statuses(await ask(here, 'wi-gsa-binding'))).toEqual(['pass']);
  });

  test.each(others)('%s does not', async member => {
    const here = healthyWorld({ objects: [uid(CHECKOUT)] });
    here.project.unbindOn(CHECKOUT, USER).bindOn(CHECKOUT, USER, member);
    expect(statuses(await ask(here, 'wi-gsa-binding'))).toEqual(['fail']);
  });

  test.each(names)('%s holds roles without an annotation', async member => {
    const here = healthyWorld({ objects: [uid()] });
    here.project.bind('roles/pubsub.publisher', member);
    const [binding] = await ask(here, 'wi-gsa-binding');
    expect(binding?.status).toBe('pass');
    expect(binding?.detail).toContain('roles/pubsub.publisher');
    expect(statuses(await ask(here, 'wi-ksa-annotation'))).toEqual(['pass']);
  });
});

describe('wi-gsa-binding', () => {
  test('no annotation and no role: a warning, because single resources can’t be seen', async () => {
    const [finding] = await ask(healthyWorld({ objects: [serviceAccount('shop', 'checkout')] }), 'wi-gsa-binding');
    expect(finding).toMatchObject({ status: 'warn', detail: expect.stringContaining('can’t be seen') });
  });

  test('the right by the project’s policy, through another role', async () => {
    const here = healthyWorld();
    here.project.unbindOn(CHECKOUT, USER);
    here.project.bind('roles/iam.serviceAccountTokenCreator', `${SET}/namespace/shop`);
    expect(statuses(await ask(here, 'wi-gsa-binding'))).toEqual(['pass']);
  });

  test.each([
    ['that can’t be decided', 'request.auth.claims.x == "y"', 'warn'],
    ['that is over', 'request.time < timestamp("2025-01-01T00:00:00Z")', 'fail'],
    ['that holds', 'request.time < timestamp("2099-01-01T00:00:00Z")', 'pass'],
  ])('under a condition %s', async (_, expression, status) => {
    const here = healthyWorld();
    const member = 'serviceAccount:sandbox-1.svc.id.goog[shop/checkout]';
    here.project.unbindOn(CHECKOUT, USER).bindOn(CHECKOUT, USER, member, { title: 'x', expression });
    expect(statuses(await ask(here, 'wi-gsa-binding'))).toEqual([status]);
  });

  test.each([
    ['that is over', 'request.time < timestamp("2025-01-01T00:00:00Z")', 'warn', /no role|granted nothing/],
    ['that holds', 'request.time < timestamp("2099-01-01T00:00:00Z")', 'pass', /roles\/pubsub\.publisher/],
    ['that can’t be decided', 'resource.matchTag("1/env", "prod")', 'warn', /conditional/],
  ])('a role of its own under a condition %s', async (_, expression, status, says) => {
    const here = healthyWorld({ objects: [serviceAccount('shop', 'checkout')] });
    here.project.bind('roles/pubsub.publisher', `${SET}/namespace/shop`, { title: 'x', expression });
    const [finding] = await ask(here, 'wi-gsa-binding');
    expect(finding?.status).toBe(status);
    expect(finding?.detail).toMatch(says);
  });

  test('an account of another project: its own policy, its own API, its own remedy', async () => {
    const here = healthyWorld({ objects: [serviceAccount('shop', 'checkout', 'far@other-1.iam.gserviceaccount.com')] });
    const other = here.world.project('other-1', '210987654321');
    other.serviceAccount('far');
    other.bind(
      other.role('reader', [
        'iam.serviceAccounts.get',
        'iam.serviceAccounts.getIamPolicy',
        'serviceusage.services.get',
      ]),
      'serviceAccount:gke-auth-diagnoser@sandbox-1.iam.gserviceaccount.com',
    );
    const [missing] = await ask(here, 'wi-gsa-binding');
    expect(missing).toMatchObject({
      status: 'fail',
      remedies: [
        {
          kind: 'grant-service-account-role',
          params: {
            serviceAccount: 'projects/other-1/serviceAccounts/far@other-1.iam.gserviceaccount.com',
            member: 'serviceAccount:sandbox-1.svc.id.goog[shop/checkout]',
          },
        },
      ],
    });
    other.bindOn('far@other-1.iam.gserviceaccount.com', USER, 'serviceAccount:sandbox-1.svc.id.goog[shop/checkout]');
    other.disable('iamcredentials.googleapis.com');
    expect(statuses(await ask(here, 'wi-gsa-binding'))).toEqual(['pass']);
    const apis = await ask(here, 'wi-iamcredentials-api');
    expect(apis.map(({ subject, status }) => `${subject} ${status}`)).toEqual([
      'projects/other-1 warn',
      'projects/sandbox-1 pass',
    ]);
  });

  test.each([
    ['storage.objects.list', 'pass'],
    ['storage.objects.create', 'warn'],
  ])('let in, and the error text names %s', async (permission, status) => {
    const symptom = { problem: 'wi-gsa-binding', entities: { permission }, at: new Date().toISOString() };
    const [finding] = await ask(healthyWorld(), 'wi-gsa-binding', { symptom });
    expect(finding?.status).toBe(status);
    if (status === 'warn') expect(finding?.missing?.permissions).toEqual([permission]);
  });

  test('a fleet’s pool: members name it, with the number of its own project', async () => {
    const fields = { workloadIdentityConfig: { workloadPool: 'fleet-1.svc.id.goog' } };
    const here = healthyWorld({ fields });
    here.world.project('fleet-1', '333333333333').project.workloadIdentityPool = true;
    expect(statuses(await ask(here, 'wi-gsa-binding'))).toEqual(['fail']);
    here.project.unbindOn(CHECKOUT, USER);
    const pool = 'projects/333333333333/locations/global/workloadIdentityPools/fleet-1.svc.id.goog';
    here.project.bindOn(CHECKOUT, USER, `principal://iam.googleapis.com/${pool}/subject/ns/shop/sa/checkout`);
    expect(statuses(await ask(here, 'wi-gsa-binding'))).toEqual(['pass']);
    expect(statuses(await ask(here, 'wi-workload-pool'))).toEqual(['warn']);
  });

  test('an account whose policy may not be read: unknown, with the command', async () => {
    const here = healthyWorld({ objects: [serviceAccount('shop', 'checkout', 'far@other-1.iam.gserviceaccount.com')] });
    here.world.project('other-1', '210987654321').serviceAccount('far');
    const [finding] = await ask(here, 'wi-gsa-binding');
    expect(finding).toMatchObject({ status: 'unknown', detail: expect.stringContaining('gcloud ') });
  });
});

describe('wi-ksa-annotation', () => {
  const with_ = (annotation: string) => healthyWorld({ objects: [serviceAccount('shop', 'checkout', annotation)] });

  test.each([
    ['an account of no such name, nothing like it', 'payments@sandbox-1.iam.gserviceaccount.com', []],
    ['a typing error', 'chekout@sandbox-1.iam.gserviceaccount.com', ['annotate-service-account']],
    ['a blank at the end', `${CHECKOUT} `, ['annotate-service-account']],
    ['the name alone', 'checkout', ['annotate-service-account']],
  ])('%s', async (_, annotation, kinds) => {
    const here = with_(annotation);
    const [finding] = await ask(here, 'wi-ksa-annotation');
    expect(finding?.status).toBe('fail');
    expect(finding?.remedies.map(({ kind }) => kind)).toEqual(kinds);
    expect(statuses(await ask(here, 'wi-gsa-binding'))).toEqual(['not-applicable']);
  });

  test('a disabled account: to be enabled, and its policy judged all the same', async () => {
    const here = healthyWorld();
    const account = here.project.project.serviceAccounts[CHECKOUT];
    if (account) account.disabled = true;
    const [finding] = await ask(here, 'wi-ksa-annotation');
    expect(finding).toMatchObject({ status: 'fail', remedies: [{ kind: 'enable-service-account' }] });
    expect(statuses(await ask(here, 'wi-gsa-binding'))).toEqual(['pass']);
  });

  test('no Kubernetes service account of that name', async () => {
    const findings = await ask(healthyWorld(), 'wi-ksa-annotation', { workload: 'shop/chekout' });
    expect(findings).toMatchObject([
      { status: 'fail', subject: `${CLUSTER}/k8s/namespaces/shop/serviceaccounts/chekout` },
    ]);
  });
});

describe('wi-nodepool-metadata-mode', () => {
  const pools = (...nodePools: NonNullable<ClusterOptions['nodePools']>) => ({ nodePools });
  const say = (findings: readonly Finding[]) =>
    findings.map(({ subject, status }) => `${subject.split('/').at(-1)} ${status}`);

  test.each([
    [
      'a pool without Pods of it',
      pools({ name: 'pool-a' }, { name: 'pool-b', metadataMode: 'GCE_METADATA' }),
      ['pool-a pass', 'pool-b warn'],
    ],
    ['unspecified', pools({ name: 'pool-a', metadataMode: 'MODE_UNSPECIFIED' }), ['pool-a fail']],
    ['not set', pools({ name: 'pool-a', metadataMode: null }), ['pool-a fail']],
    ['Windows, in the right mode', pools({ name: 'pool-a', imageType: 'WINDOWS_LTSC_CONTAINERD' }), ['pool-a pass']],
    [
      'Windows, in the wrong mode',
      pools({ name: 'pool-a', imageType: 'WINDOWS_LTSC_CONTAINERD', metadataMode: 'GCE_METADATA' }),
      ['pool-a fail'],
    ],
    ['Autopilot', { autopilot: true, nodePools: [{ name: 'pool-a' }] }, ['cluster-x not-applicable']],
    [
      'Workload Identity off',
      { workloadIdentity: false, ...pools({ name: 'pool-a', metadataMode: 'GCE_METADATA' }) },
      ['pool-a not-applicable'],
    ],
    [
      'on the host network',
      { ...pools({ name: 'pool-a' }), objects: [checkout({ spec: { hostNetwork: true } })] },
      ['pool-a fail'],
    ],
    [
      'Cloud Storage FUSE on the host network',
      {
        version: '1.33.5-gke.1201000',
        ...pools({ name: 'pool-a' }),
        objects: [checkout({ spec: { hostNetwork: true }, annotations: { 'gke-gcsfuse/volumes': 'true' } })],
      },
      ['pool-a pass'],
    ],
    [
      'Cloud Storage FUSE on the host network, too old',
      {
        version: '1.33.3-gke.1225999',
        ...pools({ name: 'pool-a' }),
        objects: [checkout({ spec: { hostNetwork: true }, annotations: { 'gke-gcsfuse/volumes': 'true' } })],
      },
      ['pool-a fail'],
    ],
  ] satisfies [string, Partial<ClusterOptions>, string[]][])('%s', async (_, cluster, said) => {
    expect(say(await ask(healthyWorld(cluster), 'wi-nodepool-metadata-mode'))).toEqual(said);
  });

  test('without a workload a wrong mode is a warning', async () => {
    const here = healthyWorld(pools({ name: 'pool-a', metadataMode: 'GCE_METADATA' }));
    expect(say(await ask(here, 'wi-nodepool-metadata-mode', { workload: undefined }))).toEqual(['pool-a warn']);
  });
});

describe('wi-netpol-egress', () => {
  const calico = { networkPolicy: { provider: 'CALICO', enabled: true } };
  const v2 = { networkConfig: { datapathProvider: 'ADVANCED_DATAPATH' } };
  const udp = { ports: [{ protocol: 'UDP', port: 53 }] };
  const egress = (...rules: object[]) =>
    networkPolicy('shop', 'egress', { podSelector: {}, policyTypes: ['Egress'], egress: rules });
  const to = (cidr: string, port: number) => ({ to: [{ ipBlock: { cidr } }], ports: [{ protocol: 'TCP', port }] });

  test.each([
    ['not enforced', {}, [egress()], 'not-applicable'],
    ['by port only', { fields: calico }, [egress({ ports: [{ port: 988 }] }, udp)], 'pass'],
    ['no DNS', { fields: calico }, [egress(to('169.254.169.252/32', 988))], 'warn'],
    [
      'before 1.21.0-gke.1000',
      { version: '1.20.15-gke.2500', fields: calico },
      [egress(to('127.0.0.1/32', 988), udp)],
      'pass',
    ],
    [
      'before 1.21.0-gke.1000, by the new address',
      { version: '1.20.15-gke.2500', fields: calico },
      [egress(to('169.254.169.252/32', 988), udp)],
      'fail',
    ],
    ['Dataplane V2', { fields: v2 }, [egress(to('169.254.169.254/32', 80), udp)], 'pass'],
    ['Dataplane V2, by Calico’s address', { fields: v2 }, [egress(to('169.254.169.252/32', 988), udp)], 'fail'],
    ['Autopilot', { autopilot: true }, [egress()], 'fail'],
    [
      'several that add up',
      { fields: calico },
      [
        networkPolicy('shop', 'deny', { podSelector: {}, policyTypes: ['Egress'] }),
        egress({ ports: [{ port: 988 }] }, udp),
      ],
      'pass',
    ],
    ['the host network', { fields: calico }, [egress(), checkout({ spec: { hostNetwork: true } })], 'not-applicable'],
    [
      'a policy of Cilium’s that looks into requests',
      { fields: v2 },
      [
        egress(),
        {
          apiVersion: 'cilium.io/v2',
          kind: 'CiliumNetworkPolicy',
          metadata: { name: 'l7', namespace: 'shop' },
          spec: {
            endpointSelector: {},
            egress: [{ toPorts: [{ ports: [{ port: '80' }], rules: { http: [{}] } }] }],
          },
        },
      ],
      'unknown',
    ],
  ] satisfies [string, Partial<ClusterOptions>, ClusterOptions['objects'], Status][])(
    '%s',
    async (_, cluster, objects, status) => {
      expect(statuses(await ask(healthyWorld({ ...cluster, objects }), 'wi-netpol-egress'))).toEqual([status]);
    },
  );

  test('DNS that a policy keeps away isn’t blamed on DNS', async () => {
    const here = healthyWorld({ fields: calico, objects: [egress(to('169.254.169.252/32', 988))] });
    here.project.log(containerLog({ minutesAgo: 5, text: 'lookup metadata.google.internal: no such host' }));
    expect(statuses(await ask(here, 'wi-metadata-dns'))).toEqual(['not-applicable']);
  });
});

describe('wi-metadata-dns and wi-metadata-startup', () => {
  const kubeDns = (ready: 'True' | 'False') => {
    const made = pod({
      namespace: 'kube-system',
      name: 'kube-dns-6f9b7d5c4d-2xkfp',
      labels: { 'k8s-app': 'kube-dns' },
    });
    return { ...made, status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] } };
  };

  test.each([
    ['kube-dns not ready', {}, 'warn'],
    [
      'kube-dns not ready, but Cloud DNS in use',
      { fields: { networkConfig: { dnsConfig: { clusterDns: 'CLOUD_DNS' } } } },
      'pass',
    ],
  ] satisfies [string, Partial<ClusterOptions>, Status][])('%s', async (_, cluster, status) => {
    const here = healthyWorld({ ...cluster, objects: [kubeDns('False')] });
    expect(statuses(await ask(here, 'wi-metadata-dns'))).toEqual([status]);
  });

  test.each([
    ['another workload’s logs', { minutesAgo: 5, pod: 'cart-6f9b7d5c4d-abcde' }, 'pass'],
    ['logs of two days ago', { minutesAgo: 2_880 }, 'pass'],
    ['its own logs', { minutesAgo: 5 }, 'warn'],
  ])('%s', async (_, entry, status) => {
    const here = healthyWorld();
    here.project.log(containerLog({ text: 'lookup metadata.google.internal on 10.8.0.10:53: no such host', ...entry }));
    expect(statuses(await ask(here, 'wi-metadata-dns'))).toEqual([status]);
  });

  test('errors that go on after the start are not the start’s', async () => {
    const startedAt = new Date(Date.now() - 3_600_000).toISOString();
    const here = healthyWorld({ objects: [checkout({ containerStatus: { state: { running: { startedAt } } } })] });
    const text = 'Could not load the default credentials.';
    here.project.log(containerLog({ minutesAgo: 59.9, text }), containerLog({ minutesAgo: 10, text }));
    expect(statuses(await ask(here, 'wi-metadata-startup'))).toEqual(['not-applicable']);
  });

  test('the metadata server that was refused by the API server is told to the control plane’s check', async () => {
    const here = healthyWorld();
    const entry = containerLog({
      minutesAgo: 20,
      text: 'dial tcp 35.232.136.58:443: connect: connection refused',
      pod: 'gke-metadata-server-8sm2l',
    });
    here.project.log({ ...entry, resource: inKubeSystem(entry.resource) });
    const [finding] = await ask(here, 'wi-control-plane-unavailable');
    expect(finding?.evidence.map(({ says }) => says).join()).toContain(
      '35.232.136.58:443: connect: connection refused',
    );
    expect(statuses(await ask(here, 'wi-metadata-dns'))).toEqual(['pass']);
  });

  test('logs that may not be read: unknown', async () => {
    const here = healthyWorld();
    const role = here.project.project.roles['projects/sandbox-1/roles/gkeAuthDiagnoser'];
    if (role) role.includedPermissions = role.includedPermissions.filter(one => !one.startsWith('logging.'));
    const [finding] = await ask(here, 'wi-metadata-startup');
    expect(finding).toMatchObject({ status: 'unknown', detail: expect.stringContaining('logging.logEntries.list') });
  });
});

describe('wi-istio-exclusion', () => {
  const proxy = { name: 'istio-proxy', image: 'proxyv2' };
  const app = { name: 'app', image: 'app' };
  const init = (...args: string[]) => ({ name: 'istio-init', image: 'proxyv2', args: ['istio-iptables', ...args] });
  const held = { 'proxy.istio.io/config': '{ "holdApplicationUntilProxyStarts": true }' };
  const excluded = { 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '10.0.0.0/8,169.254.169.254/32' };
  const map = (name: string, data: object) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'istio-system' },
    data: { ...data },
  });
  const meshed = (more: Partial<PodOptions>) => checkout({ spec: { containers: [app, proxy] }, ...more });

  test.each([
    ['nothing set', [meshed({})], 'fail'],
    ['excluded by annotation, and held', [meshed({ annotations: { ...held, ...excluded } })], 'pass'],
    ['excluded by annotation, not held', [meshed({ annotations: excluded })], 'warn'],
    [
      'a native sidecar',
      [
        meshed({
          annotations: excluded,
          spec: { containers: [app], initContainers: [{ ...proxy, restartPolicy: 'Always' }] },
        }),
      ],
      'pass',
    ],
    [
      'excluded as injected',
      [
        meshed({
          annotations: held,
          spec: { containers: [app, proxy], initContainers: [init('-i', '*', '-x', '169.254.169.254/32')] },
        }),
      ],
      'pass',
    ],
    [
      'included ranges that leave it out',
      [meshed({ annotations: held, spec: { containers: [app, proxy], initContainers: [init('-i', '10.8.0.0/20')] } })],
      'pass',
    ],
    [
      'excluded for the whole mesh',
      [
        meshed({}),
        map('istio-sidecar-injector-asm-1', {
          values: JSON.stringify({
            global: { proxy: { excludeIPRanges: '169.254.169.254/32', holdApplicationUntilProxyStarts: true } },
          }),
        }),
      ],
      'pass',
    ],
    [
      'a mesh that lets everything out',
      [meshed({ annotations: held }), map('istio', { mesh: 'outboundTrafficPolicy:\n  mode: ALLOW_ANY\n' })],
      'pass',
    ],
    [
      'a mesh that lets nothing out',
      [meshed({ annotations: held }), map('istio', { mesh: 'outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\n' })],
      'fail',
    ],
    [
      'a mesh that doesn’t say: Istio’s own default lets it out',
      [meshed({ annotations: held }), map('istio', { mesh: 'accessLogFile: /dev/stdout\n' })],
      'unknown',
    ],
    ['ambient', [checkout({ labels: { app: 'checkout', 'istio.io/dataplane-mode': 'ambient' } })], 'unknown'],
    ['no sidecar', [], 'not-applicable'],
  ] satisfies [string, ClusterOptions['objects'], Status][])('%s', async (_, objects, status) => {
    expect(statuses(await ask(healthyWorld({ objects }), 'wi-istio-exclusion'))).toEqual([status]);
  });
});

describe('wi-metadata-server-oom', () => {
  const server = (containerStatus: PodOptions['containerStatus']) =>
    pod({
      namespace: 'kube-system',
      name: 'gke-metadata-server-8sm2l',
      labels: { 'k8s-app': 'gke-metadata-server' },
      containerStatus,
    });
  const crash = { waiting: { reason: 'CrashLoopBackOff' } };
  const killed = (hoursAgo: number) => ({
    terminated: {
      reason: 'OOMKilled',
      exitCode: 137,
      finishedAt: new Date(Date.now() - hoursAgo * 3_600_000).toISOString(),
    },
  });

  test.each([
    [
      'crashing for another reason',
      [server({ state: crash, lastState: { terminated: { reason: 'Error', exitCode: 1 } } })],
      'pass',
    ],
    ['out of memory an hour ago', [server({ state: crash, lastState: killed(1) })], 'fail'],
    ['out of memory three days ago', [server({ lastState: killed(72) })], 'warn'],
    [
      'another Pod out of memory',
      [pod({ namespace: 'kube-system', name: 'fluentbit-1', containerStatus: { lastState: killed(1) } })],
      'pass',
    ],
  ] satisfies [string, ClusterOptions['objects'], Status][])('%s', async (_, objects, status) => {
    expect(statuses(await ask(healthyWorld({ objects }), 'wi-metadata-server-oom'))).toEqual([status]);
  });

  test('3,001 service accounts, nobody killed: a warning', async () => {
    const objects = Array.from({ length: 3_001 }, (_, index) => serviceAccount('tenants', `job-${index}`));
    expect(statuses(await ask(healthyWorld({ objects }), 'wi-metadata-server-oom'))).toEqual(['warn']);
  });
});

describe('what an error text or an operation says', () => {
  const symptom = (problem: string, entities: Record<string, string> = {}) => ({
    workload: undefined,
    symptom: { problem, entities, at: new Date().toISOString() },
  });
  const denied = symptom('gce-permission-retry-budget', {
    permission: 'compute.regions.get',
    resource: 'projects/sandbox-1/regions/asia-northeast1',
  });

  test('DeployPatch failed though the agent holds its role: unknown', async () => {
    expect(statuses(await ask(healthyWorld(), 'wi-deploypatch-failed', symptom('wi-deploypatch-failed')))).toEqual([
      'unknown',
    ]);
  });

  test('both agents hold the permission: try again, nobody is blamed', async () => {
    const [finding] = await ask(healthyWorld(), 'gce-permission-retry-budget', denied);
    expect(finding).toMatchObject({ status: 'warn', detail: expect.stringContaining('Try again'), remedies: [] });
  });

  test('the Google APIs agent lacks it: Editor, as a command only', async () => {
    const here = healthyWorld();
    here.project.unbind('roles/editor');
    const [finding] = await ask(here, 'gce-permission-retry-budget', denied);
    expect(finding).toMatchObject({ status: 'fail', remedies: [{ kind: 'command', risk: 'manual' }] });
    expect(finding?.missing?.principal).toBe('serviceAccount:123456789012@cloudservices.gserviceaccount.com');
  });

  test('nothing said: not applicable', async () => {
    expect(statuses(await ask(healthyWorld(), 'gce-permission-retry-budget', { workload: undefined }))).toEqual([
      'not-applicable',
    ]);
    expect(statuses(await ask(healthyWorld(), 'wi-deploypatch-failed', { workload: undefined }))).toEqual([
      'not-applicable',
    ]);
  });
});
