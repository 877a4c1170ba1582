import { describe, expect, test } from 'vitest';
import type { CheckRequest } from '../../../../src/diagnosis/checks/check.ts';
import { nodepoolRequiresRecreation as check } from '../../../../src/diagnosis/checks/nodes/nodepool-requires-recreation.ts';
import { type Fact, known } from '../../../../src/diagnosis/facts/fact.ts';
import type { Cluster } from '../../../../src/diagnosis/facts/google/cluster.ts';
import type { Operation } from '../../../../src/diagnosis/facts/google/operations.ts';
import { Node } from '../../../../src/kubernetes/objects.ts';
import { CLUSTER, cluster, iam, operation, operations, pool, REQUEST, unknown } from '../facts.ts';

const AT = '2026-03-01T12:00:00Z';
const pasted = (nodePool?: string): Partial<CheckRequest> => ({
  symptom: { problem: 'nodepool-requires-recreation', entities: nodePool ? { nodePool } : {}, at: AT },
});
const failed = (name: string) =>
  operation('UPDATE_CLUSTER', { error: `Node pool "${name}" requires recreation.`, startTime: AT, endTime: AT });
const upgrade = (more: Partial<Operation>) => operation('UPGRADE_NODES', { pool: 'b', ...more });

type Nodes = Fact<readonly Node[]> | undefined;

/** A node of a pool, created at a time. */
const node = (pool: string, creationTimestamp?: string): Node =>
  Node.parse({ metadata: { name: `${pool}-1`, labels: { 'cloud.google.com/gke-nodepool': pool }, creationTimestamp } });
const nodesAre = (...list: Node[]): Nodes => known(list, 'kubernetes nodes.list');

function run(
  request: Partial<CheckRequest>,
  list: Fact<readonly Operation[]> = operations(),
  recreationNodes: Nodes = nodesAre(node('b', '2026-01-01T00:00:00Z')),
  facts: Fact<Cluster> = cluster(),
) {
  const given = { cluster: facts, operations: list, recreationNodes };
  return check.run(given, iam('missing'), { ...REQUEST, ...request });
}

const ofB = (findings: ReturnType<typeof run>) => findings.find(({ subject }) => subject.endsWith('/b'));

function statuses(request: Partial<CheckRequest>, list: readonly Operation[], facts = cluster()) {
  const findings = run(request, operations(...list), undefined, facts);
  return Object.fromEntries(
    findings.map(({ subject, status }) => [subject.replace(`${CLUSTER}/nodePools/`, ''), status]),
  );
}

test.each([
  ['nothing says so', {}, [], { a: 'not-applicable', b: 'not-applicable' }],
  ['an error text', pasted('b'), [], { a: 'not-applicable', b: 'fail' }],
  ['an operation’s error', {}, [failed('b')], { a: 'not-applicable', b: 'fail' }],
  [
    'of another cluster',
    {},
    [{ ...failed('b'), targetLink: 'https://x/locations/l/clusters/other' }],
    { a: 'not-applicable', b: 'not-applicable' },
  ],
  [
    'it is being recreated',
    pasted('b'),
    [upgrade({ status: 'RUNNING', startTime: AT })],
    { a: 'not-applicable', b: 'warn' },
  ],
  [
    'another pool is being recreated',
    pasted('b'),
    [upgrade({ status: 'RUNNING', targetLink: operation('x', { pool: 'a' }).targetLink })],
    { a: 'not-applicable', b: 'fail' },
  ],
  [
    'it is being upgraded by GKE',
    pasted('b'),
    [{ ...upgrade({ status: 'RUNNING', startTime: AT }), type: 'AUTO_UPGRADE_NODES' }],
    { a: 'not-applicable', b: 'warn' },
  ],
  [
    'something else is done to the pool',
    pasted('b'),
    [{ ...upgrade({ status: 'RUNNING', startTime: AT }), type: 'SET_NODE_POOL_SIZE' }],
    { a: 'not-applicable', b: 'fail' },
  ],
  [
    'recreated before the message',
    pasted('b'),
    [upgrade({ endTime: '2026-03-01T11:00:00Z' })],
    { a: 'not-applicable', b: 'fail' },
  ],
  [
    'a recreation that failed',
    pasted('b'),
    [upgrade({ endTime: '2026-03-01T13:00:00Z', error: 'no' })],
    { a: 'not-applicable', b: 'fail' },
  ],
  ['the pool is gone', pasted('old'), [], { a: 'not-applicable', b: 'not-applicable', old: 'not-applicable' }],
  ['which pool is not said', pasted(), [], { [CLUSTER]: 'unknown' }],
] as const)('%s', (_, request, list, expected) => {
  expect(statuses(request, list)).toEqual(expected);
});

