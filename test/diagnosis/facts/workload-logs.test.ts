/** The search for a workload's own log lines: which Pods it names, and when it is at its end. */
import { describe, expect, test } from 'vitest';
import { known } from '../../../src/diagnosis/facts/fact.ts';
import { Session } from '../../../src/diagnosis/facts/session.ts';
import { podNamesOf } from '../../../src/diagnosis/facts/workload/controllers.ts';
import { readMetadataServerLogs, readWorkloadLogs } from '../../../src/diagnosis/facts/workload/logs.ts';
import type { Workload } from '../../../src/diagnosis/facts/workload/workload.ts';
import type { GoogleReads } from '../../../src/google/reads.ts';
import { Deployment, Pod } from '../../../src/kubernetes/objects.ts';
import { cluster, unknown } from '../checks/facts.ts';

const pod = (name: string, kind?: string, owner = '') =>
  Pod.parse({
    metadata: {
      name,
      namespace: 'shop',
      ...(kind ? { ownerReferences: [{ kind, name: owner, controller: true }] } : {}),
    },
    spec: { containers: [{ name: 'app' }] },
  });
const deployment = (name: string) =>
  Deployment.parse({
    metadata: { name, namespace: 'shop' },
    spec: { selector: {}, template: { metadata: {}, spec: { containers: [{ name: 'app' }] } } },
  });
const workload = (pods: readonly Pod[], more: Partial<Workload> = {}): Workload => ({
  namespace: 'shop',
  serviceAccount: 'checkout',
  resource: 'projects/p/locations/l/clusters/c/k8s/namespaces/shop/serviceaccounts/checkout',
  account: unknown('denied'),
  pods: known(pods, 'kubernetes pods.list'),
  endedPods: [],
  nodes: known([], 'kubernetes nodes.list'),
  deployments: known([], 'kubernetes deployments.list'),
  ...more,
});

describe('what the Pods of a workload are called', () => {
  const isOwn = (one: Workload, name: string) => {
    const { exact, patterns } = podNamesOf(one);
    return exact.includes(name) || patterns.some(pattern => new RegExp(pattern).test(name));
  };
  const ofDeployment = workload([pod('checkout-7c9d8b6f5d-x2x4q', 'ReplicaSet', 'checkout-7c9d8b6f5d')]);
  const scaledToZero = workload([], { deployments: known([deployment('checkout')], 'kubernetes deployments.list') });

  test.each<[string, Workload, string, boolean]>([
    ['one that runs', ofDeployment, 'checkout-7c9d8b6f5d-x2x4q', true],
    ['an earlier one of the Deployment', ofDeployment, 'checkout-6f9b7d5c4-k8w2t', true],
    ['of a Deployment whose name begins alike', ofDeployment, 'checkout-worker-5d9c7b6f4-abcde', false],
    ['of a DaemonSet whose name begins alike', ofDeployment, 'checkout-agent-x2x4q', false],
    ['of a Deployment whose name ends alike', ofDeployment, 'pre-checkout-6f9b7d5c4-k8w2t', false],
    ['of a Deployment that has none now', scaledToZero, 'checkout-7c9d8b6f5d-x2x4q', true],
    ['of another Deployment', scaledToZero, 'cart-7c9d8b6f5d-x2x4q', false],
    ['of a StatefulSet', workload([pod('db-0', 'StatefulSet', 'db')]), 'db-17', true],
    ['of a StatefulSet whose name begins alike', workload([pod('db-0', 'StatefulSet', 'db')]), 'db-test-0', false],
    ['of a DaemonSet', workload([pod('agent-x2x4q', 'DaemonSet', 'agent')]), 'agent-k8w2t', true],
    [
      'of a DaemonSet whose name begins alike',
      workload([pod('agent-x2x4q', 'DaemonSet', 'agent')]),
      'agent-2-k8w2t',
      false,
    ],
    ['of a Job', workload([pod('once-x2x4q', 'Job', 'once')]), 'once-k8w2t', true],
    [
      'of an earlier Job of its CronJob',
      workload([pod('nightly-29412000-x2x4q', 'Job', 'nightly-29412000')]),
      'nightly-29410560-k8w2t',
      true,
    ],
    [
      'of a Job that is called alike',
      workload([pod('nightly-29412000-x2x4q', 'Job', 'nightly-29412000')]),
      'nightly-test-k8w2t',
      false,
    ],
    ['made by something else', workload([pod('rollout-1', 'Workflow', 'rollout')]), 'rollout-1', true],
    ['another of something else', workload([pod('rollout-1', 'Workflow', 'rollout')]), 'rollout-2', false],
    ['alone', workload([pod('alone')]), 'alone', true],
    ['alone, another', workload([pod('alone')]), 'alone-2', false],
    ['a name with a dot', workload([pod('a.b-0', 'StatefulSet', 'a.b')]), 'axb-1', false],
    ['one that has ended', workload([], { endedPods: [pod('once-x2x4q', 'Job', 'once')] }), 'once-x2x4q', true],
  ])('%s', (_, one, name, own) => {
    expect(isOwn(one, name)).toBe(own);
  });

  test('names that a pattern covers are not listed as well', () => {
    expect(podNamesOf(ofDeployment).exact).toEqual([]);
    expect(podNamesOf(workload([pod('alone'), pod('alone')])).exact).toEqual(['alone']);
  });
});

