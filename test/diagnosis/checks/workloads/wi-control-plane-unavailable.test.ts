import { expect, test } from 'vitest';
import { wiControlPlaneUnavailable as check } from '../../../../src/diagnosis/checks/workloads/wi-control-plane-unavailable.ts';
import { cluster, findingOf, health, operation, operations, unknown } from '../facts.ts';

const ZONE = { location: 'europe-west1-b', resource: 'projects/p/locations/europe-west1-b/clusters/c' };
const inZone = (type: string, status = 'RUNNING') =>
  operation(type, { status, targetLink: 'https://x/v1/projects/1/zones/europe-west1-b/clusters/c' });

test.each([
  ['regional, answers', {}, 'answers', [], 'pass'],
  [
    'regional, answers while it is upgraded',
    {},
    'answers',
    [operation('UPGRADE_MASTER', { status: 'RUNNING' })],
    'pass',
  ],
  ['regional, RECONCILING, answers', { status: 'RECONCILING' }, 'answers', [], 'pass'],
  ['zonal, answers, idle', ZONE, 'answers', [], 'warn'],
  ['zonal, answers while it is upgraded', ZONE, 'answers', [inZone('UPGRADE_MASTER')], 'warn'],
  ['refused', {}, 'refused', [], 'fail'],
  ['a gateway answers for it', {}, 'failing', [], 'fail'],
  ['silent: authorized networks as likely', {}, 'silent', [], 'unknown'],
  [
    'silent, regional, while it is upgraded: its control plane stays, so it is the network',
    {},
    'silent',
    [operation('UPGRADE_MASTER', { status: 'RUNNING' })],
    'unknown',
  ],
  ['silent, zonal, while it is upgraded', ZONE, 'silent', [inZone('UPGRADE_MASTER')], 'fail'],
  ['silent, zonal, while it is repaired', ZONE, 'silent', [inZone('REPAIR_CLUSTER')], 'fail'],
  ['silent, zonal, while it is updated', ZONE, 'silent', [inZone('UPDATE_CLUSTER', 'PENDING')], 'fail'],
  ['silent, zonal, while it is resized', ZONE, 'silent', [inZone('RESIZE_CLUSTER')], 'fail'],
  ['silent, zonal, while a pool is resized', ZONE, 'silent', [inZone('SET_NODE_POOL_SIZE')], 'fail'],
  ['silent, zonal, another kind of operation', ZONE, 'silent', [inZone('CREATE_NODE_POOL')], 'unknown'],
  ['silent, zonal, an operation that is over', ZONE, 'silent', [inZone('UPGRADE_MASTER', 'DONE')], 'unknown'],
  [
    'silent, zonal, another cluster’s operation',
    ZONE,
    'silent',
    [operation('UPGRADE_MASTER', { status: 'RUNNING' })],
    'unknown',
  ],
  ['a wrong certificate', {}, 'unclear', [], 'unknown'],
] as const)('%s: %s', (_, more, outcome, running, status) => {
  const facts = {
    cluster: cluster(more),
    health: health(outcome),
    operations: operations(...running),
    metadataServerLogs: undefined,
  };
  expect(findingOf(check, facts).status).toBe(status);
});

test('no way to the API server: unknown, and says what would open one', () => {
  const facts = {
    cluster: cluster(),
    health: unknown('unreachable', { command: 'gcloud container clusters update c' }),
    operations: operations(),
    metadataServerLogs: undefined,
  };
  const finding = findingOf(check, facts);
  expect(finding.status).toBe('unknown');
  expect(finding.detail.en).toContain('gcloud container clusters update c');
});

test('without the operations the verdict stands, and their absence is said', () => {
  const facts = {
    cluster: cluster(),
    health: health('refused'),
    operations: unknown('denied'),
    metadataServerLogs: undefined,
  };
  const finding = findingOf(check, facts);
  expect(finding.status).toBe('fail');
  expect(finding.evidence.map(({ says }) => says.en)).toContain('it is denied');
});

test('what the metadata server wrote while the API server was away is among the evidence', () => {
  const line = {
    at: new Date('2026-01-01T00:00:00Z'),
    pod: 'gke-metadata-server-8sm2l',
    container: 'gke-metadata-server',
    text: 'dial tcp 35.232.136.58:443: connect: connection refused',
  } as const;
  const facts = {
    cluster: cluster(ZONE),
    health: health('answers'),
    operations: operations(),
    metadataServerLogs: { known: true, value: [line], source: 'logging entries.list' } as const,
  };
  const finding = findingOf(check, facts);
  expect(finding.status).toBe('warn');
  expect(finding.evidence.map(({ says }) => says.en).join()).toContain(
    '35.232.136.58:443: connect: connection refused',
  );
});

test.each<[string, object, 'refused' | 'answers', Parameters<typeof operations>, RegExp]>([
  ['zonal, refused', ZONE, 'refused', [], /zonal, with one control plane.*Cloud Customer Care/s],
  ['regional, refused', {}, 'refused', [], /Wait some minutes/],
  [
    'zonal, refused while it is upgraded',
    ZONE,
    'refused',
    [inZone('UPGRADE_MASTER')],
    /UPGRADE_MASTER, since just now/,
  ],
  ['zonal, at rest', ZONE, 'answers', [], /one control plane can be away for minutes/],
  ['zonal, at work', ZONE, 'answers', [inZone('UPGRADE_MASTER')], /UPGRADE_MASTER.*short gaps are possible/],
  ['regional', {}, 'answers', [], /is regional \(europe-west1\)/],
])('what is said: %s', (_, more, outcome, running, says) => {
  const facts = {
    cluster: cluster(more),
    health: health(outcome),
    operations: operations(...running),
    metadataServerLogs: undefined,
  };
  expect(findingOf(check, facts).detail.en).toMatch(says);
});

test('a cluster that can’t be read: unknown', () => {
  const facts = {
    cluster: unknown('denied', { command: 'gcloud grant' }),
    health: health('answers'),
    operations: operations(),
    metadataServerLogs: undefined,
  };
  expect(findingOf(check, facts)).toMatchObject({ status: 'unknown' });
});
