// The sidebar: workspace, channels, apps and the current person.

import { currentRoute } from '../route.js';
import { currentState, currentWorld } from '../store.js';
import { el } from '../ui/dom.js';
import { hrefOf } from '../ui/href.js';
import { icon } from '../ui/icons.js';
import { fullName, userAvatar } from '../ui/people.js';
import { isTopLevel, unreadCount } from '../unread.js';
import { openPeople, personDetail } from './people.js';

/** The channels that the person sees, direct messages apart. */
const channelsOf = state => state.channels.filter(channel => !channel.is_im);

/** The direct message with the app, if there is one. */
export const appChannel = state => state.channels.find(channel => channel.is_im);

/** The app's own user. */
export function appUser(state) {
  const bots = state.users.filter(user => user.is_bot);
  return bots.find(user => user.id === state.app?.botUser) ?? bots.find(user => user.name !== 'slackbot');
}

/** Renders the whole sidebar. */
export function renderSidebar() {
  const state = currentState();
  const { t, team, me } = currentWorld();
  const app = appUser(state);
  return el(
    'nav',
    { class: 'sidebar-inner', 'aria-label': team.name },
    el(
      'div',
      { class: 'workspace' },
      el('span', { class: 'workspace-icon', 'aria-hidden': 'true', text: [...team.name][0] }),
      el(
        'span',
        { class: 'workspace-text' },
        el('span', { class: 'workspace-name', text: team.name }),
        el('span', { class: 'workspace-note', text: t.simulated }),
      ),
    ),
    el(
      'div',
      { class: 'sidebar-scroll' },
      section(t.channels, channelsOf(state).map(channelLink)),
      app && section(t.apps, [appLink(app)]),
    ),
    personButton(me),
  );
}

const section = (title, links) =>
  el(
    'section',
    { class: 'sidebar-section' },
    el('h2', { class: 'sidebar-title', text: title }),
    el(
      'ul',
      {},
      links.map(link => el('li', {}, link)),
    ),
  );

function channelLink(channel) {
  const { me, t } = currentWorld();
  const unread =
    channel.is_member === false ? 0 : unreadCount(me.id, channel.id, currentState().messages[channel.id] ?? []);
  return placeLink(channel.id, {
    testid: `channel:${channel.name}`,
    unread,
    label: unread > 0 ? `${channel.name}, ${t.unread(unread)}` : undefined,
    dim: channel.is_member === false,
    sign: icon(channel.is_private ? 'lock' : 'hash', 16),
    name: channel.name,
    after: channel.is_ext_shared && el('span', { class: 'tag', text: t.external }),
  });
}

function appLink(app) {
  const state = currentState();
  const { me, t } = currentWorld();
  const direct = appChannel(state);
  const unread = direct ? unreadCount(me.id, direct.id, state.messages[direct.id] ?? []) : 0;
  const here = direct && currentRoute().place === direct.id;
  return placeLink('home', {
    testid: 'app-home',
    active: here || undefined,
    unread,
    label: unread > 0 ? `${app.name}, ${t.unread(unread)}` : undefined,
    sign: userAvatar(app, 20),
    name: fullName(app),
    after: el('span', { class: 'tag', text: t.app }),
  });
}

function placeLink(place, { testid, active, unread, label, dim, sign, name, after }) {
  const isHere = active ?? currentRoute().place === place;
  return el(
    'a',
    {
      href: hrefOf(place),
      class: ['place', isHere && 'active', unread > 0 && 'unread', dim && 'dim'],
      'aria-current': isHere ? 'page' : undefined,
      'aria-label': label,
      data: { testid },
    },
    el('span', { class: 'place-sign' }, sign),
    el('span', { class: 'place-name', text: name }),
    after,
    unread > 0 && el('span', { class: 'badge', text: String(unread) }),
  );
}

/** The button that shows the current person and opens the switcher. */
export function personButton(me, { small = false } = {}) {
  const { t } = currentWorld();
  const node = el(
    'button',
    {
      type: 'button',
      class: ['person-button', small && 'small'],
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': `${t.youAre} ${fullName(me)}. ${t.switchPerson}`,
      data: { testid: small ? 'person-small' : 'person', user: me.id },
      on: { click: () => openPeople(node) },
    },
    userAvatar(me, small ? 28 : 36),
    !small &&
      el(
        'span',
        { class: 'person-text' },
        el('span', { class: 'person-you', text: t.youAre }),
        el('span', { class: 'person-name', text: fullName(me) }),
        el('span', { class: 'person-role', text: personDetail(me) }),
      ),
    !small && icon('people', 18),
  );
  return node;
}

/** The content of the sidebar as text: it is rendered again when this changes. */
export function sidebarSignature() {
  const state = currentState();
  const { me } = currentWorld();
  const counts = state.channels.map(channel => [
    channel,
    unreadCount(me.id, channel.id, (state.messages[channel.id] ?? []).filter(isTopLevel)),
  ]);
  return JSON.stringify([me, counts, currentRoute().place, state.userGroups]);
}
