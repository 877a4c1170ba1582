/**
 * node-sa-permissions: what is said follows from exactly what is missing, from what the cluster has on, and from who writes
 * (docs/domain/nodes.md#node-sa-permissions; GKE, "Configure GKE node service accounts").
 */
import { describe, expect, test } from 'vitest';
import { nodeSaPermissions } from '../../../../src/diagnosis/checks/nodes/node-sa-permissions.ts';
import { known } from '../../../../src/diagnosis/facts/fact.ts';
import type { Cluster } from '../../../../src/diagnosis/facts/google/cluster.ts';
import type { Binding } from '../../../../src/diagnosis/iam/model.ts';
import { cluster, findingOf, pool, REQUEST, unknown } from '../facts.ts';
import { policies } from '../policies.ts';

const LOGS = 'logging.logEntries.create';
const SERIES = 'monitoring.timeSeries.create';
const DESCRIPTORS = 'monitoring.metricDescriptors.create';
const PROFILE = 'autoscaling.sites.writeMetrics';
const LISTS = ['monitoring.metricDescriptors.list', 'monitoring.timeSeries.list'];
const ALL = [LOGS, SERIES, DESCRIPTORS, PROFILE, ...LISTS];

const project = known({ id: 'p', number: '1', state: 'ACTIVE' }, 'cloudresourcemanager projects.get');
const MEMBER = 'serviceAccount:node@p.iam.gserviceaccount.com';
const AGENT = 'serviceAccount:service-1@gcp-sa-gkenode.iam.gserviceaccount.com';
const OLD = '1.33.9-gke.1';
const NEW = '1.34.0-gke.1';

interface Asked {
  /** Permissions of the account, and of GKE's node agent. */
  readonly holds?: readonly string[];
  readonly agent?: readonly string[];
  readonly bindings?: readonly Binding[];
  readonly version?: string;
  readonly cluster?: Partial<Cluster>;
  readonly project?: typeof project | ReturnType<typeof unknown>;
}

const ask = ({ holds = [], agent = [], bindings = [], version = OLD, ...asked }: Asked) => {
  const said = {
    'projects/p': [
      { role: 'projects/p/roles/node', members: [MEMBER] },
      { role: 'projects/p/roles/agent', members: [AGENT] },
      ...bindings,
    ],
  };
  const roles = { 'projects/p/roles/node': holds, 'projects/p/roles/agent': agent };
  const fields = { nodePools: [pool('a', { version })], ...asked.cluster };
  return findingOf(
    nodeSaPermissions,
    { cluster: cluster(fields), project: asked.project ?? project, computeClasses: unknown('not-asked') },
    { access: policies({ policies: said, roles }) },
  );
};
const without = (...permissions: string[]) => ALL.filter(one => !permissions.includes(one));
const NO_LOGS = { loggingService: 'none' };
const NO_METRICS = { monitoringService: 'none' };

