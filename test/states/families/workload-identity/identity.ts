/** Whom a workload is for Google Cloud, by which of its names it was let in, and when the chain does not apply. */
import { serviceAccount } from '../../../../sandbox/google/build/objects.ts';
import type { World } from '../../../../sandbox/google/world.ts';
import type { HealthyWorld } from '../../../../sandbox/scenarios/base.ts';
import type { State } from '../../state.ts';
import { asDiagnoser, CHECKOUT, healthy, NUMBER, workload } from '../../worlds.ts';

const HOW_TO = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity';
const PRINCIPALS = 'https://docs.cloud.google.com/iam/docs/principal-identifiers';
const MEMBERS = 'https://docs.cloud.google.com/iam/docs/principals-overview';
const DIRECT = 'matheuscscp/gke-metadata-server#282';

const binding = 'wi-gsa-binding';
const USER = 'roles/iam.workloadIdentityUser';
const VIEWER = 'roles/storage.objectViewer';

const poolOf = (number: string) =>
  `//iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/sandbox-1.svc.id.goog`;
const SELF = `principal:${poolOf(NUMBER)}/subject/ns/shop/sa/checkout`;
const SET = `principalSet:${poolOf(NUMBER)}`;

/** shop/checkout without an annotation: it is nobody but itself. */
const direct = (change: (here: HealthyWorld) => void = () => {}): World =>
  healthy({ objects: [serviceAccount('shop', 'checkout')] }, change);

/** Said without a negation in the line. */
const asItself =
  /^(?!.*\b(?:no|nobody|not|never|cannot|instead)\b)(?!.*n.t\b).*\bauthenticates? as (?:the workload|itself)/im;

