import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiServer } from '../../../sandbox/google/kubernetes/server.ts';
import { manifest, pod, startWorld } from './world.ts';

const hasKubectl = (() => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasKubectl)('real kubectl', () => {
  let server: ApiServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
    const crashing = [
      { name: 'main', ready: false, restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    ];
    server = await startWorld([
      manifest('v1', 'Namespace', { name: 'shop' }),
      manifest('v1', 'ServiceAccount', { name: 'checkout', namespace: 'shop' }),
      pod('steady', 'shop', {
        status: {
          phase: 'Running',
          containerStatuses: [{ name: 'main', ready: true, restartCount: 0, state: { running: {} } }],
        },
      }),
      pod('crashing', 'shop', { status: { phase: 'Running', containerStatuses: crashing } }),
    ]);
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs kubectl with a token's kubeconfig; output and errors as the user sees them. */
  function kubectl(token: string, args: string, input = ''): Promise<{ code: number; out: string; err: string }> {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'x',
      clusters: [{ name: 'c', cluster: { server: server.url, 'certificate-authority-data': server.caCertificate } }],
      users: [{ name: 'u', user: { token } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    };
    const kubeconfig = join(folder, `${token}-${server.port}.json`);
    writeFileSync(kubeconfig, JSON.stringify(config));
    return new Promise(resolve => {
      const env = { ...process.env, HOME: folder, KUBECONFIG: kubeconfig };
      const child = execFile('kubectl', args.split(' '), { env, timeout: 20_000 }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
      );
      child.stdin?.end(input);
    });
  }

  it('lists namespaces, pods and service accounts as columns', async () => {
    const namespaces = await kubectl('owner', 'get namespaces');
    expect(
      namespaces.out
        .replace(/\d+s/g, '0s')
        .split('\n')
        .map(line => line.trim().split(/\s+/)),
    ).toEqual([
      ['NAME', 'STATUS', 'AGE'],
      ...['default', 'kube-node-lease', 'kube-public', 'kube-system', 'shop'].map(name => [name, 'Active', '0s']),
      [''],
    ]);
    const pods = await kubectl('owner', 'get pods -n shop');
    expect(pods.out).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\n/);
    expect(pods.out).toMatch(/crashing +0\/1 +CrashLoopBackOff +7 /);
    expect(pods.out).toMatch(/steady +1\/1 +Running +0 /);
    const accounts = await kubectl('owner', 'get serviceaccounts -n shop -o name');
    expect(accounts.out).toBe('serviceaccount/checkout\nserviceaccount/default\n');
  });

  it('prints the message of GKE for a denial', async () => {
    const { code, err } = await kubectl('stranger', 'get roles -n kube-system');
    expect(code).toBe(1);
    expect(err).toBe(
      'Error from server (Forbidden): roles.rbac.authorization.k8s.io is forbidden: User "stranger@example.com" cannot list resource "roles" in API group "rbac.authorization.k8s.io" in the namespace "kube-system": requires one of ["container.roles.list"] permission(s).\n',
    );
  });

  it('reports a failed login for an unknown token', async () => {
    const { code, err } = await kubectl('nobody', 'get namespaces');
    expect(code).toBe(1);
    expect(err).toContain('You must be logged in to the server');
  });

  it('runs `auth can-i`, with a review in protobuf', async () => {
    const yes = await kubectl('reader', 'auth can-i list pods -n shop');
    expect(yes.out).toBe('yes\n');
    const no = await kubectl('reader', 'auth can-i get pods --subresource=log -n shop');
    expect(no.out).toBe('no - requires one of ["container.pods.getLogs"] permission(s).\n');
  });

  it('sees the permissions of another user by RBAC only', async () => {
    const { out } = await kubectl('owner', 'auth can-i list pods -n shop --as=reader@example.com');
    expect(out).toBe('no\n');
  });

  it('creates roles and bindings that take effect', async () => {
    expect((await kubectl('stranger', 'get roles -n shop')).code).toBe(1);
    await kubectl('owner', 'create role role-reader --verb=get,list --resource=roles -n shop');
    const bound = await kubectl(
      'owner',
      'create rolebinding role-reader --role=role-reader --user=stranger@example.com -n shop',
    );
    expect(bound.out).toBe('rolebinding.rbac.authorization.k8s.io/role-reader created\n');
    expect((await kubectl('stranger', 'get roles -n shop -o name')).out).toBe(
      'role.rbac.authorization.k8s.io/role-reader\n',
    );
  });

  it('applies a NetworkPolicy, and a change to it', async () => {
    const policy = (port: number) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: to-metadata, namespace: shop}
spec:
  podSelector: {matchLabels: {app: steady}}
  egress: [{to: [{ipBlock: {cidr: 169.254.169.252/32}}], ports: [{port: ${port}, protocol: TCP}]}]
`;
    const name = 'networkpolicy.networking.k8s.io/to-metadata';
    expect((await kubectl('owner', 'apply -f -', policy(80))).out).toBe(`${name} created\n`);
    expect((await kubectl('owner', 'apply -f -', policy(80))).out).toBe(`${name} unchanged\n`);
    expect((await kubectl('owner', 'apply -f -', policy(988))).out).toBe(`${name} configured\n`);
    const { out } = await kubectl('owner', 'get netpol to-metadata -n shop -o jsonpath={.spec}');
    expect(JSON.parse(out)).toEqual({
      podSelector: { matchLabels: { app: 'steady' } },
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '169.254.169.252/32' } }], ports: [{ port: 988, protocol: 'TCP' }] }],
    });
  });

  it('adds and removes an annotation of a service account', async () => {
    const key = 'iam.gke.io/gcp-service-account';
    await kubectl('owner', `annotate serviceaccount checkout -n shop ${key}=a@b.iam.gserviceaccount.com`);
    const read = () => kubectl('owner', 'get sa checkout -n shop -o jsonpath={.metadata.annotations}');
    expect((await read()).out).toBe(`{"${key}":"a@b.iam.gserviceaccount.com"}`);
    await kubectl('owner', `annotate serviceaccount checkout -n shop ${key}-`);
    expect((await read()).out).toBe('');
  });

  it('rolls out a Deployment: the Pods have the new template, and the containers that a webhook injected', async () => {
    const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: steady, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: steady}}
  template:
    metadata: {labels: {app: steady}}
    spec: {containers: [{name: main, image: registry.example/main}]}
`;
    await kubectl('owner', 'apply -f -', deployment);
    await kubectl('owner', 'set env deployment/steady -n shop GCE_METADATA_HOST=169.254.169.254');
    const status = await kubectl('owner', 'rollout status deployment/steady -n shop');
    expect(status.out).toContain('successfully rolled out');
    const { out } = await kubectl(
      'owner',
      'get pods -n shop -l app=steady -o jsonpath={.items[*].spec.containers[*].env[*].value}',
    );
    expect(out).toBe('169.254.169.254 169.254.169.254');
  });

  it('reports the version of the control plane', async () => {
    const { out } = await kubectl('owner', 'version -o json');
    expect(JSON.parse(out).serverVersion).toMatchObject({ major: '1', minor: '33', gitVersion: 'v1.33.4-gke.1350000' });
  });

  it('no longer trusts the server once the CA is rotated', async () => {
    const before = server.caCertificate;
    await kubectl('owner', 'get namespaces');
    await server.rotateCa();
    expect(server.caCertificate).not.toBe(before);
    const stale = mkdtempSync(join(folder, 'stale-'));
    const kubeconfig = join(stale, 'config');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'x',
        clusters: [{ name: 'c', cluster: { server: server.url, 'certificate-authority-data': before } }],
        users: [{ name: 'u', user: { token: 'owner' } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      }),
    );
    const err = await new Promise<string>(resolve => {
      const env = { ...process.env, HOME: folder, KUBECONFIG: kubeconfig };
      execFile('kubectl', ['get', 'namespaces'], { env, timeout: 20_000 }, (_error, _out, text) => resolve(text));
    });
    expect(err).toContain('x509: certificate signed by unknown authority');
    expect((await kubectl('owner', 'get namespaces')).code).toBe(0);
  });
});
