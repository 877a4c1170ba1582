/** The people, channels and groups that the simulated workspace starts with. Ids have the form of Slack's. */

export type Profile = {
  real_name: string;
  display_name: string;
  email?: string;
  team: string;
  image_72?: string;
};

export type User = {
  id: string;
  team_id: string;
  name: string;
  real_name: string;
  deleted: boolean;
  is_bot: boolean;
  is_app_user: boolean;
  is_admin: boolean;
  is_owner: boolean;
  is_restricted: boolean;
  is_ultra_restricted: boolean;
  is_stranger?: boolean;
  is_email_confirmed: boolean;
  locale: string;
  tz: string;
  tz_label: string;
  tz_offset: number;
  updated: number;
  profile: Profile;
};

export type Channel = {
  id: string;
  name: string;
  created: number;
  creator: string;
  is_channel: boolean;
  is_group: boolean;
  is_im: boolean;
  is_mpim: boolean;
  is_private: boolean;
  is_archived: boolean;
  is_general: boolean;
  is_shared: boolean;
  is_ext_shared: boolean;
  is_org_shared: boolean;
  is_pending_ext_shared: boolean;
  topic: { value: string; creator: string; last_set: number };
  purpose: { value: string; creator: string; last_set: number };
  /** The other person of a direct message. */
  user?: string;
  members: string[];
};

export type UserGroup = { id: string; handle: string; name: string; users: string[] };

export const team = { id: 'T0SANDBOX1', name: 'Sandbox', domain: 'sandbox' } as const;
export const partnerTeam = 'T0PARTNER1';
export const app = { id: 'A0GKEAUTH1', botId: 'B0GKEAUTH1', botUser: 'U0GKEAUTH1' } as const;

/** Invented credentials. They have the form of Slack's because clients check the prefix. */
export const credentials = {
  botToken: 'xoxb-sandbox-bot',
  appToken: 'xapp-1-A0GKEAUTH1-sandbox',
  signingSecret: 'sandbox-signing-secret',
  verificationToken: 'sandbox-verification-token',
} as const;

export const ids = {
  alice: 'U0ALICE001',
  bob: 'U0BOB00001',
  carol: 'U0CAROL001',
  dave: 'U0DAVE0001',
  gail: 'U0GAIL0001',
  eve: 'U0EVE00001',
  frank: 'U0FRANK001',
  hanako: 'U0HANAKO01',
  deployBot: 'U0DEPLOY01',
  slackbot: 'USLACKBOT',
  help: 'C0GKEHELP1',
  approvals: 'C0APPROVE1',
  general: 'C0GENERAL1',
  secret: 'C0SECRET01',
  shared: 'C0SHARED01',
  admins: 'S0GKEADM01',
} as const;

const created = 1_760_000_000;
const tokyo = { tz: 'Asia/Tokyo', tz_label: 'Japan Standard Time', tz_offset: 32_400 };

function person(id: string, realName: string, over: Partial<User> = {}): User {
  const name = (realName.split(' ')[0] ?? realName).toLowerCase();
  return {
    id,
    team_id: team.id,
    name,
    real_name: realName,
    deleted: false,
    is_bot: false,
    is_app_user: false,
    is_admin: false,
    is_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_email_confirmed: true,
    locale: 'en-US',
    ...tokyo,
    updated: created,
    profile: { real_name: realName, display_name: name, email: `${name}@example.com`, team: over.team_id ?? team.id },
    ...over,
  };
}

function bot(id: string, name: string): User {
  const profile = { real_name: name, display_name: name, team: team.id };
  return person(id, name, { is_bot: true, name, profile });
}

/** The people at the start, in the order in which the page lists them. */
export function seedUsers(): User[] {
  return [
    person(ids.alice, 'Alice Archer'),
    person(ids.bob, 'Bob Baker'),
    person(ids.carol, 'Carol Cook', { is_admin: true }),
    person(ids.dave, 'Dave Dyer'),
    person(ids.hanako, 'Hanako Hoshino', { locale: 'ja-JP' }),
    person(ids.gail, 'Gail Guest', { is_restricted: true }),
    person(ids.eve, 'Eve External', {
      team_id: partnerTeam,
      is_stranger: false,
      profile: { real_name: 'Eve External', display_name: 'eve', email: 'eve@partner.example', team: partnerTeam },
    }),
    person(ids.frank, 'Frank Former', { deleted: true }),
    bot(app.botUser, 'gke-auth'),
    bot(ids.deployBot, 'deploybot'),
    bot(ids.slackbot, 'Slackbot'),
  ];
}

function channel(id: string, name: string, members: string[], over: Partial<Channel> = {}): Channel {
  const blank = { value: '', creator: '', last_set: 0 };
  return {
    id,
    name,
    created,
    creator: ids.carol,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: false,
    is_archived: false,
    is_general: false,
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    is_pending_ext_shared: false,
    topic: blank,
    purpose: blank,
    members,
    ...over,
  };
}

/** The conversations at the start. The app is in all of them except #general and the private channel. */
export function seedChannels(): Channel[] {
  const staff: string[] = [ids.alice, ids.bob, ids.carol, ids.dave, ids.hanako];
  return [
    channel(ids.help, 'gke-help', [...staff, ids.gail, ids.deployBot, app.botUser]),
    channel(ids.approvals, 'gke-approvals', [ids.bob, ids.carol, app.botUser]),
    channel(ids.general, 'general', [...staff, ids.gail], { is_general: true }),
    channel(ids.secret, 'platform-private', [ids.alice, ids.bob, ids.carol], {
      is_private: true,
      is_channel: false,
      is_group: true,
    }),
    channel(ids.shared, 'partner-shared', [ids.alice, ids.bob, ids.eve, app.botUser], {
      is_shared: true,
      is_ext_shared: true,
    }),
    ...[...staff, ids.gail].map(directMessage),
  ];
}

/** The direct message between the app and `user`. */
export function directMessage(user: string): Channel {
  return channel(`D${user.slice(1)}`, '', [user, app.botUser], {
    is_channel: false,
    is_im: true,
    is_private: true,
    user,
  });
}

/** The user groups at the start: @gke-admins, the approvers. */
export function seedUserGroups(): UserGroup[] {
  return [{ id: ids.admins, handle: 'gke-admins', name: 'GKE admins', users: [ids.bob, ids.carol] }];
}
