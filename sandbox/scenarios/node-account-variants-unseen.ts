import { nodeRole } from './base.ts';
import {
  blind,
  disabled,
  holding,
  holdingCustom,
  inheriting,
  lacks,
  needed,
  open,
  passes,
  reviewer,
  toLetMe,
  unreadFolder,
  useful,
  type Variant,
  type VariantWorld,
  withRole,
  worldOf,
  writers,
  writesOnly,
} from './node-account-variants-table.ts';

const newer = '1.34.1-gke.1431000';

const unreadPolicy = [
  'I may not read projects/sandbox-1 (resourcemanager.projects.getIamPolicy)',
  toLetMe.project(reviewer),
];

const policy = worldOf({
  name: 'unread-policy',
  about: 'the policy of the project',
  variants: {
    // The role could be there already, and nobody could take back a grant by what the policy was: nothing is offered.
    'with-role': { ...open(needed, ...unreadPolicy), offers: undefined, account: holding('with-role', nodeRole) },
    'without-role': { ...open(needed, ...unreadPolicy), offers: undefined, account: holding('without-role') },
    'from-folder': { ...passes, account: inheriting('from-folder', 'folder') },
    disabled,
  },
  prepare: ({ world }) => blind(world, 'resourcemanager.projects.getIamPolicy'),
});

const folder = worldOf({
  name: 'unread-folder',
  about: 'the policy of the folder',
  variants: {
    'with-role': withRole,
    'without-role': { ...open(needed, ...unreadFolder), account: holding('without-role') },
    'from-folder': { ...open(needed, ...unreadFolder), account: inheriting('from-folder', 'folder') },
    'from-organization': { ...passes, account: inheriting('from-organization', 'organization') },
    'two-writers': {
      ...open(['autoscaling.sites.writeMetrics'], ...unreadFolder),
      account: holding('two-writers', ...writers.slice(0, 2)),
    },
    'three-writers': writesOnly,
    disabled,
  },
  prepare: ({ world }) => blind(world, 'resourcemanager.folders.getIamPolicy'),
});

const unreadAbove = [
  ...unreadFolder.slice(0, 1),
  'I may not read organizations/111111111111 (resourcemanager.organizations.getIamPolicy)',
  // One line gives both.
  `${toLetMe.folder(reviewer)} --condition=None && ${toLetMe.organization(reviewer)} --condition=None`,
];

const above = worldOf({
  name: 'unread-folder-and-organization',
  about: 'the policies of the folder and of the organization',
  variants: {
    'with-role': withRole,
    'without-role': { ...open(needed, ...unreadAbove), account: holding('without-role') },
    'from-organization': { ...open(needed, ...unreadAbove), account: inheriting('from-organization', 'organization') },
  },
  prepare: ({ world }) =>
    blind(world, 'resourcemanager.folders.getIamPolicy', 'resourcemanager.organizations.getIamPolicy'),
});

const unreadRole = ['I may not read projects/sandbox-1 (iam.roles.get)', toLetMe.project('roles/iam.roleViewer')];
const unreadOrganizationRole = [
  'I may not read organizations/111111111111 (iam.roles.get)',
  toLetMe.organization('roles/iam.roleViewer'),
];

const role = worldOf({
  name: 'unread-role',
  about: 'what custom roles contain',
  variants: {
    'with-role': withRole,
    'without-role': { ...lacks(...needed), account: holding('without-role') },
    'custom-enough': {
      ...open(needed, ...unreadRole),
      account: holdingCustom('custom-enough', [...needed, ...useful]),
    },
    'custom-short': { ...open(needed, ...unreadRole), account: holdingCustom('custom-short', needed.slice(1)) },
    'custom-of-organization': {
      ...open(needed, ...unreadOrganizationRole),
      account: (world, project) =>
        project.serviceAccount('custom-of-org', { roles: [world.organizationRole('nodes', [...needed, ...useful])] }),
    },
    // The role that can be read gives two, whatever the other holds.
    'custom-and-writer': {
      ...open(
        needed.filter(permission => !permission.startsWith('monitoring.')),
        ...unreadRole,
      ),
      account(world, project) {
        const email = holdingCustom('custom-and-writer', needed)(world, project);
        project.bind('roles/monitoring.metricWriter', `serviceAccount:${email}`);
        return email;
      },
    },
    disabled,
  },
  prepare: ({ world }) => blind(world, 'iam.roles.get'),
});

