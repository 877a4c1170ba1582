import { nodeRole } from './base.ts';
import {
  accountWithCustomRole,
  accountWithInheritedRole,
  accountWithRoles,
  disabled,
  grantCommands,
  hideFromDiagnoser,
  lacks,
  optionalPermissions,
  passes,
  requiredPermissions,
  securityReviewer,
  undecided,
  unreadableFolderText,
  type Variant,
  type VariantWorld,
  withRole,
  worldOf,
  writerRoles,
  writesOnly,
} from './node-account-variants-table.ts';

const newer = '1.34.1-gke.1431000';

const unreadPolicy = [
  'I may not read projects/sandbox-1 (resourcemanager.projects.getIamPolicy)',
  grantCommands.project(securityReviewer),
];

const policy = worldOf({
  name: 'unread-policy',
  about: 'the policy of the project',
  variants: {
    // No remedy: the role may be granted already, and without the old policy a grant can't be undone safely.
    'with-role': {
      ...undecided(requiredPermissions, ...unreadPolicy),
      offers: undefined,
      account: accountWithRoles('with-role', nodeRole),
    },
    'without-role': {
      ...undecided(requiredPermissions, ...unreadPolicy),
      offers: undefined,
      account: accountWithRoles('without-role'),
    },
    'from-folder': { ...passes, account: accountWithInheritedRole('from-folder', 'folder') },
    disabled,
  },
  prepare: ({ world }) => hideFromDiagnoser(world, 'resourcemanager.projects.getIamPolicy'),
});

const folder = worldOf({
  name: 'unread-folder',
  about: 'the policy of the folder',
  variants: {
    'with-role': withRole,
    'without-role': {
      ...undecided(requiredPermissions, ...unreadableFolderText),
      account: accountWithRoles('without-role'),
    },
    'from-folder': {
      ...undecided(requiredPermissions, ...unreadableFolderText),
      account: accountWithInheritedRole('from-folder', 'folder'),
    },
    'from-organization': { ...passes, account: accountWithInheritedRole('from-organization', 'organization') },
    'two-writers': {
      ...undecided(['autoscaling.sites.writeMetrics'], ...unreadableFolderText),
      account: accountWithRoles('two-writers', ...writerRoles.slice(0, 2)),
    },
    'three-writers': writesOnly,
    disabled,
  },
  prepare: ({ world }) => hideFromDiagnoser(world, 'resourcemanager.folders.getIamPolicy'),
});

const unreadAbove = [
  ...unreadableFolderText.slice(0, 1),
  'I may not read organizations/111111111111 (resourcemanager.organizations.getIamPolicy)',
  // One command line grants both.
  `${grantCommands.folder(securityReviewer)} --condition=None && ${grantCommands.organization(securityReviewer)} --condition=None`,
];

const above = worldOf({
  name: 'unread-folder-and-organization',
  about: 'the policies of the folder and of the organization',
  variants: {
    'with-role': withRole,
    'without-role': { ...undecided(requiredPermissions, ...unreadAbove), account: accountWithRoles('without-role') },
    'from-organization': {
      ...undecided(requiredPermissions, ...unreadAbove),
      account: accountWithInheritedRole('from-organization', 'organization'),
    },
  },
  prepare: ({ world }) =>
    hideFromDiagnoser(world, 'resourcemanager.folders.getIamPolicy', 'resourcemanager.organizations.getIamPolicy'),
});

const unreadRole = ['I may not read projects/sandbox-1 (iam.roles.get)', grantCommands.project('roles/iam.roleViewer')];
const unreadOrganizationRole = [
  'I may not read organizations/111111111111 (iam.roles.get)',
  grantCommands.organization('roles/iam.roleViewer'),
];

