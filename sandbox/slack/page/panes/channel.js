// A channel: its head, messages and composer.

import { currentRoute, navigate } from '../route.js';
import { currentState, currentWorld } from '../store.js';
import { el } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { userAvatar } from '../ui/people.js';
import { isTopLevel, markRead } from '../unread.js';
import { createComposer } from './composer.js';
import { createList, messageEntries } from './list.js';
import { personButton } from './sidebar.js';

/** All messages that the person sees in a channel, including ephemeral ones, oldest first. */
export function messagesOf(channel) {
  const { messages, ephemerals } = currentState();
  const mine = ephemerals
    .filter(ephemeral => ephemeral.channel === channel)
    .map(ephemeral => ({ ...ephemeral, ephemeral: true }));
  const all = [...(messages[channel] ?? []), ...mine];
  return all.sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

/** The replies in a thread of `channel`, without the parent. */
export const repliesOf = (channel, threadTs) =>
  messagesOf(channel).filter(message => message.thread_ts === threadTs && message.ts !== threadTs && !message.deleted);

const visible = message => !message.deleted || message.reply_count > 0;

/** The head of a pane on phones: the way back and the person. */
export const paneHead = (content, back) => {
  const { me, t } = currentWorld();
  return el(
    'header',
    { class: 'pane-head' },
    el(
      'button',
      {
        type: 'button',
        class: 'icon-button phone-only',
        'aria-label': t.back,
        data: { testid: 'back' },
        on: { click: back },
      },
      icon('back'),
    ),
    content,
    el('span', { class: 'phone-only pane-person' }, personButton(me, { small: true })),
  );
};

/** Builds the pane of `channel`; `update()` brings it up to date. */
export function createChannelPane(channel) {
  const { t } = currentWorld();
  const label = `#${channel.name}`;
  const composer = createComposer({ channel: channel.id, placeholder: t.messageTo(label), onSent: () => list.toEnd() });
  const list = createList({ label, empty: intro(channel, label) });
  const head = el(
    'div',
    { class: 'pane-title' },
    el('h1', {}, icon(channel.is_private ? 'lock' : 'hash', 18), el('span', { text: channel.name })),
    channel.topic?.value && el('span', { class: 'pane-topic', text: channel.topic.value }),
  );
  const foot =
    channel.is_member === false ? el('div', { class: 'not-member', text: t.notMember(label) }) : composer.node;
  return {
    node: el(
      'section',
      { class: 'pane', 'aria-label': label },
      paneHead([head, members(channel)], () => navigate('')),
      list.node,
      foot,
    ),
    focus: composer.focus,
    update: () => updateMessages(list, channel.id),
  };
}

/** Renders the top-level messages of a channel into `list`, and marks them as read while they are visible. */
export function updateMessages(list, channel) {
  const top = messagesOf(channel).filter(message => visible(message) && isTopLevel(message));
  list.update(
    messageEntries(top, {
      channel,
      inThread: false,
      repliesOf: message => repliesOf(channel, message.ts).filter(reply => !reply.ephemeral),
    }),
    channel,
  );
  const newest = top.findLast(message => !message.ephemeral);
  if (newest && document.visibilityState === 'visible' && isShown(channel))
    markRead(currentWorld().me.id, channel, newest.ts);
}

const isShown = channel => currentRoute().place === channel;

function members(channel) {
  const { users, t } = currentWorld();
  const people = (channel.members ?? []).map(id => users.get(id)).filter(Boolean);
  if (people.length === 0) return undefined;
  return el(
    'span',
    {
      class: 'pane-members',
      title: people.map(user => user.real_name).join(', '),
      role: 'img',
      'aria-label': t.members(people.length),
    },
    people.slice(0, 3).map(user => userAvatar(user, 22)),
    el('span', { text: String(people.length) }),
  );
}

function intro(channel, label) {
  const { t } = currentWorld();
  return el(
    'div',
    { class: 'channel-intro' },
    el('div', { class: 'intro-sign' }, icon(channel.is_private ? 'lock' : 'hash', 28)),
    el('h2', { text: label }),
    el('p', { text: channel.purpose?.value || t.channelStart(label) }),
  );
}