type Page = Awaited<ReturnType<GoogleReads['listLogEntries']>>;

/** A session whose logs answer these pages, and what it was asked. */
function searching(...pages: Page[]) {
  const asked: { filter: string; pageSize: number; pageToken?: string | undefined }[] = [];
  const listLogEntries: GoogleReads['listLogEntries'] = async (_, filter, page) => {
    asked.push({ filter, ...page });
    return pages[asked.length - 1] ?? { entries: [], next: 'more' };
  };
  // Nothing else is read here.
  const google = new Proxy({ listLogEntries } as GoogleReads, {
    get: (reads, name) => {
      if (name === 'listLogEntries') return reads.listLogEntries;
      throw new Error(`not asked: ${String(name)}`);
    },
  });
  return { asked, session: new Session({ google, now: new Date('2026-01-02T12:00:00Z') }) };
}
const entry = (textPayload: string, more: object = {}) => ({
  timestamp: '2026-01-02T11:00:00Z',
  textPayload,
  resource: { labels: { pod_name: 'checkout-7c9d8b6f5d-x2x4q', container_name: 'app', namespace_name: 'shop' } },
  ...more,
});
const value = cluster();
const here = value.known ? value.value : undefined;
if (!here) throw new Error('a cluster is known');
const one = workload([pod('checkout-7c9d8b6f5d-x2x4q', 'ReplicaSet', 'checkout-7c9d8b6f5d')]);
const LOOKUP = 'lookup metadata.google.internal on 10.8.0.10:53: no such host';

test('names the cluster, the namespace, the Pods and the day', async () => {
  const { asked, session } = searching({ entries: [] });
  await readWorkloadLogs(session, here, one);
  const [{ filter = '', pageSize } = { pageSize: 0 }] = asked;
  expect(filter.split('\n')).toEqual([
    'resource.type="k8s_container"',
    'resource.labels.cluster_name="c"',
    'resource.labels.location="europe-west1"',
    'timestamp>="2026-01-01T12:00:00.000Z"',
    'resource.labels.namespace_name="shop"',
    '(resource.labels.pod_name=~"^checkout-[4-9bcdf]{6,10}-[a-z0-9]{5}$")',
    expect.stringMatching(/^\("metadata\.google\.internal" OR .*\)$/),
  ]);
  expect(pageSize).toBe(1_000);
});

