import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokens } from '../../../sandbox/scenarios/base.ts';
import defaultScenario from '../../../sandbox/scenarios/default.ts';
import { type Client, start } from './client.ts';
import { installed, type RealClients, realClients, SLOW_MS } from './real-clients.ts';

const services = [
  'CONTAINER',
  'CLOUDRESOURCEMANAGER',
  'IAM',
  'SERVICEUSAGE',
  'RECOMMENDER',
  'ORGPOLICY',
  'LOGGING',
  'POLICYTROUBLESHOOTER',
  'IAMCREDENTIALS',
];
let cloud: Client;
let clients: RealClients<keyof typeof tokens>;

const gcloud = (line: string, as?: keyof typeof tokens) => clients.gcloud(line, as);

describe.skipIf(!installed('gcloud'))('gcloud, unchanged', () => {
  beforeAll(async () => {
    cloud = await start(defaultScenario.world());
    clients = await realClients({ url: cloud.url, project: 'sandbox-1', services, tokens, as: 'owner' });
  }, SLOW_MS);
  afterAll(async () => {
    await cloud.close();
    await clients.close();
  });

  describe.concurrent('reads', () => {
    const node = 'node-b@sandbox-1.iam.gserviceaccount.com';
    test.each<[string, RegExp]>([
      [
        'container clusters list',
        /^NAME +LOCATION +MASTER_VERSION.*\n(?:.*\n)*cluster-x +asia-northeast1 +1\.33\S+ +127\.0\.0\.1:\d+ +e2-standard-4 +\S+ +12 +RUNNING/,
      ],
      [
        'container clusters describe cluster-x --location asia-northeast1 --format=value(status,workloadIdentityConfig.workloadPool)',
        /^RUNNING\tsandbox-1\.svc\.id\.goog\n$/,
      ],
      [
        'container node-pools list --cluster cluster-x --zone asia-northeast1 --format=table[no-heading](name)',
        /^pool-a\npool-b\npool-c\npool-d\n$/,
      ],
      [
        'container node-pools describe pool-b --cluster cluster-x --location asia-northeast1 --format=table[no-heading](config.serviceAccount)',
        /^node-b@sandbox-1\.iam\.gserviceaccount\.com\n$/,
      ],
      ['projects list', /sandbox-1 +sandbox-1 +123456789012/],
      ['projects describe sandbox-1 --format=value(projectNumber)', /^123456789012\n$/],
      [
        `projects get-iam-policy sandbox-1 --flatten=bindings[].members --format=table[no-heading](bindings.role) "--filter=bindings.members:${node}"`,
        /^roles\/monitoring\.metricWriter\n$/,
      ],
      [
        'iam roles describe roles/container.defaultNodeServiceAccount --format=json',
        /"includedPermissions": \[\n {4}"autoscaling\.sites\.writeMetrics"/,
      ],
      ['iam service-accounts list --format=value(email)', /^node-b@sandbox-1\.iam\.gserviceaccount\.com$/m],
      [
        'iam service-accounts get-iam-policy checkout@sandbox-1.iam.gserviceaccount.com',
        /serviceAccount:sandbox-1\.svc\.id\.goog\[shop\/checkout\]\n {2}role: roles\/iam\.workloadIdentityUser/,
      ],
      ['services list', /^container\.googleapis\.com +Kubernetes Engine API$/m],
      [
        `policy-troubleshoot iam //cloudresourcemanager.googleapis.com/projects/sandbox-1 --principal-email=${node} --permission=logging.logEntries.create --format=value(access)`,
        /^NOT_GRANTED\n$/,
      ],
    ])(
      '%s',
      async (line, expected) => {
        const { code, out, err } = await gcloud(line);
        expect(err).toBe('');
        expect(code).toBe(0);
        expect(out).toMatch(expected);
      },
      SLOW_MS,
    );

    test.each<[string, keyof typeof tokens, RegExp]>([
      [
        'container clusters describe nope --location us-central1',
        'owner',
        /ResponseError: code=404, message=Not found: projects\/sandbox-1\/locations\/us-central1\/clusters\/nope\./,
      ],
      [
        'projects get-iam-policy sandbox-1',
        'requester',
        /does not have permission to access projects instance \[sandbox-1:getIamPolicy\]/,
      ],
      [
        'projects add-iam-policy-binding sandbox-1 --member=user:zed@example.com --role=roles/container.viewer',
        'owner',
        /without specifying a condition to a policy containing conditions is prohibited/,
      ],
    ])(
      '%s, by the %s: an error',
      async (line, who, expected) => {
        const { code, err } = await gcloud(line, who);
        expect(code).toBe(1);
        expect(err).toMatch(expected);
      },
      SLOW_MS,
    );
  });

  test(
    'bindings with and without a condition come and go',
    async () => {
      const binding = 'sandbox-1 --member=user:zed@example.com --role=roles/container.viewer';
      const condition = `"--condition=expression=request.time < timestamp('2030-01-01T00:00:00Z'),title=until 2030"`;
      const held = (): unknown[] =>
        (cloud.cloud.world.projects['sandbox-1']?.policy.bindings ?? [])
          .filter(({ members }) => members.includes('user:zed@example.com'))
          .map(found => found.condition?.title ?? 'always');
      expect((await gcloud(`projects add-iam-policy-binding ${binding} --condition=None`)).code).toBe(0);
      expect((await gcloud(`projects add-iam-policy-binding ${binding} ${condition}`)).code).toBe(0);
      expect(held().sort()).toEqual(['always', 'until 2030']);
      expect((await gcloud(`projects remove-iam-policy-binding ${binding} --condition=None`)).code).toBe(0);
      expect(held()).toEqual(['until 2030']);
      expect((await gcloud(`projects remove-iam-policy-binding ${binding} ${condition}`)).code).toBe(0);
      expect(held()).toEqual([]);
    },
    SLOW_MS,
  );

  test.skipIf(!installed('kubectl') || !installed('gke-gcloud-auth-plugin'))(
    'kubectl, with the kubeconfig that gcloud writes',
    async () => {
      const { err } = await gcloud('container clusters get-credentials cluster-x --location asia-northeast1');
      expect(err).toContain('kubeconfig entry generated for cluster-x.');
      const namespaces = await clients.kubectl('get namespaces');
      expect(namespaces.err).toBe('');
      expect(namespaces.out).toMatch(/^shop +Active/m);
      expect((await clients.kubectl('get serviceaccounts -n shop')).out).toMatch(/^checkout +0/m);
      expect((await clients.kubectl('get pods -n shop')).out).toMatch(/^checkout-\S+ +1\/1 +Running/m);
    },
    SLOW_MS,
  );

  test('no call had an unknown route', async () => {
    expect(await cloud.control('GET', 'unknown')).toEqual({ unknown: [] });
  });
});
