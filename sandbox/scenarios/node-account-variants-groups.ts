import { nodeRole } from './base.ts';
import {
  accountWithRoles,
  disabled,
  hideFromDiagnoser,
  lacks,
  type OneCluster,
  optionalPermissions,
  passes,
  requiredPermissions,
  undecided,
  unreadableFolderText,
  type VariantWorld,
  withRole,
  worldOf,
  writerRoles,
  writesOnly,
} from './node-account-variants-table.ts';

const group = 'nodes@example.com';
const whoIsInIt = [
  `I can't see who is in group:${group}`,
  'groups.read',
  'gcloud policy-troubleshoot iam //cloudresourcemanager.googleapis.com/projects/sandbox-1 --principal-email=',
];
const noTroubleshooter = 'only Policy Troubleshooter tells the members of the group, and a scan does not call it';
const openByGroup = undecided(requiredPermissions, ...whoIsInIt);

function byGroup(hidden: boolean): NonNullable<OneCluster['prepare']> {
  return (world, project) => {
    world.group(
      group,
      ['member', 'disabled'].map(id => `${id}@sandbox-1.iam.gserviceaccount.com`),
      { hidden },
    );
    project.bind(nodeRole, `group:${group}`);
  };
}

const visibleGroup = worldOf({
  name: 'group',
  about: 'the members of a group, except through Policy Troubleshooter',
  variants: {
    'with-role': withRole,
    member: { ...passes, inScan: { ...openByGroup, because: noTroubleshooter }, account: accountWithRoles('member') },
    stranger: {
      ...lacks(...requiredPermissions),
      inScan: { ...openByGroup, because: noTroubleshooter },
      account: accountWithRoles('stranger'),
    },
    'three-writers': {
      verdict: 'warn',
      names: optionalPermissions.slice(1),
      offers: 'grant',
      inScan: {
        ...passes,
        says: [`whether it also holds ${optionalPermissions[1]}`],
        because: `${noTroubleshooter}; without them nodes write all the same`,
      },
      account: accountWithRoles('three-writers', ...writerRoles),
    },
    disabled: { ...disabled, account: (_, project) => project.serviceAccount('disabled', { disabled: true }) },
  },
  prepare: byGroup(false),
});

const hiddenGroup = worldOf({
  name: 'hidden-group',
  about: 'the members of a group',
  variants: {
    'with-role': withRole,
    member: { ...openByGroup, account: accountWithRoles('member') },
    stranger: { ...openByGroup, account: accountWithRoles('stranger') },
    'two-writers': {
      ...undecided(['autoscaling.sites.writeMetrics'], ...whoIsInIt),
      account: accountWithRoles('two-writers', ...writerRoles.slice(0, 2)),
    },
    'three-writers': writesOnly,
  },
  prepare: byGroup(true),
});

const groupAndFolder = worldOf({
  name: 'hidden-group-and-unread-folder',
  about: 'the members of a group, and the policy of the folder',
  variants: {
    member: {
      ...undecided(requiredPermissions, ...whoIsInIt, ...unreadableFolderText),
      account: accountWithRoles('member'),
    },
  },
  prepare(world, project) {
    byGroup(true)(world, project);
    hideFromDiagnoser(world.world, 'resourcemanager.folders.getIamPolicy');
  },
});

const deniedByGroup = undecided(
  ['logging.logEntries.create'],
  'names a group or a set of principals',
  ...whoIsInIt.slice(1),
);

const deniedGroup = worldOf({
  name: 'denied-group',
  about: 'the members of a group in a deny policy, except through Policy Troubleshooter',
  variants: {
    // The role is granted. Whether it is denied is unknown, so another grant would not help.
    stranger: {
      ...passes,
      inScan: { ...deniedByGroup, offers: undefined, because: noTroubleshooter },
      account: accountWithRoles('stranger', nodeRole),
    },
    member: {
      ...lacks('logging.logEntries.create'),
      offers: 'look',
      inScan: { ...deniedByGroup, offers: undefined, because: noTroubleshooter },
      account: accountWithRoles('member', nodeRole),
    },
  },
  prepare(world, project) {
    world.group(group, ['member@sandbox-1.iam.gserviceaccount.com']);
    project.deny('no-logs', {
      deniedPrincipals: [`principalSet://goog/group/${group}`],
      deniedPermissions: ['logging.googleapis.com/logEntries.create'],
    });
  },
});

/** Worlds in which permissions depend on a group whose members only Policy Troubleshooter knows, or nobody. */
export const groupWorlds: readonly VariantWorld[] = [visibleGroup, hiddenGroup, groupAndFolder, deniedGroup];