test('the only pool is meant where none is named', () => {
  expect(statuses(pasted(), [], cluster({ nodePools: [pool('a')] }))).toEqual({ a: 'fail' });
});

const AFTER = '2026-03-01T13:00:00Z';
const BEFORE = '2026-03-01T11:00:00Z';
const changed = operations(upgrade({ endTime: AFTER }));
const unread = unknown('denied');

describe('the age of the nodes decides, whatever an operation did since', () => {
  test.each([
    ['older nodes, nothing since', operations(), nodesAre(node('b', BEFORE)), 'fail'],
    ['older nodes, and a change of the pool since', changed, nodesAre(node('b', BEFORE)), 'fail'],
    ['younger nodes', operations(), nodesAre(node('b', AFTER)), 'pass'],
    ['younger nodes, and a change of the pool since', changed, nodesAre(node('b', AFTER)), 'pass'],
    ['a node from the moment of the message', changed, nodesAre(node('b', AT)), 'fail'],
    ['one of the nodes is older', changed, nodesAre(node('b', AFTER), node('b', BEFORE)), 'fail'],
    ['another pool’s nodes are older', changed, nodesAre(node('b', AFTER), node('a', BEFORE)), 'pass'],
    ['another pool’s nodes are younger', operations(), nodesAre(node('b', BEFORE), node('a', AFTER)), 'fail'],
    ['no node, a change since', changed, nodesAre(node('a', AFTER)), 'unknown'],
    ['no node, nothing since', operations(), nodesAre(), 'fail'],
    ['a node without a time, a change since', changed, nodesAre(node('b')), 'unknown'],
    ['unread nodes, a change since', changed, unread, 'unknown'],
    ['unread nodes, a change before', operations(upgrade({ endTime: BEFORE })), unread, 'fail'],
    ['unread nodes, a change that failed', operations(upgrade({ endTime: AFTER, error: 'no' })), unread, 'fail'],
    ['unread nodes, nothing since', operations(), unread, 'fail'],
    ['unread operations, older nodes', unread, nodesAre(node('b', BEFORE)), 'unknown'],
    ['unread operations, younger nodes', unread, nodesAre(node('b', AFTER)), 'pass'],
  ] as const)('%s', (_, list, nodes, status) => {
    expect(ofB(run(pasted('b'), list, nodes))?.status).toBe(status);
  });
});

test('a recreation is offered only where it is outstanding', () => {
  const offers = (list: Fact<readonly Operation[]>, nodes: Nodes) =>
    ofB(run(pasted('b'), list, nodes))?.remedies?.length ?? 0;
  expect(offers(operations(), nodesAre(node('b', BEFORE)))).toBe(1);
  expect(offers(changed, unread)).toBe(0);
  expect(offers(unread, unread)).toBe(0);
  expect(offers(operations(upgrade({ status: 'RUNNING' })), nodesAre(node('b', BEFORE)))).toBe(0);
});

test('a pasted text may be older than it looks: the age of the nodes is told', () => {
  const nodes = nodesAre(node('b', BEFORE));
  expect(ofB(run(pasted('b'), operations(), nodes))?.detail?.en).toContain(
    `The oldest node of b was created ${BEFORE}`,
  );
  expect(ofB(run({}, operations(failed('b')), nodes))?.detail?.en).not.toContain('oldest');
});

test('an operation without any time proves nothing about age', () => {
  const said = { ...failed('b'), startTime: undefined, endTime: undefined };
  expect(ofB(run({}, operations(said), nodesAre(node('b', AFTER))))?.status).toBe('fail');
});

test.each([
  ['the control plane’s version', { nodePools: [pool('b')] }, { version: '-', since: AT }],
  [
    'its own version, where it is behind',
    { nodePools: [pool('b', { version: '1.32.9-gke.1' })] },
    { version: '1.32.9-gke.1' },
  ],
  ['with the maintenance policy', { nodePools: [pool('b')], maintenance: '{}' }, { maintenance: '{}' }],
])('recreates at %s', (_, more, params) => {
  const [finding] = run(pasted('b'), operations(), undefined, cluster(more));
  expect(finding?.remedies).toMatchObject([{ kind: 'recreate-node-pool', params: { nodePool: 'b', ...params } }]);
});

test('Autopilot: the control plane is upgraded to the version it has, by hand', () => {
  const [finding] = run(pasted('b'), operations(), undefined, cluster({ autopilot: true, nodePools: [pool('b')] }));
  expect(finding?.remedies).toMatchObject([
    { kind: 'command', params: { command: expect.arrayContaining(['--master']) } },
  ]);
});
