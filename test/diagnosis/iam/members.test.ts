import { describe, expect, test } from 'vitest';
import { identify, type Membership, membership } from '../../../src/diagnosis/iam/members.ts';
import type { Principal } from '../../../src/diagnosis/iam/model.ts';
import { memberOf, serviceAccount } from '../../../src/diagnosis/iam/principal.ts';
import { workloadMember, workloadPrincipal } from '../../../src/diagnosis/iam/workload.ts';
import { MEMBERS, PRINCIPALS, WHO } from './worlds.ts';

const PROJECT = 'projects/prod-1';
const ACCOUNT = 'projects/prod-1/serviceAccounts/e@prod-1.iam.gserviceaccount.com';
const POOL = 'iam.googleapis.com/projects/111/locations/global/workloadIdentityPools/prod-1.svc.id.goog';
const WORKFORCE = 'iam.googleapis.com/locations/global/workforcePools/staff';
const SIGNS: Readonly<Record<string, Membership>> = { y: 'yes', m: 'maybe', n: 'no' };

describe('every kind of member', () => {
  test.each(Object.entries(MEMBERS))('%s', (member, { inside, outside }) => {
    for (const [column, who] of WHO.entries()) {
      const identity = identify(PRINCIPALS[who]);
      expect(membership(identity, member, PROJECT), `${who} on a project`).toBe(SIGNS[inside[column] ?? '']);
      expect(membership(identity, member, ACCOUNT), `${who} on an account`).toBe(SIGNS[outside[column] ?? '']);
    }
  });
});

const workload = { pool: 'prod-1.svc.id.goog', projectNumber: '111', namespace: 'web', name: 'app' };
const cluster = 'projects/prod-1/locations/asia-northeast1/clusters/c';
const full = workloadPrincipal({ ...workload, uid: 'u-1', cluster });
const unnumbered = workloadPrincipal({ ...workload, projectNumber: undefined });
const accounts = 'principalSet://cloudresourcemanager.googleapis.com';
const agent = serviceAccount('service-111@container-engine-robot.iam.gserviceaccount.com');
const staff: Principal = { member: `principal://${WORKFORCE}/subject/alice` };

const subject = { member: `principal://${POOL}/subject/ns/web/sa/app` };
const account = { member: 'serviceAccount:prod-1.svc.id.goog[web/app]' };

