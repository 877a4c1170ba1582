/** What may have a button, whoever approves; and what must not. */
import { describe, expect, it } from 'vitest';
import { planAllowed } from '../../src/approvals/limits.ts';
import { loadConfig, planRules } from '../../src/config/config.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { examplePlan } from './examples.ts';

const CONFIG = `
projects: [dev-1, apps-1]
google: { diagnoser: reads@ops.iam.gserviceaccount.com, remediator: writes@dev-1.iam.gserviceaccount.com }
approvals:
  memberDomains: [example.com]
  targets:
    - { serviceAccount: "app-*@apps-1.iam.gserviceaccount.com" }
    - { serviceAccount: "rich@apps-1.iam.gserviceaccount.com", quorum: 3 }
`;
const config = loadConfig({}, () => CONFIG);
const ask = (plan: Plan, yaml = CONFIG) => {
  const verdict = planAllowed(
    plan,
    loadConfig({}, () => yaml),
  );
  return verdict.allowed ? 'allowed' : verdict.reason.en;
};

const WORKLOAD = 'serviceAccount:dev-1.svc.id.goog[shop/checkout]';
const onAccount = (serviceAccount: string, member = WORKLOAD, role = 'roles/iam.workloadIdentityUser') =>
  examplePlan(undefined, {
    remedy: {
      kind: 'grant-service-account-role',
      risk: 'grant',
      params: {
        serviceAccount: `projects/${serviceAccount.split('@')[1]?.split('.')[0]}/serviceAccounts/${serviceAccount}`,
        member,
        role,
      },
      command: 'gcloud',
    },
  });
const viewer = (member: string) => examplePlan({ project: 'dev-1', member, role: 'roles/container.clusterViewer' });

interface Binding {
  readonly verb?: string;
  readonly resource?: string;
  readonly group?: string;
  readonly subject?: Record<string, unknown>;
  readonly role?: unknown;
}
const binding = ({ verb = 'list', resource = 'pods', group = '', subject, role }: Binding) =>
  examplePlan(undefined, {
    remedy: {
      kind: 'create-role-binding',
      risk: 'change',
      params: {
        project: 'dev-1',
        location: 'l',
        cluster: 'c',
        namespace: 'shop',
        subject: subject ?? { kind: 'User', name: 'bob@example.com' },
        role: role ?? { rule: { apiGroups: [group], resources: [resource], verbs: [verb] } },
      },
      command: 'kubectl',
    },
  });

