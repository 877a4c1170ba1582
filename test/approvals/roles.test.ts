import { describe, expect, it } from 'vitest';
import { grantOf, planRoleAllowed, roleAllowed } from '../../src/approvals/roles.ts';
import { DEFAULT_ALLOWED_ROLES } from '../../src/config/settings.ts';
import { examplePlan } from './examples.ts';

const PROJECT = 'projects/p';
const ACCOUNT = 'projects/p/serviceAccounts/app@p.iam.gserviceaccount.com';
const GKE = 'serviceAccount:service-123@container-engine-robot.iam.gserviceaccount.com';
const NODE_AGENT = 'serviceAccount:service-123@gcp-sa-gkenode.iam.gserviceaccount.com';
const POOL = 'iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/p.svc.id.goog';
const [NODE, SERVICE_AGENT, NODE_SERVICE_AGENT, HOST, VIEWER, WORKLOAD] = [
  'roles/container.defaultNodeServiceAccount',
  'roles/container.serviceAgent',
  'roles/container.defaultNodeServiceAgent',
  'roles/container.hostServiceAgentUser',
  'roles/container.clusterViewer',
  'roles/iam.workloadIdentityUser',
];

const ask = (role: string, member: string, resource: string, allowed = DEFAULT_ALLOWED_ROLES) =>
  roleAllowed({ role, member, resource, projectNumber: '123' }, allowed);

describe('allowed', () => {
  it.each([
    [NODE, 'serviceAccount:node@p.iam.gserviceaccount.com', PROJECT],
    [NODE, 'serviceAccount:123-compute@developer.gserviceaccount.com', PROJECT],
    [SERVICE_AGENT, GKE, PROJECT],
    [NODE_SERVICE_AGENT, NODE_AGENT, PROJECT],
    [HOST, GKE, 'projects/host'],
    [HOST, NODE_AGENT, 'projects/host'],
    [VIEWER, 'user:alice@example.com', PROJECT],
    [VIEWER, 'serviceAccount:ci@p.iam.gserviceaccount.com', PROJECT],
    [WORKLOAD, 'serviceAccount:p.svc.id.goog[ns/ksa]', ACCOUNT],
    [WORKLOAD, `principal://${POOL}/subject/ns/ns/sa/ksa`, ACCOUNT],
    [WORKLOAD, `principalSet://${POOL}/namespace/ns`, ACCOUNT],
  ])('%s to %s on %s', (role, member, resource) => {
    expect(ask(role, member, resource)).toEqual({ allowed: true });
  });
});

const APP = 'serviceAccount:app@p.iam.gserviceaccount.com';
const BUCKET = '//storage.googleapis.com/projects/_/buckets/b';
const TOPIC = '//pubsub.googleapis.com/projects/p/topics/t';
const onResources = ['roles/storage.objectViewer@bucket', 'roles/pubsub.publisher@topic', 'roles/storage.admin@bucket'];

describe('on resources', () => {
  it.each([
    ['roles/storage.objectViewer', APP, BUCKET],
    ['roles/storage.objectViewer', 'user:alice@example.com', BUCKET],
    ['roles/pubsub.publisher', `principal://${POOL}/subject/ns/ns/sa/ksa`, TOPIC],
  ])('%s to %s on %s is allowed', (role, member, resource) => {
    expect(ask(role, member, resource, onResources)).toEqual({ allowed: true });
  });

  it.each([
    ['the entry is for projects', 'roles/storage.objectViewer', APP, BUCKET, ['roles/storage.objectViewer']],
    ['the entry is for another kind', 'roles/pubsub.publisher', APP, TOPIC, ['roles/pubsub.publisher@bucket']],
    ['an entry for buckets is none for projects', 'roles/storage.objectViewer', APP, PROJECT, onResources],
    ['an administrator', 'roles/storage.admin', APP, BUCKET, onResources],
    ['everybody', 'roles/storage.objectViewer', 'allUsers', BUCKET, onResources],
    ['a group', 'roles/storage.objectViewer', 'group:all@example.com', BUCKET, onResources],
    ['a whole pool', 'roles/storage.objectViewer', `principalSet://${POOL}/*`, BUCKET, onResources],
    ['a dataset', 'roles/storage.objectViewer', APP, '//bigquery.googleapis.com/projects/p/datasets/d', onResources],
    ['an object', 'roles/storage.objectViewer', APP, `${BUCKET}/objects/o`, onResources],
    ['no default entry', 'roles/storage.objectViewer', APP, BUCKET, DEFAULT_ALLOWED_ROLES],
  ])('refused: %s', (_, role, member, resource, allowed) => {
    expect(ask(role, member, resource, allowed).allowed).toBe(false);
  });
});

