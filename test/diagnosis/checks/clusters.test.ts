/** What is asked of the cluster itself (docs/domain/workloads.md): is it there, is its workload pool on, could it be turned on. */
import { describe, expect, test } from 'vitest';
import { clusterNotFound } from '../../../src/diagnosis/checks/callers/cluster-not-found.ts';
import { wiDeploypatchFailed } from '../../../src/diagnosis/checks/workloads/wi-deploypatch-failed.ts';
import { wiIamcredentialsApi } from '../../../src/diagnosis/checks/workloads/wi-iamcredentials-api.ts';
import { wiWorkloadPool } from '../../../src/diagnosis/checks/workloads/wi-workload-pool.ts';
import { type Fact, known } from '../../../src/diagnosis/facts/fact.ts';
import type { Cluster, ClusterList } from '../../../src/diagnosis/facts/google/cluster.ts';
import type { WorkloadIdentity } from '../../../src/diagnosis/facts/workload/identity.ts';
import type { ClusterSearch } from '../../../src/diagnosis/target.ts';
import { cluster, findingOf, operation, operations, unknown } from './facts.ts';
import { policies } from './policies.ts';

const project = known({ id: 'p', number: '1', state: 'ACTIVE' }, 'cloudresourcemanager projects.get');

describe('cluster-not-found', () => {
  const at = (location: string, name = 'c'): Cluster => {
    const fact = cluster({ name, location, resource: `projects/p/locations/${location}/clusters/${name}` });
    if (!fact.known) throw new Error('a cluster is known');
    return fact.value;
  };
  const list = (clusters: Cluster[], missingZones: string[] = []): Fact<ClusterList> =>
    known({ clusters, missingZones }, 'container clusters.list');
  const run = (listed: Fact<ClusterList>, one: Fact<Cluster> = unknown('absent'), state = 'ACTIVE') => {
    const search: ClusterSearch = {
      name: { project: 'p', location: 'us-east1', cluster: 'c' },
      project: 'p',
      cluster: one,
      lists: new Map([['p', listed]]),
    };
    const facts = { search, project: known({ id: 'p', number: '1', state }, 'cloudresourcemanager projects.get') };
    return findingOf(clusterNotFound, facts, { request: { cluster: 'projects/p/locations/us-east1/clusters/c' } });
  };
  const commands = (listed: Fact<ClusterList>) =>
    (run(listed).remedies ?? []).map(({ params }) => (Array.isArray(params.command) ? params.command.join(' ') : ''));
  const credentials = (name: string, location: string) =>
    `gcloud container clusters get-credentials ${name} --location=${location} --project=p`;

  test.each<[string, Fact<ClusterList>, string]>([
    ['another location has it', list([at('us-west1')]), 'fail'],
    ['nobody has it', list([]), 'fail'],
    ['a zone didn’t answer', list([], ['us-east1-b']), 'unknown'],
    ['a zone didn’t answer, but another place has it', list([at('us-west1')], ['us-east1-b']), 'fail'],
    ['the list can’t be read', unknown('denied'), 'unknown'],
  ])('%s', (_, listed, status) => {
    expect(run(listed)).toMatchObject({ status, subject: 'projects/p/locations/us-east1/clusters/c' });
  });

  test('it is there', () => {
    expect(run(list([]), cluster()).status).toBe('pass');
  });

  test('it may not be read: that is no 404, and the project’s name may be wrong', () => {
    const finding = run(list([]), unknown('denied'));
    expect(finding.status).toBe('unknown');
    expect(finding.detail.en).toContain('check its name');
  });

  test('the right command, for each place that has it', () => {
    expect(commands(list([at('us-west1')]))).toEqual([credentials('c', 'us-west1')]);
    const two = list([at('us-west1'), at('europe-west1'), at('us-west1', 'other')]);
    expect(commands(two)).toEqual([credentials('c', 'us-west1'), credentials('c', 'europe-west1')]);
    expect(run(two).headline.en).toContain('us-west1, europe-west1');
  });

  test('a name much alike; a project that is going; the account', () => {
    const finding = run(list([at('us-east1', 'cc')]), unknown('absent'), 'DELETE_REQUESTED');
    for (const text of ['us-east1/cc', 'DELETE_REQUESTED', 'gcloud auth list', 'gcloud auth login']) {
      expect(finding.detail.en).toContain(text);
    }
  });
});

