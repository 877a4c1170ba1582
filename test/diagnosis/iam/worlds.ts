/**
 * Random worlds for the engine and the slow evaluator. What each member, condition, role and permission pattern means
 * is written down by hand in tables, so that the slow evaluator shares no rule with the engine.
 */
import fc from 'fast-check';
import { type Fact, known, type Unknown, unknown } from '../../../src/diagnosis/facts/fact.ts';
import type { Binding, DenyRule, Knowledge, Level, Principal, Role } from '../../../src/diagnosis/iam/model.ts';
import { workloadPrincipal } from '../../../src/diagnosis/iam/workload.ts';

export const NOW = new Date('2026-06-15T12:00:00Z');

export const ACCOUNT = 'projects/prod-1/serviceAccounts/node@prod-1.iam.gserviceaccount.com';

export function unread(code: Unknown['code'] = 'denied'): Unknown {
  return unknown({ code, source: 'test', reason: { en: 'not readable', ja: '読み取れません' } });
}

export const PRINCIPALS = {
  node: { member: 'serviceAccount:node@prod-1.iam.gserviceaccount.com', containers: ['projects/111'] },
  alice: { member: 'user:alice@example.com' },
  bob: { member: 'user:bob@gmail.com' },
  workload: workloadPrincipal({ pool: 'prod-1.svc.id.goog', projectNumber: '111', namespace: 'web', name: 'app' }),
} satisfies Record<string, Principal>;
export type Who = keyof typeof PRINCIPALS;
export const WHO: readonly Who[] = ['node', 'alice', 'bob', 'workload'];

const POOL = 'iam.googleapis.com/projects/111/locations/global/workloadIdentityPools/prod-1.svc.id.goog';

/** Who a member is, in the order node, alice, bob, workload: y yes, m can't be seen, n no. `outside`: on a service account. */
export const MEMBERS: Readonly<Record<string, { readonly inside: string; readonly outside: string }>> = {
  'serviceAccount:node@prod-1.iam.gserviceaccount.com': { inside: 'ynnn', outside: 'ynnn' },
  'serviceAccount:Node@prod-1.iam.gserviceaccount.com': { inside: 'ynnn', outside: 'ynnn' },
  'serviceAccount:node@prod-10.iam.gserviceaccount.com': { inside: 'nnnn', outside: 'nnnn' },
  'deleted:serviceAccount:node@prod-1.iam.gserviceaccount.com?uid=9': { inside: 'nnnn', outside: 'nnnn' },
  'user:alice@example.com': { inside: 'nynn', outside: 'nynn' },
  'user:BOB@gmail.com': { inside: 'nnyn', outside: 'nnyn' },
  'group:sre@example.com': { inside: 'mmmm', outside: 'mmmm' },
  'deleted:group:sre@example.com?uid=4': { inside: 'nnnn', outside: 'nnnn' },
  'domain:example.com': { inside: 'nmnn', outside: 'nmnn' },
  'domain:other.org': { inside: 'nmnn', outside: 'nmnn' },
  allUsers: { inside: 'nnnn', outside: 'yyyy' },
  allAuthenticatedUsers: { inside: 'nnnn', outside: 'yyyn' },
  'projectEditor:prod-1': { inside: 'nnnn', outside: 'mmmm' },
  'serviceAccount:prod-1.svc.id.goog[web/app]': { inside: 'nnny', outside: 'nnny' },
  'serviceAccount:prod-1.svc.id.goog[web/other]': { inside: 'nnnn', outside: 'nnnn' },
  [`principal://${POOL}/subject/ns/web/sa/app`]: { inside: 'nnny', outside: 'nnny' },
  [`principal://${POOL}/subject/ns/api/sa/app`]: { inside: 'nnnn', outside: 'nnnn' },
  [`principal://${POOL}/kubernetes.serviceaccount.uid/u-1`]: { inside: 'nnnm', outside: 'nnnm' },
  [`principalSet://${POOL}/namespace/web`]: { inside: 'nnny', outside: 'nnny' },
  [`principalSet://${POOL}/namespace/api`]: { inside: 'nnnn', outside: 'nnnn' },
  [`principalSet://${POOL}/*`]: { inside: 'nnny', outside: 'nnny' },
  [`principalSet://${POOL}/attribute.team/a`]: { inside: 'nnnm', outside: 'nnnm' },
  'principalSet://cloudresourcemanager.googleapis.com/projects/111/type/ServiceAccount': {
    inside: 'ynnn',
    outside: 'ynnn',
  },
  'principalSet://cloudresourcemanager.googleapis.com/projects/222/type/ServiceAccount': {
    inside: 'nnnn',
    outside: 'nnnn',
  },
  'principalSet://cloudresourcemanager.googleapis.com/folders/7/type/ServiceAccount': {
    inside: 'mnnn',
    outside: 'mnnn',
  },
};

/** As MEMBERS, for deny rules; nobody here occurs in MEMBERS whose membership is in doubt. */
export const DENY_MEMBERS: Readonly<Record<string, string>> = {
  'principalSet://goog/public:all': 'yyyy',
  'principal://goog/subject/alice@example.com': 'nynn',
  'principal://iam.googleapis.com/projects/-/serviceAccounts/node@prod-1.iam.gserviceaccount.com': 'ynnn',
  'principalSet://goog/group/contractors@example.com': 'mmmm',
  'principalSet://goog/cloudIdentityCustomerId/C01': 'mmnm',
  [`principalSet://${POOL}/namespace/web`]: 'nnny',
  'deleted:principal://goog/subject/alice@example.com?uid=1': 'nnnn',
};

