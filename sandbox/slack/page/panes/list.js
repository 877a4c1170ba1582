// A list of messages with day dividers, grouped by author. It scrolls to new messages.

import { currentWorld } from '../store.js';
import { dayLabel } from '../text/date.js';
import { el, reconcile } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { authorOf, renderMessage } from './message.js';

const GROUP_SECONDS = 300;
const NEAR_BOTTOM = 80;

const seconds = ts => Number.parseFloat(ts);

/** Whether `message` continues `before`: same author, soon after, and nothing in between that needs a header. */
function continues(message, before, world) {
  if (!before || before.ephemeral || message.ephemeral || before.subtype === 'tombstone') return false;
  if (before.replyTotal > 0) return false;
  const [a, b] = [authorOf(before, world), authorOf(message, world)];
  return a.id === b.id && a.name === b.name && seconds(message.ts) - seconds(before.ts) < GROUP_SECONDS;
}

/** The entries that reconcile() takes for `messages` (oldest first). `repliesOf` gives those of a thread. */
export function messageEntries(messages, { channel, inThread, repliesOf }) {
  const world = currentWorld();
  const entries = [];
  let day;
  let before;
  for (const message of messages) {
    const label = dayLabel(seconds(message.ts), Date.now() / 1000, world);
    if (label !== day && !inThread) {
      entries.push({
        key: `day:${label}`,
        signature: label,
        build: () => el('div', { class: 'day', role: 'separator' }, el('span', { text: label })),
      });
      before = undefined;
    }
    day = label;
    const replies = repliesOf(message);
    const compact = continues(message, before, world);
    before = { ...message, replyTotal: replies.length };
    entries.push({
      key: message.ts + (message.ephemeral ? ':e' : ''),
      signature: JSON.stringify([message, compact, replies.map(reply => reply.ts), label, world.me.id]),
      build: () => renderMessage(message, { channel, inThread, compact, replies }),
    });
  }
  return entries;
}

/**
 * A scrolling region for messages. `update(entries, key)` renders; another `key` (another channel) starts at the end, or at the
 * top with `startAtTop`.
 */
export function createList({ label, empty, startAtTop = false }) {
  const items = el('div', { class: 'messages', role: 'log', 'aria-label': label, 'aria-relevant': 'additions' });
  const intro = el('div', { class: 'list-intro' }, empty);
  const scroller = el('div', { class: 'scroller', tabindex: -1 }, intro, items);
  const jump = el(
    'button',
    { type: 'button', class: 'jump', hidden: true, on: { click: () => toEnd() } },
    el('span', { text: currentWorld().t.newMessages }),
    icon('down', 16),
  );
  let shownKey;
  let lastKey;
  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM;
  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
    jump.hidden = true;
  };
  // Content may grow after rendering (images, an expanded text of the last message). Stay at the end if already there.
  let following = true;
  scroller.addEventListener('scroll', () => {
    following = atEnd();
    if (following) jump.hidden = true;
  });
  new ResizeObserver(() => following && toEnd()).observe(items);
  new ResizeObserver(() => following && toEnd()).observe(scroller);

  return {
    node: el('div', { class: 'list' }, scroller, jump),
    intro,
    update(entries, key) {
      const fresh = key !== shownKey;
      if (fresh) items.replaceChildren();
      reconcile(items, entries);
      const newest = entries.at(-1)?.key;
      if (fresh && startAtTop) {
        scroller.scrollTop = 0;
        following = false;
      } else if (fresh || following) toEnd();
      else if (newest !== lastKey) jump.hidden = false;
      shownKey = key;
      lastKey = newest;
    },
    toEnd,
  };
}
