import { nodeRole } from './base.ts';
import {
  blind,
  disabled,
  holding,
  lacks,
  needed,
  type OneCluster,
  open,
  passes,
  unreadFolder,
  useful,
  type VariantWorld,
  withRole,
  worldOf,
  writers,
  writesOnly,
} from './node-account-variants-table.ts';

const group = 'nodes@example.com';
const whoIsInIt = [
  `I can't see who is in group:${group}`,
  'groups.read',
  'gcloud policy-troubleshoot iam //cloudresourcemanager.googleapis.com/projects/sandbox-1 --principal-email=',
];
const noTroubleshooter =
  'the group’s members are told by Policy Troubleshooter only, which a scan does not ask (PRODUCT, Verbs)';
const openByGroup = open(needed, ...whoIsInIt);

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
  about: 'a group’s members, but by Policy Troubleshooter',
  variants: {
    'with-role': withRole,
    member: { ...passes, inScan: { ...openByGroup, because: noTroubleshooter }, account: holding('member') },
    stranger: {
      ...lacks(...needed),
      inScan: { ...openByGroup, because: noTroubleshooter },
      account: holding('stranger'),
    },
    'three-writers': {
      verdict: 'warn',
      names: useful.slice(1),
      offers: 'grant',
      inScan: {
        ...passes,
        says: [`whether it also holds ${useful[1]}`],
        because: `${noTroubleshooter}; without them nodes write all the same`,
      },
      account: holding('three-writers', ...writers),
    },
    disabled: { ...disabled, account: (_, project) => project.serviceAccount('disabled', { disabled: true }) },
  },
  prepare: byGroup(false),
});

const hiddenGroup = worldOf({
  name: 'hidden-group',
  about: 'a group’s members',
  variants: {
    'with-role': withRole,
    member: { ...openByGroup, account: holding('member') },
    stranger: { ...openByGroup, account: holding('stranger') },
    'two-writers': {
      ...open(['autoscaling.sites.writeMetrics'], ...whoIsInIt),
      account: holding('two-writers', ...writers.slice(0, 2)),
    },
    'three-writers': writesOnly,
  },
  prepare: byGroup(true),
});

const groupAndFolder = worldOf({
  name: 'hidden-group-and-unread-folder',
  about: 'a group’s members, and the policy of the folder',
  variants: {
    member: { ...open(needed, ...whoIsInIt, ...unreadFolder), account: holding('member') },
  },
  prepare(world, project) {
    byGroup(true)(world, project);
    blind(world.world, 'resourcemanager.folders.getIamPolicy');
  },
});

const deniedByGroup = open(['logging.logEntries.create'], 'names a group or set', ...whoIsInIt.slice(1));

const deniedGroup = worldOf({
  name: 'denied-group',
  about: 'the members of a group that a deny policy names, but by Policy Troubleshooter',
  variants: {
    // The role is there, and it is the denial that can't be told: another grant changes nothing.
    stranger: {
      ...passes,
      inScan: { ...deniedByGroup, offers: undefined, because: noTroubleshooter },
      account: holding('stranger', nodeRole),
    },
    member: {
      ...lacks('logging.logEntries.create'),
      offers: 'look',
      inScan: { ...deniedByGroup, offers: undefined, because: noTroubleshooter },
      account: holding('member', nodeRole),
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

/** Worlds in which rights hang on a group, whose members only Policy Troubleshooter knows, if anybody. */
export const grouped: readonly VariantWorld[] = [visibleGroup, hiddenGroup, groupAndFolder, deniedGroup];