describe('nodes that write themselves', () => {
  test.each<[string, Asked, string[], string, RegExp, RegExp]>([
    [
      'nothing',
      {},
      [LOGS, SERIES, DESCRIPTORS, PROFILE],
      "can't write logs and metrics",
      /Logs .* Metrics .* HPA's/,
      /^$/,
    ],
    [
      'all but the permission for logs',
      { holds: without(LOGS) },
      [LOGS],
      "can't write logs",
      /^Logs of these nodes/,
      /metric|HPA/i,
    ],
    [
      'all but that for time series',
      { holds: without(SERIES) },
      [SERIES],
      "can't write metrics",
      /^Metrics of these nodes/,
      /logs|HPA/i,
    ],
    [
      'all but that for descriptors',
      { holds: without(DESCRIPTORS) },
      [DESCRIPTORS],
      "can't write metrics",
      /^Metrics of these nodes/,
      /logs|HPA/i,
    ],
    [
      'all but that for HPA’s profile',
      { holds: without(PROFILE) },
      [PROFILE],
      "can't write the metrics of HPA’s performance profile",
      /^HPA's performance profile/,
      /logs|Cloud Monitoring/i,
    ],
    [
      'only logs',
      { holds: [LOGS, ...LISTS] },
      [SERIES, DESCRIPTORS, PROFILE],
      "can't write metrics",
      /Metrics .* HPA's/,
      /logs/i,
    ],
    [
      'only metrics',
      { holds: [SERIES, DESCRIPTORS, ...LISTS] },
      [LOGS, PROFILE],
      "can't write logs",
      /Logs .* HPA's/,
      /Metrics of these nodes/,
    ],
    [
      'nothing, and logging is off',
      { cluster: NO_LOGS },
      [SERIES, DESCRIPTORS, PROFILE],
      "can't write metrics",
      /Metrics/,
      /logs/i,
    ],
    [
      'nothing, and monitoring is off',
      { cluster: NO_METRICS },
      [LOGS, PROFILE],
      "can't write logs",
      /Logs/,
      /Cloud Monitoring/,
    ],
    [
      'nothing, and both are off',
      { cluster: { ...NO_LOGS, ...NO_METRICS } },
      [PROFILE],
      "can't write the metrics of HPA’s performance profile",
      /HPA's/,
      /logs|Cloud Monitoring/i,
    ],
  ])('%s', (_, asked, missing, headline, effect, never) => {
    const finding = ask(asked);
    expect(finding).toMatchObject({ status: 'fail', headline: { en: `The nodes of a ${headline}` } });
    expect([...(finding.missing?.permissions ?? [])].sort()).toEqual([...missing].sort());
    expect(finding.effect?.en).toMatch(effect);
    expect(finding.effect?.en).not.toMatch(never);
    expect(finding.detail.en).toContain(`(${missing.length} of `);
    expect(finding.remedies).toMatchObject([
      { kind: 'grant-project-role', params: { role: 'roles/container.defaultNodeServiceAccount', member: MEMBER } },
    ]);
  });

  test.each<[string, Asked, string, string]>([
    ['everything', { holds: ALL }, 'pass', 'can write logs and metrics'],
    ['everything but what only lists', { holds: without(...LISTS) }, 'warn', 'can write logs and metrics, but lack'],
    ['everything that is on', { holds: [LOGS, PROFILE], cluster: NO_METRICS }, 'pass', 'can write logs'],
    ['everything that is on, without logs', { holds: without(LOGS), cluster: NO_LOGS }, 'pass', 'can write metrics'],
    [
      'what nothing else is on for',
      { holds: [PROFILE], cluster: { ...NO_LOGS, ...NO_METRICS } },
      'pass',
      'can write the metrics of HPA’s',
    ],
  ])('%s', (_, asked, status, headline) => {
    const finding = ask(asked);
    expect(finding.status).toBe(status);
    expect(finding.headline.en).toContain(headline);
    expect(finding.effect).toBeUndefined();
  });
});