describe('wi-workload-pool', () => {
  const workload = { namespace: 'shop', kind: 'serviceaccount', name: 'checkout' } as const;

  test.each<[string, Partial<Cluster>, boolean, string, boolean]>([
    ['on', {}, false, 'pass', false],
    ['off', { workloadPool: undefined }, false, 'warn', true],
    ['off, and a workload needs it', { workloadPool: undefined }, true, 'fail', true],
    ['another project’s', { workloadPool: 'fleet.svc.id.goog' }, true, 'warn', false],
    ['Autopilot', { autopilot: true }, true, 'not-applicable', false],
    [
      'a domain-scoped project’s',
      { project: 'example.com:p', workloadPool: 'example.com:p.svc.id.goog' },
      false,
      'pass',
      false,
    ],
    [
      'the same, in its other form',
      { project: 'example.com:p', workloadPool: 'p.example.com.svc.id.goog' },
      false,
      'pass',
      false,
    ],
  ])('%s', (_, more, asked, status, offered) => {
    const finding = findingOf(wiWorkloadPool, { cluster: cluster(more) }, { request: asked ? { workload } : {} });
    expect(finding.status).toBe(status);
    expect((finding.remedies ?? []).map(({ kind }) => kind)).toEqual(offered ? ['enable-workload-identity'] : []);
  });
});

describe('wi-iamcredentials-api', () => {
  const API = 'iamcredentials.googleapis.com';
  const services = (state: string | undefined) =>
    known(new Map(state === undefined ? [] : [[API, state]]), 'serviceusage services.batchGet');
  const identity = (annotation?: string): Fact<WorkloadIdentity> =>
    known(
      {
        pool: 'p.svc.id.goog',
        poolIsOn: true,
        poolProject: project,
        principal: { member: 'serviceAccount:p.svc.id.goog[shop/checkout]' },
        roles: known([], 'cloudresourcemanager projects.getIamPolicy'),
        ...(annotation ? { annotation } : {}),
      },
      'kubernetes serviceAccounts.get',
    );

  test.each<[string, string | undefined, Fact<WorkloadIdentity> | undefined, Partial<Cluster>, string]>([
    ['on', 'ENABLED', identity('a@p.iam.gserviceaccount.com'), {}, 'pass'],
    ['off, for a workload that impersonates', 'DISABLED', identity('a@p.iam.gserviceaccount.com'), {}, 'fail'],
    ['off, for one that is itself', 'DISABLED', identity(), {}, 'warn'],
    ['off, no workload named', 'DISABLED', undefined, {}, 'warn'],
    ['off, and no pool either', 'DISABLED', undefined, { workloadPool: undefined }, 'not-applicable'],
    ['nothing said of it', undefined, undefined, {}, 'unknown'],
  ])('%s', (_, state, workloadIdentity, more, status) => {
    const facts = { cluster: cluster(more), services: services(state), workloadIdentity };
    const finding = findingOf(wiIamcredentialsApi, facts);
    expect(finding).toMatchObject({ status, subject: 'projects/p' });
    const offered = status === 'fail' || status === 'warn';
    expect((finding.remedies ?? []).map(({ params }) => params.service)).toEqual(offered ? [API] : []);
  });
});

describe('wi-deploypatch-failed', () => {
  const AGENT = 'serviceAccount:service-1@container-engine-robot.iam.gserviceaccount.com';
  const held = { 'projects/p': [{ role: 'roles/container.serviceAgent', members: [AGENT] }] };
  const failed = operation('UPDATE_CLUSTER', { error: 'DeployPatch failed', startTime: '2026-01-01T00:00:00Z' });
  const symptom = { problem: 'wi-deploypatch-failed', entities: {}, at: '2026-01-01T00:00:00Z' };

  test.each<[string, Partial<Cluster>, Parameters<typeof operations>, boolean, typeof held | object, string]>([
    ['nothing says so', {}, [], false, {}, 'not-applicable'],
    ['an operation failed so, the agent lacks its role', { workloadPool: undefined }, [failed], false, {}, 'fail'],
    ['an operation failed so, the agent holds it', { workloadPool: undefined }, [failed], false, held, 'unknown'],
    ['an operation failed so, a later one did not', {}, [failed], false, {}, 'pass'],
    ['an error text says it', {}, [], true, {}, 'fail'],
    ['another kind of operation', {}, [{ ...failed, type: 'UPGRADE_NODES' }], false, {}, 'not-applicable'],
  ])('%s', (_, more, list, pasted, said, status) => {
    const facts = { cluster: cluster(more), project, operations: operations(...list) };
    const finding = findingOf(wiDeploypatchFailed, facts, {
      request: pasted ? { symptom } : {},
      access: policies({ policies: { ...said } }),
    });
    expect(finding.status).toBe(status);
    expect((finding.remedies ?? []).map(({ kind }) => kind)).toEqual(status === 'fail' ? ['grant-project-role'] : []);
  });
});