const role = worldOf({
  name: 'unread-role',
  about: 'what custom roles contain',
  variants: {
    'with-role': withRole,
    'without-role': { ...lacks(...requiredPermissions), account: accountWithRoles('without-role') },
    'custom-enough': {
      ...undecided(requiredPermissions, ...unreadRole),
      account: accountWithCustomRole('custom-enough', [...requiredPermissions, ...optionalPermissions]),
    },
    'custom-short': {
      ...undecided(requiredPermissions, ...unreadRole),
      account: accountWithCustomRole('custom-short', requiredPermissions.slice(1)),
    },
    'custom-of-organization': {
      ...undecided(requiredPermissions, ...unreadOrganizationRole),
      account: (world, project) =>
        project.serviceAccount('custom-of-org', {
          roles: [world.organizationRole('nodes', [...requiredPermissions, ...optionalPermissions])],
        }),
    },
    // The readable role has two of the permissions, whatever is in the other.
    'custom-and-writer': {
      ...undecided(
        requiredPermissions.filter(permission => !permission.startsWith('monitoring.')),
        ...unreadRole,
      ),
      account(world, project) {
        const email = accountWithCustomRole('custom-and-writer', requiredPermissions)(world, project);
        project.bind('roles/monitoring.metricWriter', `serviceAccount:${email}`);
        return email;
      },
    },
    disabled,
  },
  prepare: ({ world }) => hideFromDiagnoser(world, 'iam.roles.get'),
});

const unreadProject = [
  'I may not read projects/sandbox-1 (resourcemanager.projects.get)',
  grantCommands.project('roles/browser'),
];

/** The email of the default account contains the project number. */
const numberless: Variant = { verdict: 'unknown', says: unreadProject, account: () => 'default' };

const ancestry = worldOf({
  name: 'unread-ancestry',
  about: 'the folder and organization of the project, and its number',
  variants: {
    'with-role': withRole,
    'without-role': {
      ...lacks(...requiredPermissions),
      inScan: {
        ...undecided(requiredPermissions, ...unreadProject),
        because: 'Policy Troubleshooter knows the ancestors, and a scan does not call it',
      },
      account: accountWithRoles('without-role'),
    },
    default: numberless,
  },
  prepare: ({ world }) => hideFromDiagnoser(world, 'resourcemanager.projects.get'),
});

const ancestryOnly = worldOf({
  name: 'unread-ancestry-without-troubleshooter',
  about: 'the folder and organization of the project, while the Policy Troubleshooter API is disabled',
  variants: {
    'with-role': withRole,
    'without-role': {
      ...undecided(requiredPermissions, ...unreadProject, 'gcloud services enable policytroubleshooter.googleapis.com'),
      inScan: {
        ...undecided(requiredPermissions, ...unreadProject),
        because: 'a scan does not call Policy Troubleshooter',
      },
      account: accountWithRoles('without-role'),
    },
    default: numberless,
  },
  prepare({ world }, project) {
    hideFromDiagnoser(world, 'resourcemanager.projects.get');
    project.disable('policytroubleshooter.googleapis.com');
  },
});

const number = worldOf({
  name: 'unread-number',
  about: 'the number of the project, which is part of the email of the GKE node service agent',
  version: newer,
  variants: {
    'with-role': withRole,
    'without-role': {
      ...lacks(...requiredPermissions),
      account: accountWithRoles('without-role'),
      pool: { version: '1.33.5-gke.1201000' },
    },
    newer: {
      verdict: 'unknown',
      names: requiredPermissions,
      offers: 'grant',
      says: unreadProject,
      row: missing(),
      account: accountWithRoles('newer'),
    },
    default: numberless,
  },
  faults: [{ service: 'cloudresourcemanager', method: 'GET', path: '^/v3/projects/sandbox-1(\\?|$)', status: 403 }],
});

function missing(): Variant['row'] {
  return Object.fromEntries(requiredPermissions.map(permission => [permission, 'missing'] as const));
}

const agentless = worldOf({
  name: 'agent-and-default-without-role',
  about: 'everything can be read; the default account and the GKE node service agent lack their roles',
  version: newer,
  variants: {
    default: { ...lacks(...requiredPermissions), account: () => 'default', pool: { version: '1.33.5-gke.1201000' } },
    'default-newer': {
      ...lacks(...requiredPermissions),
      says: [`lacks ${requiredPermissions.join(', ')} too`],
      account: () => 'default',
    },
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
    // The check assumes an enabled account; `node-sa-state` reports that its state is unknown.
    'with-role': { ...withRole, state: 'unknown' },
    'without-role': { ...lacks(...requiredPermissions), state: 'unknown', account: accountWithRoles('without-role') },
    default: { ...passes, state: 'unknown', account: () => 'default' },
  },
  prepare: ({ world }) => hideFromDiagnoser(world, 'iam.serviceAccounts.get', 'iam.serviceAccounts.list'),
});

/** Worlds in which a policy, a role, the hierarchy or accounts can't be read, or GKE's defaults lack their roles. */
export const unreadableWorlds: readonly VariantWorld[] = [
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