describe('nodes for which GKE’s node agent writes', () => {
  /** All service agents of an organization, which node accounts are not: whether GKE's is among them can't be seen. */
  const group = (role: string): Binding => ({
    role,
    members: ['principalSet://cloudresourcemanager.googleapis.com/organizations/7/type/ServiceAgent'],
  });
  const onCondition = (member: string): Binding => ({
    role: 'roles/container.defaultNodeServiceAccount',
    members: [member],
    condition: { expression: 'request.auth.claims.x == "y"' },
  });

  test.each<[string, Asked, string, RegExp, RegExp]>([
    ['the agent holds all', { agent: ALL }, 'warn', /agent writes logs and metrics, though/, /nothing is lost/],
    [
      'the agent holds its own role',
      { bindings: [{ role: 'roles/container.defaultNodeServiceAgent', members: [AGENT] }] },
      'warn',
      /agent writes/,
      /nothing is lost/,
    ],
    [
      'the agent holds the deprecated role',
      { bindings: [{ role: 'roles/container.nodeServiceAgent', members: [AGENT] }] },
      'warn',
      /agent writes/,
      /nothing is lost/,
    ],
    [
      'the agent holds the nodes’ role',
      { bindings: [{ role: 'roles/container.defaultNodeServiceAccount', members: [AGENT] }] },
      'warn',
      /agent writes/,
      /nothing is lost/,
    ],
    [
      'the agent holds what the account lacks',
      { holds: without(LOGS), agent: [LOGS] },
      'warn',
      /agent writes logs, though/,
      /nothing is lost/,
    ],
    ['neither holds anything', {}, 'fail', /can't write logs and metrics/, /agent, .* lacks/],
    [
      'the agent lacks logs',
      { agent: without(LOGS) },
      'fail',
      /can't write logs$/,
      /lacks logging\.logEntries\.create too/,
    ],
    ['the agent lacks metrics', { agent: [LOGS, PROFILE] }, 'fail', /can't write metrics$/, /lacks monitoring/],
    [
      'the agent lacks what the account holds',
      { holds: without(LOGS), agent: without(SERIES) },
      'warn',
      /agent writes logs, though/,
      /nothing is lost/,
    ],
    [
      'the agent’s role hangs on a set',
      { bindings: [group('roles/container.defaultNodeServiceAgent')] },
      'unknown',
      /I can’t determine whether they can write logs and metrics/,
      /agent-gke-node-agent/,
    ],
    [
      'the agent’s role is conditional',
      { bindings: [onCondition(AGENT)] },
      'warn',
      /only under a condition/,
      /agent-gke-node-agent/,
    ],
    [
      'the agent lacks one, another hangs on a set',
      { agent: without(LOGS, SERIES), bindings: [group('roles/monitoring.metricWriter')] },
      'fail',
      /can't write logs$/,
      /lacks logging/,
    ],
    [
      'the agent has no name, because the project can’t be read',
      { project: unknown('denied', { command: 'gcloud grant' }) },
      'unknown',
      /I can’t determine/,
      /gcloud grant/,
    ],
    ['the account holds all', { holds: ALL }, 'pass', /can write logs and metrics/, /holds all 4/],
  ])('%s', (_, asked, status, headline, detail) => {
    const finding = ask({ version: NEW, ...asked });
    expect(finding.status).toBe(status);
    expect(finding.headline.en).toMatch(headline);
    expect(finding.detail.en).toMatch(detail);
    expect(finding.effect !== undefined).toBe(status === 'fail');
  });

  test.each([
    ['1.33.99-gke.1', 'fail'],
    ['1.34.0-gke.1', 'warn'],
    ['1.35.0', 'warn'],
    ['', 'fail'],
  ])('nodes of %s: %s', (version, status) => {
    expect(ask({ version, agent: ALL }).status).toBe(status);
  });

  test('on older nodes the agent is not asked about', () => {
    const asked = (version: string) =>
      (
        nodeSaPermissions.questions?.(
          { cluster: cluster({ nodePools: [pool('a', { version })] }), project, computeClasses: unknown('not-asked') },
          REQUEST,
        ) ?? []
      ).filter(({ principal }) => principal.member === AGENT);
    expect(asked(OLD)).toEqual([]);
    expect(asked(NEW).map(question => 'permission' in question && question.permission)).toEqual([
      LOGS,
      SERIES,
      DESCRIPTORS,
      PROFILE,
    ]);
  });
});

describe('what is not certain', () => {
  const conditional: Binding = {
    role: 'roles/container.defaultNodeServiceAccount',
    members: [MEMBER],
    condition: { expression: 'request.auth.claims.x == "y"' },
  };

  test('a condition: no grant beside it', () => {
    const finding = ask({ bindings: [conditional] });
    expect(finding).toMatchObject({ status: 'warn', remedies: [] });
    expect(finding.headline.en).toContain('can write logs and metrics only under a condition');
  });

  test('a condition on what gives logs, nothing for metrics: what is missing counts', () => {
    const logs = { ...conditional, role: 'roles/logging.logWriter' };
    expect(ask({ holds: [PROFILE, ...LISTS], bindings: [logs] })).toMatchObject({
      status: 'fail',
      headline: { en: "The nodes of a can't write metrics" },
      missing: { permissions: [SERIES, DESCRIPTORS] },
    });
  });

  test('a group: the grant is offered, with its doubt', () => {
    const bindings = [{ role: 'roles/logging.logWriter', members: ['group:nodes@example.com'] }];
    const finding = ask({ holds: without(LOGS), bindings });
    expect(finding).toMatchObject({ status: 'unknown', missing: { permissions: [LOGS] } });
    expect(finding.headline.en).toBe('The nodes of a: I can’t determine whether they can write logs');
    expect(finding.remedies).toMatchObject([{ kind: 'grant-project-role', doubt: { en: expect.any(String) } }]);
  });
});
