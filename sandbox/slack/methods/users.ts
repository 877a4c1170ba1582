import { copyOf, type JsonObject } from '../json.ts';
import { app, team, type User } from '../people.ts';
import { type Call, flag, type Method, optional, page, required, SlackError } from './method.ts';

/** A person as the app sees them: the email only with users:read.email, the locale only on request. */
function shownUser(call: Call, user: User): JsonObject {
  const { switches, scopes } = call.world;
  const { email, ...profile } = user.profile;
  const seen = {
    ...profile,
    ...(email !== undefined && scopes.includes('users:read.email') ? { email } : {}),
  };
  if (switches.sparseUsers) {
    const { real_name, display_name } = user.profile;
    return { id: user.id, name: user.name, profile: { ...seen, real_name, display_name, team: undefined } };
  }
  const { locale, ...fields } = copyOf(user);
  return { ...fields, profile: seen, ...(flag(call, 'include_locale') ? { locale } : {}) };
}

function info(call: Call): JsonObject {
  const user = call.world.workspace.users.get(required(call, 'user', 'user_not_found'));
  if (!user) throw new SlackError('user_not_found');
  return { user: shownUser(call, user) };
}

function list(call: Call): JsonObject {
  const { items, next_cursor } = page(call, [...call.world.workspace.users.values()], 1000);
  return { members: items.map(user => shownUser(call, user)), response_metadata: { next_cursor } };
}

function lookupByEmail(call: Call): JsonObject {
  const email = required(call, 'email', 'users_not_found').toLowerCase();
  const user = [...call.world.workspace.users.values()].find(
    one => one.profile.email?.toLowerCase() === email && !one.deleted && one.team_id === team.id,
  );
  if (!user) throw new SlackError('users_not_found');
  return { user: shownUser(call, user) };
}

function refuseWithoutGroups(call: Call): void {
  const { userGroups } = call.world.switches;
  if (userGroups !== 'available') throw new SlackError(userGroups);
}

function listGroups(call: Call): JsonObject {
  refuseWithoutGroups(call);
  const groups = [...call.world.workspace.userGroups.values()].map(group => ({
    id: group.id,
    team_id: team.id,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    description: '',
    date_delete: 0,
    user_count: group.users.length,
    ...(flag(call, 'include_users') ? { users: [...group.users] } : {}),
  }));
  return { usergroups: groups };
}

function listGroupUsers(call: Call): JsonObject {
  refuseWithoutGroups(call);
  const group = call.world.workspace.userGroups.get(required(call, 'usergroup', 'no_such_subteam'));
  if (!group) throw new SlackError('no_such_subteam');
  return { users: [...group.users] };
}

function botInfo(call: Call): JsonObject {
  const id = optional(call, 'bot') ?? app.botId;
  if (id !== app.botId) throw new SlackError('bot_not_found');
  return { bot: { id, deleted: false, name: 'gke-auth', app_id: app.id, user_id: app.botUser, icons: {} } };
}

const read = ['users:read'];
const groups = ['usergroups:read'];

export const userMethods: Record<string, Method> = {
  'users.info': { tier: 4, scopes: read, run: info },
  'users.list': { tier: 2, scopes: read, run: list },
  'users.lookupByEmail': { tier: 3, scopes: ['users:read.email'], run: lookupByEmail },
  'usergroups.list': { tier: 2, scopes: groups, run: listGroups },
  'usergroups.users.list': { tier: 2, scopes: groups, run: listGroupUsers },
  'bots.info': { tier: 3, scopes: read, run: botInfo },
};