describe('a button', () => {
  it.each<[string, Plan]>([
    ['a node account’s role', examplePlan()],
    ['a workload on an account of a configured project', onAccount('app-a@apps-1.iam.gserviceaccount.com')],
    ['a person of a configured domain', viewer('user:bob@example.com')],
    ['a person whose domain is written in capitals', viewer('user:bob@EXAMPLE.com')],
    ['reading Pods', binding({})],
    ['watching Deployments', binding({ verb: 'watch', resource: 'deployments', group: 'apps' })],
    ['view', binding({ role: { clusterRole: 'view' } })],
    [
      'a service account of a namespace',
      binding({ subject: { kind: 'ServiceAccount', name: 'ci', namespace: 'shop' } }),
    ],
  ])('may be for %s', (_, plan) => {
    expect(ask(plan)).toBe('allowed');
  });

  it.each<[string, Plan, RegExp]>([
    ['gke-auth’s own remediator', onAccount('writes@dev-1.iam.gserviceaccount.com'), /identity of gke-auth itself/],
    [
      'gke-auth’s own diagnoser in capitals',
      examplePlan(undefined, {
        remedy: {
          ...onAccount('x@dev-1.iam.gserviceaccount.com').remedy,
          params: {
            ...onAccount('x@dev-1.iam.gserviceaccount.com').remedy.params,
            serviceAccount: 'projects/dev-1/serviceAccounts/READS@ops.iam.gserviceaccount.com',
          },
        },
      }),
      /identity of gke-auth itself|not among the configured/,
    ],
    ['an account of another project', onAccount('app@elsewhere.iam.gserviceaccount.com'), /elsewhere is not among/],
    [
      'another project',
      examplePlan({ ...examplePlan().remedy.params, project: 'prod-1' }),
      /prod-1 is not among the configured projects/,
    ],
    ['a person of another domain', viewer('user:bob@example.org'), /not in a domain/],
    ['a person of a domain that ends alike', viewer('user:bob@notexample.com'), /not in a domain/],
    ['a person of a subdomain', viewer('user:bob@x.example.com'), /not in a domain/],
    [
      'somebody else’s user in a cluster',
      binding({ subject: { kind: 'User', name: 'bob@example.org' } }),
      /not in a domain/,
    ],
    ['a Cyrillic letter', viewer('user:b\u043eb@example.com'), /U\+043E \(Cyrillic\)/],
    ['a Greek letter', viewer('user:b\u03bfb@example.com'), /U\+03BF \(Greek\)/],
    ['a full-width letter', viewer('user:\uff42ob@example.com'), /U\+FF42/],
    ['a zero-width space', viewer('user:bob\u200b@example.com'), /U\+200B/],
    ['a right-to-left mark', binding({ subject: { kind: 'User', name: 'bob\u202e@example.com' } }), /U\+202E/],
    ['secrets', binding({ resource: 'secrets' }), /"secrets" lets its holder read secrets/],
    ['everything', binding({ resource: '*' }), /"\*" lets/],
    ['every subresource', binding({ resource: 'pods/*' }), /"pods\/\*" lets/],
    ['every verb', binding({ verb: '*' }), /"\*" lets/],
    ['every group', binding({ group: '*' }), /"\*" lets/],
    ['tokens', binding({ verb: 'create', resource: 'serviceaccounts/token' }), /token" lets/],
    ['exec', binding({ verb: 'get', resource: 'pods/exec' }), /exec" lets/],
    ['attach', binding({ verb: 'get', resource: 'pods/attach' }), /attach" lets/],
    ['port-forward', binding({ verb: 'get', resource: 'pods/portforward' }), /portforward" lets/],
    [
      'ephemeral containers',
      binding({ verb: 'get', resource: 'pods/ephemeralcontainers' }),
      /ephemeralcontainers" lets/,
    ],
    ['the proxy of a node', binding({ resource: 'nodes/proxy' }), /nodes\/proxy" lets/],
    ['nodes', binding({ resource: 'nodes' }), /nodes" lets/],
    ['impersonating', binding({ verb: 'impersonate', resource: 'users' }), /"impersonate" lets/],
    ['binding', binding({ verb: 'bind', resource: 'roles', group: 'rbac.authorization.k8s.io' }), /"bind" lets/],
    ['escalating', binding({ verb: 'escalate', resource: 'roles' }), /"escalate" lets/],
    [
      'writing Roles',
      binding({ verb: 'update', resource: 'roles', group: 'rbac.authorization.k8s.io' }),
      /"roles" lets/,
    ],
    ['reading Roles', binding({ resource: 'roles', group: 'rbac.authorization.k8s.io' }), /"roles" is not on the list/],
    ['ClusterRoleBindings', binding({ verb: 'create', resource: 'clusterrolebindings' }), /"clusterrolebindings" lets/],
    ['webhooks', binding({ resource: 'validatingwebhookconfigurations' }), /webhookconfigurations" lets/],
    ['certificates', binding({ resource: 'certificatesigningrequests/approval' }), /approval" lets/],
    ['deleting', binding({ verb: 'delete' }), /"delete" is not on the list/],
    ['creating Pods', binding({ verb: 'create' }), /"create" is not on the list/],
    ['a resource that nobody listed', binding({ resource: 'widgets', group: 'example.com' }), /"widgets" is not on/],
    [
      'everybody',
      binding({ subject: { kind: 'Group', name: 'system:authenticated' } }),
      /belongs to Kubernetes itself/,
    ],
    ['masters', binding({ subject: { kind: 'Group', name: 'system:masters' } }), /belongs to Kubernetes itself/],
    ['another ClusterRole', binding({ role: { clusterRole: 'cluster-admin' } }), /cannot be read/],
    [
      'an empty rule',
      binding({ role: { rule: { apiGroups: [''], resources: [], verbs: ['get'] } } }),
      /cannot be read/,
    ],
    ['nobody', binding({ subject: {} }), /cannot be read/],
  ])('may not be for %s', (_, plan, why) => {
    expect(ask(plan)).toMatch(why);
  });

  it('is for what the configuration lists, but never for what nobody may list', () => {
    const yaml = 'approvals: { kubernetes: { verbs: [delete, bind, get], resources: [widgets, secrets, roles] } }';
    expect(ask(binding({ verb: 'delete', resource: 'widgets', group: 'example.com' }), yaml)).toBe('allowed');
    expect(ask(binding({}), yaml)).toMatch(/"list" is not on the list/);
    expect(ask(binding({ verb: 'bind', resource: 'widgets' }), yaml)).toMatch(/lets its holder/);
    expect(ask(binding({ verb: 'get', resource: 'secrets' }), yaml)).toMatch(/lets its holder/);
    expect(ask(binding({ verb: 'get', resource: 'roles' }), yaml)).toBe('allowed');
    expect(ask(binding({ verb: 'delete', resource: 'roles' }), yaml)).toMatch(/lets its holder/);
    // Without configured projects and domains nothing is outside of them.
    expect(ask(viewer('user:bob@example.org'), 'language: en')).toBe('allowed');
  });
});

describe('who lets a workload in to an account', () => {
  const quorum = (plan: Plan) => planRules(config, plan).map(rules => rules.quorum);

  it('is two people, unless the account is a target', () => {
    expect(quorum(onAccount('app-a@apps-1.iam.gserviceaccount.com'))).toEqual([1, 1]);
    expect(quorum(onAccount('app-a@dev-1.iam.gserviceaccount.com'))).toEqual([2]);
    expect(quorum(onAccount('xapp-a@apps-1.iam.gserviceaccount.com'))).toEqual([2, 2]);
    expect(quorum(onAccount('rich@apps-1.iam.gserviceaccount.com'))).toEqual([3, 3]);
  });

  it('is as many as the risk asks for, for all else', () => {
    expect(quorum(examplePlan())).toEqual([1]);
  });
});
