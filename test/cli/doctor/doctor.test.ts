/** The doctor on a machine of its own: the real gcloud, kubectl and plugin where they are installed, a simulated cluster. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { healthyWorld, tokens } from '../../../sandbox/scenarios/base.ts';
import { CLUSTER, isInstalled, type Result, Terminal } from '../../scenarios/terminal.ts';

interface Examined {
  readonly steps: readonly { step: string; status: string; headline: string; detail?: string; next: string[] }[];
}

let here: Terminal;
let kubeconfig: string;
/** No program of anybody's. */
let empty: string;

beforeAll(async () => {
  here = await Terminal.start(healthyWorld().world.world);
  empty = join(here.home, 'empty');
  await mkdir(empty);
  const server = here.google.cloud.apiServers.all.find(({ cluster }) => cluster === CLUSTER);
  if (!server) throw new Error('the cluster has no API server');
  const ca = server.caCertificate;
  const name = 'gke_sandbox-1_asia-northeast1_cluster-x';
  kubeconfig = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: { server: `https://127.0.0.1:${server.port}`, 'certificate-authority-data': ca },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1beta1',
            command: 'gke-gcloud-auth-plugin',
            provideClusterInfo: true,
            interactiveMode: 'Never',
          },
        },
      },
    ],
  });
});
afterAll(() => here.close());

beforeEach(async () => {
  await Promise.all([here.become(tokens.requester), write(kubeconfig), here.switch({ down: false })]);
});

const write = (text: string) => writeFile(join(here.home, 'kubeconfig'), text);

const JSON_ARGS = ['doctor', 'cluster-x', '--format', 'json'];

/** Enters the program; the real programs beside it are looked for in a process of its own. */
async function doctor(env: Readonly<Record<string, string>> = {}) {
  return examined(await here.enter(JSON_ARGS, { PATH: empty, ...env }));
}

function examined({ code, out, err }: Result) {
  const seen = out + err;
  for (const secret of [...Object.values(tokens), 'ya29.']) expect(seen).not.toContain(secret);
  const { steps } = JSON.parse(out) as Examined;
  return { code, steps, bad: steps.filter(({ status }) => status === 'fail').map(({ step }) => step) };
}

