/** Node service accounts (docs/domain/nodes.md): permissions, access scopes, state, GKE's own recommendations. */
import { describe, expect, test } from 'vitest';
import { nodeSaPermissions } from '../../../../src/diagnosis/checks/nodes/node-sa-permissions.ts';
import { nodeSaRecommender } from '../../../../src/diagnosis/checks/nodes/node-sa-recommender.ts';
import { nodeSaState } from '../../../../src/diagnosis/checks/nodes/node-sa-state.ts';
import { known } from '../../../../src/diagnosis/facts/fact.ts';
import type { Cluster, NodePool } from '../../../../src/diagnosis/facts/google/cluster.ts';
import type { NodeAccountState } from '../../../../src/diagnosis/facts/google/node-account-states.ts';
import type { Binding } from '../../../../src/diagnosis/iam/model.ts';
import { CLUSTER, cluster, findingOf, pool, REQUEST, unknown } from '../facts.ts';
import { policies, type Said } from '../policies.ts';

const project = known({ id: 'p', number: '1', state: 'ACTIVE' }, 'cloudresourcemanager projects.get');
const computeClasses = unknown('not-asked');
const EMAIL = 'node@p.iam.gserviceaccount.com';
const MEMBER = `serviceAccount:${EMAIL}`;
const NODE_ROLE = 'roles/container.defaultNodeServiceAccount';
const AGENT: Binding = {
  role: 'roles/container.defaultNodeServiceAgent',
  members: ['serviceAccount:service-1@gcp-sa-gkenode.iam.gserviceaccount.com'],
};
const writers = ['roles/logging.logWriter', 'roles/monitoring.metricWriter'];

