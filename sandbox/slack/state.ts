import { copyOf, type JsonObject } from './json.ts';
import type { Change } from './model.ts';
import { app, credentials, ids, team } from './people.ts';
import type { World } from './world.ts';

/** The part of the workspace that one person can see, for the page. */
export function stateFor(world: World, userId: string): JsonObject | undefined {
  const { workspace, manifest } = world;
  const user = workspace.users.get(userId);
  if (!user) return undefined;
  const channels = [...workspace.channels.values()].filter(channel => workspace.canSee(userId, channel));
  return copyOf({
    team,
    app: { ...app, name: 'gke-auth' },
    user,
    users: [...workspace.users.values()],
    userGroups: [...workspace.userGroups.values()],
    channels: channels.map(channel => ({
      ...channel,
      is_member: channel.members.includes(userId),
      app_is_member: channel.members.includes(app.botUser),
    })),
    messages: Object.fromEntries(channels.map(channel => [channel.id, workspace.list(channel.id)])),
    ephemerals: workspace.ephemerals.filter(ephemeral => ephemeral.to === userId),
    views: workspace.modals.get(userId) ?? [],
    home: workspace.homes.get(userId) ?? null,
    commands: manifest.commands,
    shortcuts: manifest.shortcuts,
  });
}

/** The whole state, for tests. */
export function dump(world: World): JsonObject {
  const { workspace, socketMode, ledger, faults, switches } = world;
  return copyOf({
    team,
    users: [...workspace.users.values()],
    userGroups: [...workspace.userGroups.values()],
    channels: [...workspace.channels.values()],
    messages: Object.fromEntries(workspace.messages),
    ephemerals: workspace.ephemerals,
    modals: Object.fromEntries(workspace.modals),
    homes: Object.fromEntries(workspace.homes),
    files: [...workspace.files.values()].map(({ file, shared }) => ({ ...file, shared })),
    connections: socketMode.connections.length,
    calls: ledger.calls,
    violations: ledger.violations,
    faults: faults.list(),
    switches,
  });
}

/** Whether `userId` can see a change. */
export function isVisibleTo(world: World, userId: string, change: Change): boolean {
  if (change.user !== undefined) return change.user === userId;
  const channel = change.channel === undefined ? undefined : world.workspace.channels.get(change.channel);
  return channel === undefined || world.workspace.canSee(userId, channel);
}

/** The app's credentials, and the ids of channels and people for tests. */
export function accessDetails() {
  return {
    botToken: credentials.botToken,
    appToken: credentials.appToken,
    signingSecret: credentials.signingSecret,
    team: team.id,
    channel: ids.help,
    approvalsChannel: ids.approvals,
    userGroup: ids.admins,
    users: {
      requester: ids.alice,
      approver: ids.bob,
      secondApprover: ids.carol,
      guest: ids.gail,
      external: ids.eve,
      withoutRights: ids.dave,
      japanese: ids.hanako,
      deactivated: ids.frank,
      bot: ids.deployBot,
    },
  };
}

export type Access = ReturnType<typeof accessDetails>;