const off: State[] = [
  {
    id: 'workload-identity-off',
    says: 'Workload Identity is off for the cluster: Pods authenticate as the account of their node.',
    source: HOW_TO,
    world: () =>
      healthy({
        workloadIdentity: false,
        nodePools: [{ name: 'pool-a', metadataMode: null, serviceAccount: 'node@sandbox-1.iam.gserviceaccount.com' }],
      }),
    arguments: workload(),
    expect: [
      { check: 'wi-workload-pool', status: 'fail', offers: [{ kind: 'enable-workload-identity' }] },
      {
        status: ['fail', 'warn', 'not-applicable', 'unknown'],
        says: [/node@sandbox-1|node(?:’s|'s)? (?:service )?account/],
      },
    ],
    report: { never: [asItself, /\bacts as checkout@/] },
  },
  {
    id: 'workload-identity-off-direct',
    says: 'The same for a workload without annotation.',
    source: HOW_TO,
    world: () => healthy({ workloadIdentity: false, objects: [serviceAccount('shop', 'checkout')] }),
    arguments: workload('wi-workload-pool', 'wi-ksa-annotation', binding),
    expect: [
      { check: 'wi-workload-pool', status: 'fail' },
      { check: binding, status: ['fail', 'not-applicable', 'unknown'], says: [/node/] },
    ],
    report: { never: [asItself] },
  },
  {
    id: 'workload-identity-off-nobody-asked',
    says: 'Workload Identity is off, and no workload was asked about: worth a warning, no failure.',
    source: HOW_TO,
    opposite: true,
    world: () => healthy({ workloadIdentity: false }),
    arguments: [...asDiagnoser, '--only', 'wi-workload-pool'],
    expect: [{ check: 'wi-workload-pool', status: 'warn' }],
  },
];

const where: State[] = [
  {
    id: 'direct-on-folder',
    says: 'The workload’s own principal holds a role on the folder.',
    source: PRINCIPALS,
    opposite: true,
    world: () => direct(({ world }) => world.bindOnFolder(VIEWER, SELF)),
    arguments: workload(binding),
    expect: [
      {
        check: binding,
        status: 'pass',
        says: [/roles\/storage\.objectViewer/, /folder/i],
        never: [/granted nothing/i],
      },
    ],
  },
  {
    id: 'direct-on-organization',
    says: 'The workload’s own principal holds a role on the organization.',
    source: PRINCIPALS,
    opposite: true,
    world: () => direct(({ world }) => world.bindOnOrganization(VIEWER, SELF)),
    arguments: workload(binding),
    expect: [{ check: binding, status: 'pass', says: [/roles\/storage\.objectViewer/, /organization/i] }],
  },
  {
    id: 'namespace-on-folder',
    says: 'Everything in the workload’s namespace holds a role on the folder.',
    source: DIRECT,
    opposite: true,
    world: () => direct(({ world }) => world.bindOnFolder(VIEWER, `${SET}/namespace/shop`)),
    arguments: workload(binding),
    expect: [{ check: binding, status: 'pass', says: [/namespace\/shop/] }],
  },
  {
    id: 'another-subject-on-folder',
    says: 'Another workload’s principal holds a role on the folder.',
    source: PRINCIPALS,
    world: () => direct(({ world }) => world.bindOnFolder(VIEWER, SELF.replace('checkout', 'cart'))),
    arguments: workload(binding),
    expect: [{ check: binding, status: ['warn', 'fail'] }],
  },
  {
    id: 'pool-of-another-number',
    says: 'The principal of the same name in the pool of another project’s number.',
    source: PRINCIPALS,
    world: () => direct(({ project }) => project.bind(VIEWER, SELF.replace(NUMBER, '999999999999'))),
    arguments: workload(binding),
    expect: [{ check: binding, status: ['warn', 'fail'] }],
  },
  {
    id: 'user-granted-on-folder',
    says: 'The right to act as the IAM service account is granted on the folder of its project.',
    source: PRINCIPALS,
    opposite: true,
    world: () =>
      healthy({}, ({ world, project }) => {
        project.unbindOn(CHECKOUT, USER);
        world.bindOnFolder(USER, SELF);
      }),
    arguments: workload(binding),
    expect: [{ check: binding, status: 'pass' }],
  },
  {
    id: 'binding-of-another-namespace',
    says: 'The account of the same name in another namespace was let in.',
    source: HOW_TO,
    world: () =>
      healthy({}, ({ project }) => {
        project.unbindOn(CHECKOUT, USER).bindOn(CHECKOUT, USER, `serviceAccount:${project.pool}[bank/checkout]`);
      }),
    arguments: workload(binding),
    expect: [
      {
        check: binding,
        status: 'fail',
        offers: [{ kind: 'grant-service-account-role', text: /sandbox-1\.svc\.id\.goog\[shop\/checkout\]/ }],
      },
    ],
  },
];

const GROUP = 'group:workloads@example.com';
const throughGroup = (hidden: boolean) => (here: HealthyWorld) => {
  here.world.group('workloads@example.com', ['owner@example.com'], { hidden });
  here.project.unbindOn(CHECKOUT, USER).bindOn(CHECKOUT, USER, GROUP);
};

const groups: State[] = [
  {
    id: 'group-on-account',
    says: 'Only a Google group was let in: no group can contain a Kubernetes service account.',
    source: MEMBERS,
    world: () => healthy({}, throughGroup(false)),
    arguments: workload(binding),
    expect: [{ check: binding, status: 'fail', offers: [{ kind: 'grant-service-account-role' }] }],
  },
  {
    id: 'hidden-group-on-account',
    says: 'The same, with a group whose members can’t be seen: nothing depends on them.',
    source: MEMBERS,
    world: () => healthy({}, throughGroup(true)),
    arguments: workload(binding),
    expect: [{ check: binding, status: 'fail' }],
  },
  {
    id: 'hidden-group-beside-the-binding',
    says: 'A hidden group was let in, and the workload itself too.',
    source: MEMBERS,
    opposite: true,
    world: () =>
      healthy({}, ({ world, project }) => {
        world.group('workloads@example.com', [], { hidden: true });
        project.bindOn(CHECKOUT, USER, GROUP);
      }),
    arguments: workload(binding),
    expect: [{ check: binding, status: 'pass' }],
  },
  {
    id: 'hidden-group-direct',
    says: 'The workload has no account of its own in IAM, and a hidden group holds a role on the project.',
    source: MEMBERS,
    world: () =>
      direct(({ world, project }) => {
        world.group('workloads@example.com', [], { hidden: true });
        project.bind(VIEWER, GROUP);
      }),
    arguments: workload(binding),
    expect: [{ check: binding, status: ['warn', 'fail'] }],
  },
];

export const identities: readonly State[] = [...off, ...where, ...groups];