export const PERMISSIONS = [
  'logging.logEntries.create',
  'logging.logEntries.list',
  'resourcemanager.projects.get',
  'iam.serviceAccounts.getAccessToken',
] as const;

/** Which of PERMISSIONS a pattern of a deny rule covers. */
export const DENY_PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  'logging.googleapis.com/logEntries.create': ['logging.logEntries.create'],
  'logging.googleapis.com/logEntries.*': ['logging.logEntries.create', 'logging.logEntries.list'],
  'logging.googleapis.com/*.list': ['logging.logEntries.list'],
  'cloudresourcemanager.googleapis.com/projects.get': ['resourcemanager.projects.get'],
  'resourcemanager.googleapis.com/projects.get': [],
  'iam.googleapis.com/*.*': ['iam.serviceAccounts.getAccessToken'],
};

/** What a condition comes to at NOW, on `//cloudresourcemanager.googleapis.com/projects/prod-1`. */
export const CONDITIONS: Readonly<Record<string, boolean | undefined>> = {
  'request.time < timestamp("2026-12-31T00:00:00Z")': true,
  'request.time < timestamp("2026-01-01T00:00:00Z")': false,
  'request.time > timestamp("2026-12-31T00:00:00Z")': false,
  "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/viewer'])": undefined,
  'resource.name.startsWith("//cloudresourcemanager.googleapis.com/projects/prod-1")': true,
  'resource.name == "//cloudresourcemanager.googleapis.com/projects/prod-2"': false,
  'request.time.getHours("Asia/Tokyo") >= 9': undefined,
  'request.time < timestamp("2026-01-01T00:00:00Z") && resource.matchTag("1/env", "prod")': false,
  'resource.matchTag("1/env", "prod")': undefined,
};

/** Every role: its permissions; or none (disabled, or gone); or that it can't be read. */
export const ROLES: Readonly<Record<string, readonly string[] | 'unread'>> = {
  'roles/logging.logWriter': ['logging.logEntries.create'],
  'roles/viewer': ['logging.logEntries.list', 'resourcemanager.projects.get'],
  'roles/iam.workloadIdentityUser': ['iam.serviceAccounts.getAccessToken'],
  'projects/prod-1/roles/nodes': ['logging.logEntries.create', 'resourcemanager.projects.get'],
  'organizations/77/roles/retired': [],
  'projects/prod-1/roles/gone': [],
  'roles/internal': 'unread',
  'organizations/77/roles/secret': 'unread',
  'roles/notAsked': 'unread',
};

function readRoles(): Knowledge['roles'] {
  return new Map(
    Object.entries(ROLES)
      .filter(([name]) => name !== 'roles/notAsked')
      .map(([name, permissions]): [string, Fact<Role>] => {
        if (name === 'projects/prod-1/roles/gone') return [name, unread('absent')];
        if (permissions === 'unread') return [name, unread(name === 'roles/internal' ? 'absent' : 'denied')];
        const disabled = name.endsWith('retired');
        const set = new Set<string>(disabled ? PERMISSIONS : permissions);
        return [name, known<Role>({ name, permissions: set, disabled }, 'iam roles.get')];
      }),
  );
}

const oneOf = (table: object) => fc.constantFrom(...Object.keys(table));
const condition = fc.option(
  oneOf(CONDITIONS).map(expression => ({ expression })),
  { nil: undefined, freq: 2 },
);

const binding: fc.Arbitrary<Binding> = fc.record({
  role: oneOf(ROLES),
  members: fc.uniqueArray(oneOf(MEMBERS), { minLength: 1, maxLength: 3 }),
  condition,
});

const denyRule: fc.Arbitrary<DenyRule> = fc.record({
  deniedPrincipals: fc.uniqueArray(oneOf(DENY_MEMBERS), { minLength: 1, maxLength: 2 }),
  exceptionPrincipals: fc.uniqueArray(oneOf(DENY_MEMBERS), { maxLength: 1 }),
  deniedPermissions: fc.uniqueArray(oneOf(DENY_PERMISSIONS), { minLength: 1, maxLength: 2 }),
  exceptionPermissions: fc.uniqueArray(oneOf(DENY_PERMISSIONS), { maxLength: 1 }),
  condition,
});

function level(resource: string): fc.Arbitrary<Level> {
  const policy = fc.oneof(
    { weight: 9, arbitrary: fc.array(binding, { maxLength: 3 }).map(bindings => known({ bindings }, 'test')) },
    { weight: 1, arbitrary: fc.constant(unread()) },
  );
  if (resource === ACCOUNT) return policy.map(read => ({ resource, policy: read }));
  const rules = fc
    .array(denyRule, { maxLength: 1 })
    .map(found => known([{ name: `deny-${resource}`, rules: found }], 'test'));
  const deny = fc.oneof(
    { weight: 4, arbitrary: fc.constant(known([], 'test')) },
    { weight: 3, arbitrary: rules },
    { weight: 1, arbitrary: fc.constantFrom(unread(), undefined) },
  );
  return fc.tuple(policy, deny).map(([read, denied]) => ({ resource, policy: read, deny: denied }));
}

export const world: fc.Arbitrary<Knowledge> = fc
  .tuple(fc.boolean(), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 5 }))
  .chain(([onAccount, height, hidden]) => {
    const hierarchy = ['projects/prod-1', 'folders/7', 'organizations/77'].slice(0, height);
    const resources = onAccount ? [ACCOUNT, ...hierarchy] : hierarchy;
    return fc.tuple(...resources.map(level)).map(levels => ({
      levels,
      complete: hidden === 0 ? unread() : known(true as const, 'test'),
      roles: readRoles(),
      now: NOW,
      attributes: { name: '//cloudresourcemanager.googleapis.com/projects/prod-1' },
    }));
  });
