import { expect, test } from 'vitest';
import type { CheckRequest } from '../../../../src/diagnosis/checks/check.ts';
import { nodepoolRequiresRecreation as check } from '../../../../src/diagnosis/checks/nodes/nodepool-requires-recreation.ts';
import type { Operation } from '../../../../src/diagnosis/facts/google/operations.ts';
import { CLUSTER, cluster, iam, operation, operations, pool, REQUEST, unknown } from '../facts.ts';

const AT = '2026-03-01T12:00:00Z';
const pasted = (nodePool?: string): Partial<CheckRequest> => ({
  symptom: { problem: 'nodepool-requires-recreation', entities: nodePool ? { nodePool } : {}, at: AT },
});
const failed = (name: string) =>
  operation('UPDATE_CLUSTER', { error: `Node pool "${name}" requires recreation.`, startTime: AT, endTime: AT });
const upgrade = (more: Partial<Operation>) => operation('UPGRADE_NODES', { pool: 'b', ...more });

function statuses(request: Partial<CheckRequest>, list: readonly Operation[], facts = cluster()) {
  const findings = check.run({ cluster: facts, operations: operations(...list) }, iam('missing'), {
    ...REQUEST,
    ...request,
  });
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
  ['recreated since', pasted('b'), [upgrade({ endTime: '2026-03-01T13:00:00Z' })], { a: 'not-applicable', b: 'pass' }],
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

test('operations that can’t be read leave it open', () => {
  const facts = { cluster: cluster(), operations: unknown('denied') };
  const found = check.run(facts, iam('missing'), { ...REQUEST, ...pasted('b') });
  expect(found.find(({ subject }) => subject.endsWith('/b'))?.status).toBe('unknown');
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
  const facts = { cluster: cluster(more), operations: operations() };
  const [finding] = check.run(facts, iam('missing'), { ...REQUEST, ...pasted('b') });
  expect(finding?.remedies).toMatchObject([{ kind: 'recreate-node-pool', params: { nodePool: 'b', ...params } }]);
});

test('Autopilot: the control plane is upgraded to the version it has, by hand', () => {
  const facts = { cluster: cluster({ autopilot: true, nodePools: [pool('b')] }), operations: operations() };
  const [finding] = check.run(facts, iam('missing'), { ...REQUEST, ...pasted('b') });
  expect(finding?.remedies).toMatchObject([
    { kind: 'command', params: { command: expect.arrayContaining(['--master']) } },
  ]);
});
