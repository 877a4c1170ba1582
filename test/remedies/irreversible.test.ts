/** What can't be taken back says so, instead of doing nothing and calling it done; and every remedy has its place in the console. */
import { expect, test } from 'vitest';
import type { Remedy } from '../../src/contracts/report.ts';
import { ChangeRefusedError } from '../../src/remedies/apply/refused.ts';
import { planRemedy, writingOf } from '../../src/remedies/index.ts';
import type { ApplyContext } from '../../src/remedies/remedy.ts';
import { policies } from '../diagnosis/checks/policies.ts';

const untouched = new Proxy<Partial<ApplyContext['google']>>(
  {},
  {
    get: (_, name) => {
      throw new Error(`${String(name)} was called`);
    },
  },
);

const place = { project: 'p', location: 'l', cluster: 'c' };

test.each<[string, Pick<Remedy, 'kind' | 'params'>]>([
  ['the container API', { kind: 'enable-service', params: { project: 'p', service: 'container.googleapis.com' } }],
  ['the Compute Engine API', { kind: 'enable-service', params: { project: 'p', service: 'compute.googleapis.com' } }],
  ['recreated nodes', { kind: 'recreate-node-pool', params: { ...place, nodePool: 'a', version: '-' } }],
])('%s: a revocation is refused with the reason, and nothing is touched', async (_, remedy) => {
  const { revoke } = writingOf(remedy);
  const context = { google: untouched, approval: 'a1', signal: new AbortController().signal };
  await expect(async () => revoke?.(context as ApplyContext)).rejects.toThrow(ChangeRefusedError);
  expect(revoke).toBeDefined();
});

const plan = (command: readonly string[]) =>
  planRemedy({ kind: 'command', params: { command } }, { access: policies({}), missing: [] }, 'en').console;
const CONSOLE = 'https://console.cloud.google.com';

test.each<[string, string | undefined]>([
  ['gcloud projects add-iam-policy-binding p --member=user:a@example.com --role=ROLE', '/iam-admin/iam?project=p'],
  [
    'gcloud container clusters get-credentials c --location=l --project=p',
    '/kubernetes/clusters/details/l/c/details?project=p',
  ],
  [
    'gcloud container clusters upgrade c --master --location=l --project=p',
    '/kubernetes/clusters/details/l/c/details?project=p',
  ],
  [
    'gcloud container node-pools create n --cluster=c --location=l --project=p',
    '/kubernetes/clusters/details/l/c/nodes?project=p',
  ],
  ['gcloud auth login', undefined],
  ['kubectl create serviceaccount x --namespace=y', undefined],
])('%s: %s', (command, path) => {
  expect(plan(command.split(' '))).toBe(path === undefined ? undefined : `${CONSOLE}${path}`);
});

test('a manifest is looked at where the cluster’s objects are', () => {
  const params = {
    purpose: 'network-policy',
    resource: 'projects/p/locations/l/clusters/c/k8s/namespaces/shop/networkpolicies/n',
    before: [],
    after: ['+ NetworkPolicy n'],
    objects: [{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'n' } }],
  };
  const { console } = planRemedy({ kind: 'manifest', params }, { access: policies({}), missing: [] }, 'en');
  expect(console).toBe(`${CONSOLE}/kubernetes/object/browser?project=p`);
});