describe('without gcloud, kubectl and plugin', () => {
  test('healthy but for the plugin, which it tells how to get', async () => {
    const { code, steps, bad } = await doctor();
    expect(bad).toEqual(['plugin']);
    expect(code).toBe(1);
    expect(Object.fromEntries(steps.map(({ step, status }) => [step, status]))).toEqual({
      account: 'pass',
      token: 'pass',
      cluster: 'pass',
      'api-server': 'pass',
      plugin: 'fail',
      kubectl: 'warn',
      kubeconfig: 'pass',
      'kubectl-call': 'skip',
      'metadata-server': 'skip',
    });
    expect(steps.find(({ step }) => step === 'plugin')?.next).toContain(
      'gcloud components install gke-gcloud-auth-plugin',
    );
  });

  test('an expired token', async () => {
    await here.become('ya29.expired-long-ago');
    const { bad } = await doctor();
    expect(bad).toEqual(['token', 'cluster', 'api-server', 'plugin']);
  });

  test('an ID token', async () => {
    await here.become('eyJhbGciOi.eyJzdWIiOi.c2ln');
    const { steps } = await doctor();
    expect(steps.find(({ step }) => step === 'token')?.headline).toContain('ID token');
  });

  test('no token file at all', async () => {
    const { bad, steps } = await doctor({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(here.home, 'nowhere') });
    expect(bad).toEqual(['account', 'plugin']);
    expect(steps.find(({ step }) => step === 'api-server')?.status).toBe('skip');
  });

  test.each([
    ['another CA', (text: string) => text.replace(/("certificate-authority-data":")[^"]+/, '$1bm9uZQ=='), /another CA/],
    ['another address', (text: string) => text.replace(/https:\/\/127[^"]+/, 'https://127.0.0.1:1'), /another address/],
    [
      'the removed provider',
      (text: string) => text.replace(/"exec":\{[^}]+\}/, '"auth-provider":{"name":"gcp"}'),
      /auth provider “gcp”/,
    ],
    [
      'no entry',
      (text: string) =>
        text
          .replaceAll('gke_sandbox-1_asia-northeast1_cluster-x', 'else')
          .replace(/https:\/\/127[^"]+/, 'https://192.0.2.1'),
      /no entry/,
    ],
    ['no YAML', () => '{ this: is: not', /can’t be read/],
  ])('a kubeconfig with %s', async (_, break_, says) => {
    await write(break_(kubeconfig));
    const { bad, steps } = await doctor();
    const step = steps.find(({ step }) => step === 'kubeconfig');
    expect(bad).toContain('kubeconfig');
    expect(bad).not.toContain('api-server');
    expect(step?.headline).toMatch(says);
    expect(step?.next[0]).toMatch(/^gcloud container clusters get-credentials cluster-x --location=asia-northeast1/);
  });

  // https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
  describe('the plugin that the entry names', () => {
    const NAME = 'gke-gcloud-auth-plugin';
    /** What an entry's plugin says; `sdk` is a folder beside the kubeconfig, which is not on the PATH. */
    const entry = (exec: object) =>
      write(
        JSON.stringify({
          ...JSON.parse(kubeconfig),
          users: [{ name: CONTEXT, user: { exec: { apiVersion: V1BETA1, ...exec } } }],
        }),
      );
    const CONTEXT = 'gke_sandbox-1_asia-northeast1_cluster-x';
    const V1BETA1 = 'client.authentication.k8s.io/v1beta1';

    beforeAll(async () => {
      for (const [folder, mode] of [
        ['sdk', 0o755],
        ['closed', 0o644],
        ['onpath', 0o755],
      ] as const) {
        await mkdir(join(here.home, folder), { recursive: true });
        await writeFile(join(here.home, folder, NAME), '#!/bin/sh\necho Kubernetes v1.32.0\n');
        await chmod(join(here.home, folder, NAME), mode);
      }
      await mkdir(join(here.home, 'folder', NAME), { recursive: true });
    });

    const PATHS: readonly [string, string, string, RegExp][] = [
      ['a path at which there is nothing', '/opt/sdk/bin/gke-gcloud-auth-plugin', 'fail', /doesn’t exist: \/opt\/sdk/],
      ['a file that may not be executed', 'HOME/closed/gke-gcloud-auth-plugin', 'fail', /not executable: .*closed/],
      ['a folder', 'HOME/folder/gke-gcloud-auth-plugin', 'fail', /not executable: .*folder/],
      ['a relative path at which there is nothing', './bin/gke-gcloud-auth-plugin', 'fail', /doesn’t exist: .*\/bin\//],
      ['a path that is right', 'HOME/sdk/gke-gcloud-auth-plugin', 'pass', /is right/],
      ['a relative path that is right', './sdk/gke-gcloud-auth-plugin', 'pass', /is right/],
      ['a name that is on the PATH', NAME, 'pass', /is right/],
    ];
    test.each(PATHS)('%s, with another plugin on the PATH', async (_, command, status, says) => {
      await entry({ command: command.replace('HOME', here.home) });
      const { steps } = await doctor({ PATH: join(here.home, 'onpath') });
      const step = steps.find(({ step }) => step === 'kubeconfig');
      expect(step?.status).toBe(status);
      expect(step?.headline).toMatch(says);
      if (status === 'fail') expect(step?.next.at(-1)).toMatch(/^gcloud container clusters get-credentials/);
    });

    test('is the plugin that is looked at, also where the PATH has none', async () => {
      await entry({ command: join(here.home, 'sdk', NAME) });
      const { bad, steps } = await doctor();
      expect(bad).toEqual([]);
      expect(steps.find(({ step }) => step === 'plugin')?.detail).toContain(join(here.home, 'sdk', NAME));
    });

    test.each<[string, object, string, RegExp]>([
      [
        'gcloud’s config-helper',
        { command: 'gcloud', args: ['config', 'config-helper', '--format=json'] },
        'fail',
        /config-helper instead of gke-gcloud-auth-plugin/,
      ],
      [
        'config-helper by a full path',
        { command: 'HOME/tools/gcloud', args: ['config', 'config-helper'] },
        'fail',
        /doesn’t exist/,
      ],
      ['another command of gcloud', { command: 'gcloud', args: ['auth', 'print-access-token'] }, 'warn', /doesn’t use/],
      [
        'a shell that makes a credential of config-helper',
        { command: 'sh', args: ['-c', 'gcloud config config-helper --format=json | jq .'] },
        'warn',
        /doesn’t use/,
      ],
      ['v1alpha1', { command: NAME, apiVersion: 'client.authentication.k8s.io/v1alpha1' }, 'fail', /v1alpha1/],
      ['no version', { command: NAME, apiVersion: undefined }, 'fail', /no apiVersion/],
      ['v1 of Google’s plugin', { command: NAME, apiVersion: 'client.authentication.k8s.io/v1' }, 'warn', /v1beta1/],
      [
        'v1 of another plugin',
        { command: 'mine', apiVersion: 'client.authentication.k8s.io/v1' },
        'warn',
        /doesn’t use/,
      ],
      [
        'v1alpha1 of another plugin',
        { command: 'mine', apiVersion: 'client.authentication.k8s.io/v1alpha1' },
        'fail',
        /v1alpha1/,
      ],
      ['v1beta1', { command: NAME, apiVersion: V1BETA1 }, 'pass', /is right/],
    ])('%s', async (_, exec, status, says) => {
      await entry(exec);
      const { steps } = await doctor();
      const step = steps.find(({ step }) => step === 'kubeconfig');
      expect(step?.status).toBe(status);
      expect(step?.headline).toMatch(says);
      if (status === 'fail' && /alpha|no apiVersion/.test(String(says))) expect(step?.detail).toContain('v1beta1');
    });
  });

  test('the API server down', async () => {
    await here.switch({ down: true });
    const { bad, steps } = await doctor();
    expect(bad).toEqual(['api-server', 'plugin']);
    expect(steps.find(({ step }) => step === 'api-server')?.headline).toContain('refuses connections');
  });

  test('a kubectl of another age', async () => {
    const old = join(here.home, 'old');
    await mkdir(old, { recursive: true });
    const says = JSON.stringify({ clientVersion: { gitVersion: 'v1.24.17' } });
    await writeFile(
      join(old, 'kubectl'),
      `#!/bin/sh\ncase "$1" in version) echo '${says}';; *) echo no >&2; exit 1;; esac\n`,
    );
    await chmod(join(old, 'kubectl'), 0o755);
    const { steps } = await doctor({ PATH: old });
    expect(steps.find(({ step }) => step === 'kubectl')?.headline).toContain('1.24 and the control plane 1.33');
  });

  test('in words, in both languages, and where nothing names a project', async () => {
    const english = await here.gkeAuth(['doctor', 'cluster-x'], { PATH: empty });
    expect(english.out).toMatch(/✓ token {3}Google takes the token: alice@example.com/);
    const japanese = await here.enter(['doctor', 'cluster-x', '--lang', 'ja'], { PATH: empty });
    expect(japanese.out).toContain('トークンは有効です');
    const bare = await here.enter(['doctor', 'cluster-x'], { PATH: empty, CLOUDSDK_CORE_PROJECT: '' });
    expect(bare.out).toContain('projects/sandbox-1/');
    await write('');
    const lost = await here.enter(['doctor', 'cluster-x'], { PATH: empty, CLOUDSDK_CORE_PROJECT: '' });
    expect([lost.code, lost.out]).toEqual([2, '']);
  });
});

describe.skipIf(!['gcloud', 'kubectl', 'gke-gcloud-auth-plugin'].every(isInstalled))('with the real programs', () => {
  test('all is well, down to a call through kubectl', async () => {
    const { code, steps } = examined(await here.gkeAuth(JSON_ARGS));
    expect(steps.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(steps.find(({ step }) => step === 'kubectl-call')?.status).toBe('pass');
    expect(code).toBe(0);
    expect((await readFile(join(here.home, 'kubeconfig'), 'utf8')).length).toBeGreaterThan(0);
  });
});