const unreadProject = [
  'I may not read projects/sandbox-1 (resourcemanager.projects.get)',
  toLetMe.project('roles/browser'),
];

/** Its name is made of the project's number. */
const numberless: Variant = { verdict: 'unknown', says: unreadProject, account: () => 'default' };

const ancestry = worldOf({
  name: 'unread-ancestry',
  about: 'which folders and organization the project stands in, and its number',
  variants: {
    'with-role': withRole,
    'without-role': {
      ...lacks(...needed),
      inScan: {
        ...open(needed, ...unreadProject),
        because: 'Policy Troubleshooter knows the ancestors, and a scan does not ask it (PRODUCT, Verbs)',
      },
      account: holding('without-role'),
    },
    default: numberless,
  },
  prepare: ({ world }) => blind(world, 'resourcemanager.projects.get'),
});

const ancestryOnly = worldOf({
  name: 'unread-ancestry-without-troubleshooter',
  about: 'the same, and Policy Troubleshooter’s API is off',
  variants: {
    'with-role': withRole,
    'without-role': {
      ...open(needed, ...unreadProject, 'gcloud services enable policytroubleshooter.googleapis.com'),
      inScan: {
        ...open(needed, ...unreadProject),
        because: 'a scan does not ask Policy Troubleshooter (PRODUCT, Verbs)',
      },
      account: holding('without-role'),
    },
    default: numberless,
  },
  prepare({ world }, project) {
    blind(world, 'resourcemanager.projects.get');
    project.disable('policytroubleshooter.googleapis.com');
  },
});

const number = worldOf({
  name: 'unread-number',
  about: 'the number of the project, in whose name GKE’s node agent writes',
  version: newer,
  variants: {
    'with-role': withRole,
    'without-role': {
      ...lacks(...needed),
      account: holding('without-role'),
      pool: { version: '1.33.5-gke.1201000' },
    },
    newer: {
      verdict: 'unknown',
      names: needed,
      offers: 'grant',
      says: unreadProject,
      row: missing(),
      account: holding('newer'),
    },
    default: numberless,
  },
  faults: [{ service: 'cloudresourcemanager', method: 'GET', path: '^/v3/projects/sandbox-1(\\?|$)', status: 403 }],
});

function missing(): Variant['row'] {
  return Object.fromEntries(needed.map(permission => [permission, 'missing'] as const));
}

const agentless = worldOf({
  name: 'agent-and-default-without-role',
  about: 'nothing, but neither the default account nor GKE’s node agent holds its role',
  version: newer,
  variants: {
    default: { ...lacks(...needed), account: () => 'default', pool: { version: '1.33.5-gke.1201000' } },
    'default-newer': { ...lacks(...needed), says: [`lacks ${needed.join(', ')} too`], account: () => 'default' },
    'with-role': withRole,
  },
  prepare(_, project) {
    project.unbind(nodeRole, `serviceAccount:${project.computeAccount}`);
    project.unbind('roles/container.defaultNodeServiceAgent');
  },
});

const accounts = worldOf({
  name: 'unread-accounts',
  about: 'the service accounts',
  variants: {
    // An account is taken as enabled, and its own check says that nobody knows.
    'with-role': { ...withRole, state: 'unknown' },
    'without-role': { ...lacks(...needed), state: 'unknown', account: holding('without-role') },
    default: { ...passes, state: 'unknown', account: () => 'default' },
  },
  prepare: ({ world }) => blind(world, 'iam.serviceAccounts.get', 'iam.serviceAccounts.list'),
});

/** Worlds in which a policy, a role, the hierarchy or accounts can't be read, or GKE's own defaults have no rights. */
export const unseen: readonly VariantWorld[] = [
  policy,
  folder,
  above,
  role,
  ancestry,
  ancestryOnly,
  number,
  accounts,
  agentless,
];
