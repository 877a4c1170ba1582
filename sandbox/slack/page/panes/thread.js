// A thread: beside the channel, or over it on a phone.

import { navigate } from '../route.js';
import { currentWorld } from '../store.js';
import { el } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { messagesOf, repliesOf } from './channel.js';
import { createComposer } from './composer.js';
import { createList, messageEntries } from './list.js';
import { personButton } from './sidebar.js';

/** Builds the pane of the thread under `threadTs`; `update()` brings it up to date. */
export function createThreadPane(channel, threadTs) {
  const { t, me } = currentWorld();
  const name = channel.name ? `#${channel.name}` : '';
  const close = () => navigate(channel.id);
  const list = createList({ label: t.thread, startAtTop: true });
  const composer = createComposer({ channel: channel.id, threadTs, placeholder: t.reply, onSent: () => list.toEnd() });
  return {
    node: el(
      'aside',
      { class: 'thread', 'aria-label': t.thread, data: { testid: 'thread' } },
      el(
        'header',
        { class: 'pane-head' },
        el(
          'button',
          {
            type: 'button',
            class: 'icon-button phone-only',
            'aria-label': t.back,
            data: { testid: 'thread-back' },
            on: { click: close },
          },
          icon('back'),
        ),
        el('div', { class: 'pane-title' }, el('h1', {}, t.thread), el('span', { class: 'pane-topic', text: name })),
        el('span', { class: 'phone-only pane-person' }, personButton(me, { small: true })),
        el(
          'button',
          {
            type: 'button',
            class: 'icon-button desktop-only',
            'aria-label': t.closeThread,
            data: { testid: 'close-thread' },
            on: { click: close },
          },
          icon('close'),
        ),
      ),
      list.node,
      composer.node,
    ),
    focus: composer.focus,
    update() {
      const parent = messagesOf(channel.id).find(message => message.ts === threadTs && !message.ephemeral);
      const replies = repliesOf(channel.id, threadTs);
      const options = { channel: channel.id, inThread: true, repliesOf: () => [] };
      const count = replies.filter(reply => !reply.ephemeral).length;
      const divider = {
        key: 'replies',
        signature: String(count),
        build: () => el('div', { class: 'reply-count', role: 'separator' }, el('span', { text: t.replies(count) })),
      };
      list.update(
        [
          ...messageEntries(parent ? [parent] : [], options),
          ...(count > 0 ? [divider] : []),
          ...messageEntries(replies, options),
        ],
        `${channel.id}:${threadTs}`,
      );
    },
  };
}