describe('node-sa-permissions', () => {
  const bind = (...roles: string[]): Binding[] => roles.map(role => ({ role, members: [MEMBER] }));
  const run = (
    bindings: readonly Binding[],
    more: { pool?: Partial<NodePool>; cluster?: Partial<Cluster>; said?: Said } = {},
  ) =>
    findingOf(
      nodeSaPermissions,
      { cluster: cluster({ nodePools: [pool('a', more.pool)], ...more.cluster }), project, computeClasses },
      { access: policies({ policies: { 'projects/p': bindings }, ...more.said }) },
    );

  test.each<[string, Binding[], string]>([
    ['the role', bind(NODE_ROLE), 'pass'],
    ['Editor, which has it all', bind('roles/editor'), 'pass'],
    ['two writers, without HPA’s metrics', bind(...writers), 'fail'],
    ['nothing', [], 'fail'],
    ['a group', [{ role: NODE_ROLE, members: ['group:nodes@example.com'] }], 'unknown'],
    ['somebody else’s', [{ role: NODE_ROLE, members: [`serviceAccount:x-${EMAIL}`] }], 'fail'],
  ])('%s', (_, bindings, status) => {
    expect(run(bindings).status).toBe(status);
  });

  test.each<[string, string, Binding[], string]>([
    ['1.33.9-gke.1', 'lacks it, agent holds its role', [AGENT], 'fail'],
    ['1.34.0-gke.1', 'lacks it, agent holds its role', [AGENT], 'warn'],
    ['1.34.0-gke.1', 'lacks it, agent lacks its role', [], 'fail'],
    [
      '1.35.2-gke.1',
      'lacks it, the agent’s role hangs on a group',
      [{ role: AGENT.role, members: ['group:a@example.com'] }],
      'unknown',
    ],
    ['2.0', 'is of no version that we know', [], 'fail'],
  ])('a node of %s that %s', (version, _, bindings, status) => {
    expect(run(bindings, { pool: { version } }).status).toBe(status);
  });

  describe('GKE reports by itself that permissions are missing', () => {
    const conditions = [{ code: 'NODE_SERVICE_ACCOUNT_MISSING_PERMISSIONS', message: 'Grant the role.' }];
    const reported = /GKE reports NODE_SERVICE_ACCOUNT_MISSING_PERMISSIONS: Grant the role\./;
    const hidden: Binding[] = [{ role: NODE_ROLE, members: ['group:nodes@example.com'] }];

    test.each<[string, Binding[], string, RegExp]>([
      ['lacking', [], 'fail', /lacks logging/],
      ['by a group', hidden, 'unknown', /GKE itself reports/],
      ['granted by now', bind(NODE_ROLE), 'pass', /GKE still reports .* lag/],
    ])('%s: it supports the verdict and makes none', (_, bindings, status, detail) => {
      for (const more of [{ pool: { conditions } }, { cluster: { conditions } }]) {
        const finding = run(bindings, more);
        expect(finding.status).toBe(status);
        expect(finding.detail.en).toMatch(detail);
        expect(finding.evidence.filter(({ says }) => reported.test(says.en))).toMatchObject([
          { source: 'container clusters.get conditions' },
        ]);
      }
    });

    test('of one pool it is said of that one; of a cluster, of those that aren’t fine', () => {
      const nodePools = [pool('a'), pool('b', { serviceAccount: 'other@p.iam.gserviceaccount.com' })];
      const said = (more: Partial<Cluster>) => {
        const facts = { cluster: cluster({ nodePools, ...more }), project, computeClasses };
        const access = policies({ policies: { 'projects/p': bind(NODE_ROLE) } });
        return nodeSaPermissions
          .run(facts, access, REQUEST)
          .map(({ evidence }) => evidence.some(({ says }) => reported.test(says.en)));
      };
      expect(said({})).toEqual([false, false]);
      expect(said({ conditions })).toEqual([false, true]);
      expect(said({ nodePools: [pool('a', { conditions }), nodePools[1] ?? pool('b')] })).toEqual([true, false]);
    });
  });

  test('it is the node’s version that counts, not the control plane’s', () => {
    const more = { pool: { version: '1.33.1-gke.1' }, cluster: { version: '1.34.1-gke.1' } };
    expect(run([AGENT], more).status).toBe('fail');
  });

  test.each<[string, Partial<Cluster>, string[], string]>([
    [
      'no logging: its permission isn’t needed',
      { loggingService: 'none' },
      ['roles/monitoring.metricWriter', 'roles/autoscaling.metricsWriter', 'roles/monitoring.viewer'],
      'pass',
    ],
    [
      'no monitoring',
      { monitoringService: 'none' },
      ['roles/logging.logWriter', 'roles/autoscaling.metricsWriter'],
      'pass',
    ],
    ['neither: HPA’s stays', { loggingService: 'none', monitoringService: 'none' }, [], 'fail'],
  ])('%s', (_, more, roles, status) => {
    expect(run(bind(...roles), { cluster: more }).status).toBe(status);
  });

  test('what only lists is worth a warning', () => {
    const finding = run(bind(...writers, 'roles/autoscaling.metricsWriter'));
    expect(finding.status).toBe('warn');
    expect(finding.missing?.permissions).toContain('monitoring.timeSeries.list');
  });

  test.each(['disabled', 'deleted'] as const)('a %s account has nothing, and no grant helps', state => {
    const finding = run(bind(NODE_ROLE), {
      said: { policies: { 'projects/p': bind(NODE_ROLE) }, states: { [MEMBER]: state } },
    });
    expect(finding.status).toBe('fail');
    expect(finding.remedies ?? []).toEqual([]);
    expect(finding.detail.en).toContain('node-sa-state');
  });

  test('accounts: `default` and none are the Compute Engine default; the cluster’s own for what is provisioned', () => {
    const asked = (more: Partial<Cluster>) =>
      new Set(
        nodeSaPermissions
          .questions?.({ cluster: cluster(more), project, computeClasses }, REQUEST)
          .map(({ principal }) => principal.member.split(':')[1]),
      );
    const pools = [pool('a', { serviceAccount: 'default' }), pool('b', { serviceAccount: undefined }), pool('c')];
    expect(asked({ nodePools: pools })).toEqual(new Set(['1-compute@developer.gserviceaccount.com', EMAIL]));
    expect(asked({ nodePools: [], autopilot: true, autoprovisioning: { serviceAccount: EMAIL } })).toEqual(
      new Set([EMAIL]),
    );
    const finding = findingOf(
      nodeSaPermissions,
      { cluster: cluster({ nodePools: [], autoprovisioning: {} }), project, computeClasses },
      { access: policies({}) },
    );
    expect(finding).toMatchObject({ subject: CLUSTER, status: 'fail' });
  });

  test('what can’t be read is unknown: the policy, a role, the project’s number', () => {
    const unread = findingOf(
      nodeSaPermissions,
      { cluster: cluster({ nodePools: [pool('a')] }), project, computeClasses },
      { access: policies({ policies: { 'projects/p': 'unreadable' } }) },
    );
    expect(unread).toMatchObject({ status: 'unknown', remedies: [] });
    expect(unread.detail.en).toContain('gcloud grant');
    const role = 'projects/p/roles/mine';
    const hidden = run(bind(role), {
      said: { policies: { 'projects/p': bind(role) }, roles: { [role]: 'unreadable' } },
    });
    expect(hidden.status).toBe('unknown');
    expect(hidden.remedies?.[0]?.doubt).toBeDefined();
    const facts = {
      cluster: cluster({ nodePools: [pool('a', { serviceAccount: 'default' })] }),
      project: unknown('denied'),
      computeClasses,
    };
    expect(findingOf(nodeSaPermissions, facts, { access: policies({}) }).status).toBe('unknown');
  });
});