const CASES: readonly [name: string, principal: Principal, member: string, expected: Membership][] = [
  ['UID that is told', full, `principal://${POOL}/kubernetes.serviceaccount.uid/u-1`, 'yes'],
  ['another UID', full, `principal://${POOL}/kubernetes.serviceaccount.uid/u-2`, 'no'],
  [
    'its cluster',
    full,
    `principalSet://${POOL}/kubernetes.cluster/https://container.googleapis.com/v1/${cluster}`,
    'yes',
  ],
  ['a cluster, its own unknown', workloadPrincipal(workload), `principalSet://${POOL}/kubernetes.cluster/x`, 'maybe'],
  ['another pool', full, `principalSet://${POOL.replace('prod-1.', 'prod-2.')}/*`, 'no'],
  ['a pool of the same name elsewhere', full, `principalSet://${POOL.replace('/111/', '/222/')}/*`, 'no'],
  ['project number unknown', unnumbered, `principalSet://${POOL}/*`, 'yes'],
  ['project number unknown, namespace', unnumbered, `principalSet://${POOL}/namespace/web`, 'yes'],
  ['names in the pool are compared exactly', full, 'serviceAccount:prod-1.svc.id.goog[Web/app]', 'no'],
  ['workload in allAuthenticatedUsers', full, 'allAuthenticatedUsers', 'no'],
  ['workload in a domain', full, 'domain:example.com', 'no'],
  ['agent among the accounts of its project', agent, `${accounts}/projects/111/type/ServiceAccount`, 'no'],
  ['agent among the agents of its project', agent, `${accounts}/projects/111/type/ServiceAgent`, 'yes'],
  ['agent among the agents of another', agent, `${accounts}/projects/222/type/ServiceAgent`, 'no'],
  [
    'account that calls itself an agent',
    serviceAccount('service-9@prod-1.iam.gserviceaccount.com', { containers: ['projects/111'] }),
    `${accounts}/projects/111/type/ServiceAccount`,
    'maybe',
  ],
  [
    'default account by its number',
    serviceAccount('111-compute@developer.gserviceaccount.com'),
    `${accounts}/projects/111/type/ServiceAccount`,
    'yes',
  ],
  [
    'account whose project is not told',
    serviceAccount('x@prod-1.iam.gserviceaccount.com'),
    `${accounts}/projects/111/type/ServiceAccount`,
    'maybe',
  ],
  ['workload by its subject, bound as an account', subject, 'serviceAccount:prod-1.svc.id.goog[web/app]', 'yes'],
  ['workload by its subject, bound by its namespace', subject, `principalSet://${POOL}/namespace/web`, 'yes'],
  ['workload by its subject, another account', subject, 'serviceAccount:prod-1.svc.id.goog[web/api]', 'no'],
  ['workload as an account, bound by its subject', account, `principal://${POOL}/subject/ns/web/sa/app`, 'yes'],
  ['workload as an account, another subject', account, `principal://${POOL}/subject/ns/web/sa/api`, 'no'],
  [
    'workload as an account, a subject of another namespace',
    account,
    `principal://${POOL}/subject/ns/api/sa/app`,
    'no',
  ],
  ['workforce user in its pool', staff, `principalSet://${WORKFORCE}/*`, 'yes'],
  ['workforce user in a group of its pool', staff, `principalSet://${WORKFORCE}/group/g`, 'maybe'],
  ['another workforce user', staff, `principal://${WORKFORCE}/subject/bob`, 'no'],
  ['workforce user in another pool', staff, `principalSet://${WORKFORCE}2/*`, 'no'],
  ['Google user in a workforce pool', PRINCIPALS.alice, `principalSet://${WORKFORCE}/*`, 'no'],
  [
    'a deleted form of the account that its subject is',
    subject,
    'deleted:serviceAccount:prod-1.svc.id.goog[web/app]?uid=1',
    'no',
  ],
  ['the group itself', { member: 'group:SRE@example.com' }, 'group:sre@example.com', 'yes'],
  ['a set of a kind that is not known', PRINCIPALS.node, 'principalSet://new.googleapis.com/x', 'maybe'],
  ['user of a customer', PRINCIPALS.alice, 'principalSet://goog/cloudIdentityCustomerId/C01', 'maybe'],
  ['consumer of a customer', PRINCIPALS.bob, 'principalSet://goog/cloudIdentityCustomerId/C01', 'no'],
  ['v2 form of a user', PRINCIPALS.alice, 'principal://goog/subject/Alice@example.com', 'yes'],
  ['everyone, in a deny rule', PRINCIPALS.node, 'principalSet://goog/public:all', 'yes'],
];

test.each(CASES)('%s', (_, principal, member, expected) => {
  expect(membership(identify(principal), member, PROJECT)).toBe(expected);
});

test('a workload has the names that policies can bind', () => {
  expect(workloadMember(workload)).toBe('serviceAccount:prod-1.svc.id.goog[web/app]');
  expect([full.member, ...(full.aliases ?? [])]).toEqual([
    'serviceAccount:prod-1.svc.id.goog[web/app]',
    `principal://${POOL}/subject/ns/web/sa/app`,
    `principal://${POOL}/kubernetes.serviceaccount.uid/u-1`,
    `principalSet://${POOL}/namespace/web`,
    `principalSet://${POOL}/kubernetes.cluster/https://container.googleapis.com/v1/${cluster}`,
    `principalSet://${POOL}/*`,
  ]);
  expect(unnumbered.aliases).toEqual([]);
});

test.each([
  ['alice@example.com', 'user:alice@example.com'],
  ['x@p.iam.gserviceaccount.com', 'serviceAccount:x@p.iam.gserviceaccount.com'],
  ['1-compute@developer.gserviceaccount.com', 'serviceAccount:1-compute@developer.gserviceaccount.com'],
  ['p.svc.id.goog[ns/ksa]', 'serviceAccount:p.svc.id.goog[ns/ksa]'],
  ['group:g@example.com', 'group:g@example.com'],
  [`principal://${POOL}/subject/ns/a/sa/b`, `principal://${POOL}/subject/ns/a/sa/b`],
  ['alice', undefined],
  ['alice @example.com', undefined],
])('%s is the member %s', (text, member) => {
  expect(memberOf(text)).toBe(member);
});