test.each<[string, object, string[]]>([
  ['a name that didn’t resolve', entry(LOOKUP), ['dns']],
  ['in Node.js’ words', entry('getaddrinfo ENOTFOUND metadata.google.internal'), ['dns']],
  ['in Python’s words', entry('metadata.google.internal: Name or service not known'), ['dns']],
  ['in a JSON payload', { ...entry(''), textPayload: null, jsonPayload: { message: LOOKUP } }, ['dns']],
  ['no credentials', entry('google.auth.exceptions.DefaultCredentialsError: x'), ['credentials']],
  ['no credentials, and a hint', entry('Could not load the default credentials. Browse to …'), ['credentials']],
  ['a look-up that worked', entry('GET http://metadata.google.internal/ 200'), []],
  ['an entry without labels', { ...entry(LOOKUP), resource: {} }, []],
  ['an entry without a time', { ...entry(LOOKUP), timestamp: undefined }, []],
])('%s', async (_, raw, about) => {
  const { session } = searching({ entries: [raw] });
  const logs = await readWorkloadLogs(session, here, one);
  expect(logs.known && logs.value.lines.map(line => line.about)).toEqual(about);
});

describe('when a search is at its end', () => {
  const more = { entries: [], next: 'token' };
  test.each<[string, Page[], number, boolean]>([
    ['the first page is the last', [{ entries: [entry(LOOKUP)] }], 1, true],
    ['an empty page with a token, then the last', [more, { entries: [entry(LOOKUP)] }], 2, true],
    ['the fifth page is the last', [more, more, more, more, { entries: [entry(LOOKUP)] }], 5, true],
    ['the fifth page has a token', [more, more, more, more, { ...more, entries: [entry(LOOKUP)] }], 5, false],
    ['an empty token', [{ entries: [entry(LOOKUP)], next: '' }], 1, true],
  ])('%s', async (_, pages, calls, isComplete) => {
    const { asked, session } = searching(...pages);
    const logs = await readWorkloadLogs(session, here, one);
    expect(logs).toMatchObject({ known: true, value: { isComplete, lines: [{ about: 'dns' }] } });
    expect(asked).toHaveLength(calls);
    expect(asked.slice(1).every(({ pageToken }) => pageToken === 'token')).toBe(true);
  });

  test('more Pods than a filter can name', async () => {
    const pods = (count: number) => workload(Array.from({ length: count }, (_, index) => pod(`p-${index}`)));
    const complete = async (count: number) => {
      const { asked, session } = searching({ entries: [] });
      const logs = await readWorkloadLogs(session, here, pods(count));
      const named = asked[0]?.filter.match(/pod_name=/g)?.length;
      return { isComplete: logs.known && logs.value.isComplete, named };
    };
    expect(await complete(100)).toEqual({ isComplete: true, named: 100 });
    expect(await complete(101)).toEqual({ isComplete: false, named: 100 });
  });
});

test('without Pods nothing is searched, and Pods that can’t be read are the reason', async () => {
  const { asked, session } = searching();
  expect(await readWorkloadLogs(session, here, workload([]))).toMatchObject({ value: { lines: [], isComplete: true } });
  const unread = unknown('denied');
  expect(await readWorkloadLogs(session, here, workload([], { pods: unread }))).toBe(unread);
  expect(asked).toEqual([]);
});

test('the metadata servers’ lines: those about the API server, of one page', async () => {
  const { asked, session } = searching({
    entries: [
      entry('dial tcp 35.232.136.58:443: connect: connection refused'),
      entry('dial tcp 169.254.169.254:443: connect: connection refused'),
      entry('dial tcp 10.0.0.1:80: connect: connection refused'),
    ],
    next: 'token',
  });
  const logs = await readMetadataServerLogs(session, here);
  expect(logs).toMatchObject({ value: [{ text: expect.stringContaining('35.232.136.58') }] });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.filter).toContain('resource.labels.namespace_name="kube-system"');
});
