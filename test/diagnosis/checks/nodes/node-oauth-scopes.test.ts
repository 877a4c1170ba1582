/** node-oauth-scopes (docs/domain/nodes.md#node-oauth-scopes): what access scopes let nodes write, whatever IAM grants. */
import { describe, expect, test } from 'vitest';
import { nodeOauthScopes } from '../../../../src/diagnosis/checks/nodes/node-oauth-scopes.ts';
import type { Cluster, NodePool } from '../../../../src/diagnosis/facts/google/cluster.ts';
import { CLUSTER, cluster, findingOf, iam, pool, REQUEST, unknown } from '../facts.ts';

const ask = (scopes: readonly string[], more: Partial<Cluster> = {}, of: Partial<NodePool> = {}) => {
  const oauthScopes = scopes.map(name => `https://www.googleapis.com/auth/${name}`);
  return findingOf(nodeOauthScopes, { cluster: cluster({ nodePools: [pool('a', { oauthScopes, ...of })], ...more }) });
};
const NO_LOGS = { loggingService: 'none' };
const NO_METRICS = { monitoringService: 'none' };

test.each<[string[], Partial<Cluster>, string, RegExp]>([
  [['cloud-platform'], {}, 'pass', /suffice/],
  [['cloud-platform.read-only'], {}, 'fail', /writing logs and metrics/],
  [['cloud-platform.read-only', 'logging.write', 'monitoring'], {}, 'pass', /suffice/],
  [['logging.write', 'monitoring'], {}, 'pass', /suffice/],
  [['logging.write', 'monitoring.write'], {}, 'pass', /suffice/],
  [['logging.admin', 'monitoring.write'], {}, 'pass', /suffice/],
  [['logging.write'], {}, 'fail', /writing metrics$/],
  [['logging.write', 'monitoring.read'], {}, 'fail', /writing metrics$/],
  [['monitoring'], {}, 'fail', /writing logs$/],
  [['logging.read', 'monitoring'], {}, 'fail', /writing logs$/],
  [['monitoring'], NO_LOGS, 'pass', /suffice/],
  [['logging.write'], NO_METRICS, 'pass', /suffice/],
  [['monitoring'], NO_METRICS, 'fail', /writing logs$/],
  [['logging.write'], NO_LOGS, 'fail', /writing metrics$/],
  [['devstorage.read_only', 'logging.read', 'monitoring.read'], {}, 'fail', /writing logs and metrics/],
  [[], {}, 'fail', /writing logs and metrics/],
  [[], { ...NO_LOGS, ...NO_METRICS }, 'pass', /suffice/],
])('%j in a cluster %j', (scopes, more, status, headline) => {
  const finding = ask(scopes, more);
  expect(finding.status).toBe(status);
  expect(finding.headline.en).toMatch(headline);
  expect((finding.remedies ?? []).map(({ kind }) => kind)).toEqual(status === 'fail' ? ['command'] : []);
});

test.each([
  ['1.33.9-gke.1', 'fail'],
  ['1.34.0-gke.1', 'warn'],
])('nodes of %s: %s', (version, status) => {
  const finding = ask(['monitoring'], {}, { version });
  expect(finding.status).toBe(status);
  expect(finding.detail.en.includes('does not document')).toBe(status === 'warn');
  expect(finding.headline.en.includes('keep its nodes from')).toBe(status === 'fail');
  expect(finding.remedies).toMatchObject([{ kind: 'command' }]);
  expect(ask(['cloud-platform'], {}, { version }).status).toBe('pass');
});

describe('the new pool', () => {
  const commandOf = (of: Partial<NodePool>) => {
    const [remedy] = ask([], {}, of).remedies ?? [];
    const words = remedy?.params.command;
    return Array.isArray(words) ? words.map(String) : [];
  };

  test('has a name that GKE takes', () => {
    expect(commandOf({ name: 'a23456789012345678901234567890123456789' })[4]).toMatch(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/);
    expect(commandOf({ name: 'a' })[4]).toBe('a-scoped');
  });

  test('has the account of the old one', () => {
    expect(commandOf({})).toContain('--service-account=node@p.iam.gserviceaccount.com');
    expect(commandOf({ serviceAccount: undefined }).join(' ')).not.toContain('--service-account');
  });
});

test('each pool for itself; none on Autopilot; unknown if the cluster can’t be read', () => {
  const run = (fact: Parameters<typeof nodeOauthScopes.run>[0]['cluster']) =>
    nodeOauthScopes.run({ cluster: fact }, iam('missing'), REQUEST).map(({ subject, status }) => [subject, status]);
  const nodePools = [pool('a', { oauthScopes: [] }), pool('b')];
  expect(run(cluster({ nodePools }))).toEqual([
    [`${CLUSTER}/nodePools/a`, 'fail'],
    [`${CLUSTER}/nodePools/b`, 'pass'],
  ]);
  expect(run(cluster({ nodePools, autopilot: true }))).toEqual([[CLUSTER, 'not-applicable']]);
  expect(run(unknown('denied'))).toEqual([[CLUSTER, 'unknown']]);
});