describe('refused', () => {
  it.each([
    ['roles/owner', 'user:a@example.com', PROJECT],
    ['roles/container.admin', 'user:a@example.com', PROJECT],
    ['', 'user:a@example.com', PROJECT],
    [NODE, 'user:alice@example.com', PROJECT],
    [NODE, 'group:sre@example.com', PROJECT],
    [NODE, 'deleted:serviceAccount:node@p.iam.gserviceaccount.com?uid=1', PROJECT],
    [NODE, 'serviceAccount:node@p.iam.gserviceaccount.com', ACCOUNT],
    [NODE, 'serviceAccount:node@p.iam.gserviceaccount.com', 'folders/7'],
    [SERVICE_AGENT, 'serviceAccount:service-999@container-engine-robot.iam.gserviceaccount.com', PROJECT],
    [SERVICE_AGENT, NODE_AGENT, PROJECT],
    [SERVICE_AGENT, 'user:service-123@container-engine-robot.iam.gserviceaccount.com', PROJECT],
    [SERVICE_AGENT, `${GKE}.evil.example`, PROJECT],
    [NODE_SERVICE_AGENT, GKE, PROJECT],
    [HOST, 'serviceAccount:node@p.iam.gserviceaccount.com', PROJECT],
    [VIEWER, 'group:sre@example.com', PROJECT],
    [VIEWER, 'domain:example.com', PROJECT],
    [VIEWER, 'allUsers', PROJECT],
    [WORKLOAD, 'serviceAccount:p.svc.id.goog[ns/ksa]', PROJECT],
    [WORKLOAD, 'serviceAccount:ci@p.iam.gserviceaccount.com', ACCOUNT],
    [WORKLOAD, 'user:alice@example.com', ACCOUNT],
    [WORKLOAD, 'principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github/*', ACCOUNT],
  ])('%s to %s on %s', (role, member, resource) => {
    const verdict = ask(role, member, resource);
    expect(verdict.allowed).toBe(false);
    if (!verdict.allowed) {
      expect(verdict.reason.en).toMatch(/\.$/);
      expect(verdict.reason.ja).toMatch(/。$/);
    }
  });

  it('an agent role while the project number is not known', () => {
    const grant = { role: SERVICE_AGENT ?? '', member: GKE, resource: PROJECT, projectNumber: undefined };
    expect(roleAllowed(grant, DEFAULT_ALLOWED_ROLES).allowed).toBe(false);
  });

  it('Owner, Editor and Viewer, whatever the list says', () => {
    for (const role of ['roles/owner', 'roles/editor', 'roles/viewer']) {
      expect(ask(role, 'user:a@example.com', PROJECT, [role]).allowed).toBe(false);
    }
  });
});

describe('a role that the operator listed', () => {
  const CUSTOM = 'projects/p/roles/logWriter';
  it.each([
    ['user:a@example.com', PROJECT, true],
    ['group:sre@example.com', PROJECT, true],
    ['serviceAccount:ci@p.iam.gserviceaccount.com', ACCOUNT, true],
    ['allUsers', PROJECT, false],
    ['allAuthenticatedUsers', PROJECT, false],
    ['domain:example.com', PROJECT, false],
    ['projectOwner:p', PROJECT, false],
    ['deleted:user:a@example.com?uid=1', PROJECT, false],
    ['user:a@example.com', 'organizations/1', false],
  ])('to %s on %s: %s', (member, resource, allowed) => {
    expect(ask(CUSTOM, member, resource, [CUSTOM]).allowed).toBe(allowed);
  });
});

describe('the grant of a plan', () => {
  it('comes from what will be written', () => {
    expect(grantOf(examplePlan())).toEqual({
      role: NODE,
      member: 'serviceAccount:node-b@dev-1.iam.gserviceaccount.com',
      resource: 'projects/dev-1',
      projectNumber: '123',
    });
    const email = 'app@prod-1.iam.gserviceaccount.com';
    const params = { serviceAccount: email, member: 'serviceAccount:p.svc.id.goog[a/b]', role: WORKLOAD };
    const plan = examplePlan();
    const onAccount = { ...plan, remedy: { ...plan.remedy, kind: 'grant-service-account-role' as const, params } };
    expect(grantOf(onAccount)?.resource).toBe(`projects/prod-1/serviceAccounts/${email}`);
    expect(planRoleAllowed(onAccount, DEFAULT_ALLOWED_ROLES)).toEqual({ allowed: true });
  });

  it('is refused where its parameters are none', () => {
    expect(planRoleAllowed(examplePlan({}), DEFAULT_ALLOWED_ROLES).allowed).toBe(false);
    expect(
      planRoleAllowed(examplePlan({ project: 'p', role: NODE, member: ['x'] }), DEFAULT_ALLOWED_ROLES).allowed,
    ).toBe(false);
  });

  it('is none where no role is granted', () => {
    const plan = examplePlan({ service: 'container.googleapis.com' });
    const enable = { ...plan, remedy: { ...plan.remedy, kind: 'enable-service' as const } };
    expect(planRoleAllowed(enable, [])).toEqual({ allowed: true });
  });
});