describe('node-sa-state', () => {
  const clusters = known([], 'container clusters.list');
  const account = (disabled: boolean) => known({ email: EMAIL, uniqueId: '7', disabled }, 'iam serviceAccounts.get');
  const run = (state: NodeAccountState, bindings: Binding[] = []) =>
    findingOf(nodeSaState, {
      clusters,
      project,
      nodeAccountStates: [state],
      projectPolicy: known({ bindings }, 'cloudresourcemanager projects.getIamPolicy'),
    });
  const subject = `projects/p/serviceAccounts/${EMAIL}`;
  const deleted = [{ role: NODE_ROLE, members: [`deleted:${MEMBER}?uid=117`] }];

  test.each<[string, NodeAccountState['account'], Binding[], string, Record<string, unknown>[]]>([
    ['enabled', account(false), [], 'pass', []],
    ['disabled', account(true), [], 'fail', [{ serviceAccount: subject }]],
    [
      'gone, remembered by a binding',
      unknown('absent'),
      deleted,
      'fail',
      [{ serviceAccount: subject, uniqueId: '117' }],
    ],
    ['gone without a trace', unknown('absent'), [], 'fail', []],
    [
      'gone, another remembered',
      unknown('absent'),
      [{ role: NODE_ROLE, members: [`deleted:serviceAccount:x-${EMAIL}?uid=1`] }],
      'fail',
      [],
    ],
    ['made again: the binding of the old one says nothing', account(false), deleted, 'pass', []],
    ['not readable', unknown('denied'), [], 'unknown', []],
  ])('%s', (_, fact, bindings, status, params) => {
    const finding = run({ email: EMAIL, project: 'p', account: fact }, bindings);
    expect(finding).toMatchObject({ status, subject });
    expect((finding.remedies ?? []).map(remedy => remedy.params)).toEqual(params);
  });

  test('an account of another project says what else it takes', () => {
    expect(run({ email: EMAIL, project: 'q', account: account(false) }).detail.en).toContain('project q');
  });

  test('without the clusters nobody knows which accounts', () => {
    const facts = { clusters: unknown('denied'), project, nodeAccountStates: [], projectPolicy: unknown('denied') };
    expect(findingOf(nodeSaState, facts)).toMatchObject({ status: 'unknown', subject: 'projects/p' });
  });

  test('without the project’s number nobody knows who the default account is', () => {
    const value = cluster({ nodePools: [pool('a', { serviceAccount: 'default' })] });
    const facts = {
      clusters: known(value.known ? [value.value] : [], 'container clusters.list'),
      project: unknown('denied', { command: 'gcloud grant' }),
      nodeAccountStates: [],
      projectPolicy: known({ bindings: [] }, 'cloudresourcemanager projects.getIamPolicy'),
    };
    const finding = findingOf(nodeSaState, facts);
    expect(finding).toMatchObject({ status: 'unknown', subject: 'projects/p' });
    expect(finding.detail.en).toContain('gcloud grant');
  });
});

describe('node-sa-recommender', () => {
  const named = (...places: string[]) =>
    known(
      places.map(place => ({ name: 'projects/1/…/r', targets: [`//container.googleapis.com/projects/1/${place}`] })),
      'recommender recommendations.list',
    );
  test.each([
    ['names this cluster', named('locations/europe-west1/clusters/c'), 'warn'],
    ['names one whose name ends alike', named('locations/europe-west1/clusters/x-c'), 'not-applicable'],
    ['names one of this name elsewhere', named('locations/europe-west2/clusters/c'), 'not-applicable'],
    ['there is none: that proves nothing', named(), 'not-applicable'],
    ['can’t be read', unknown('denied'), 'unknown'],
  ])('%s', (_, recommendations, status) => {
    expect(findingOf(nodeSaRecommender, { cluster: cluster(), recommendations })).toMatchObject({
      status,
      subject: CLUSTER,
    });
  });
});
