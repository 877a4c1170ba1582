// One message: author, time, content and tools.

import { postAsMe, surfaceOf, tryRequest } from '../act.js';
import { clamp } from '../blocks/clamp.js';
import { picture } from '../blocks/image.js';
import { renderBlocks } from '../blocks/index.js';
import { navigate } from '../route.js';
import { currentState, currentWorld } from '../store.js';
import { relativeTime, timeOfDay } from '../text/date.js';
import { emoji } from '../text/emoji.js';
import { isSafeUrl, parseMrkdwn } from '../text/mrkdwn.js';
import { plainOf, renderBlocks as renderText } from '../text/render.js';
import { append, el } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { avatar, displayName, fullName, userAvatar } from '../ui/people.js';
import { openMenu } from '../ui/popover.js';
import { toast } from '../ui/toast.js';

const LONG_PRESS_MS = 450;

const seconds = ts => Number.parseFloat(ts);

/** Values that people have chosen in a message, by its key. They are kept when it is rendered again. */
const chosen = new Map();

/** The author of a message: {id, name, isApp, image}; `initialsOf` is the name for the avatar's initials. */
export function authorOf(message, world) {
  const user = world.users.get(message.user);
  const isApp = Boolean(message.bot_id || user?.is_bot);
  const name = message.username ?? (user ? displayName(user) : (message.user ?? message.bot_id ?? '?'));
  return {
    initialsOf: message.username ?? (user ? fullName(user) : name),
    id: user?.id ?? message.bot_id ?? name,
    name,
    isApp,
    image: message.icons?.image_48 ?? user?.profile?.image_72,
  };
}

/**
 * Renders a message. `compact` leaves out author and avatar of a message that continues the one above; `replies` are
 * those of its thread.
 */
export function renderMessage(message, { channel, inThread, compact, replies }) {
  const world = currentWorld();
  const { t } = world;
  const author = authorOf(message, world);
  const ephemeral = message.ephemeral === true;
  const time = timeOfDay(seconds(message.ts), world);
  const gone = message.subtype === 'tombstone' || message.deleted === true;
  const node = el(
    'div',
    {
      class: ['message', compact && 'compact', ephemeral && 'ephemeral', gone && 'tombstone'],
      role: 'article',
      tabindex: -1,
      'aria-label': `${author.name}, ${time}: ${gone ? t.deletedMessage : plainOf(message.text ?? '', world)}`,
      data: { testid: ephemeral ? 'ephemeral' : 'message', ts: message.ts, author: author.id },
    },
    el(
      'div',
      { class: 'message-gutter' },
      compact
        ? el('time', { class: 'gutter-time', text: time.replace(/\s?[AP]M$/, '') })
        : avatar({ ...author, name: author.initialsOf }),
    ),
    el(
      'div',
      { class: 'message-main' },
      ephemeral && el('div', { class: 'only-you' }, icon('eye', 14), t.onlyYou),
      !compact && head(message, author, time, t),
      gone ? el('div', { class: 'tombstone-text', text: t.deletedMessage }) : content(message, channel, ephemeral),
      !inThread && replies.length > 0 && threadBar(message, channel, replies, world),
    ),
  );
  if (!gone) addMenu(node, message, { channel, inThread, ephemeral });
  return node;
}

function head(message, author, time, t) {
  return el(
    'div',
    { class: 'message-head' },
    el('span', { class: 'author', text: author.name }),
    author.isApp && el('span', { class: 'app-badge', text: t.app }),
    el('time', { class: 'time', datetime: new Date(seconds(message.ts) * 1000).toISOString(), text: time }),
  );
}

function content(message, channel, ephemeral) {
  const world = currentWorld();
  const key = `${channel}:${message.ts}`;
  const where = ephemeral
    ? { channel, ephemeral_id: message.id, message_ts: message.ts }
    : { channel, message_ts: message.ts };
  const surface = surfaceOf(where, chosen.get(key));
  chosen.set(key, surface.values);
  const edited = message.edited && el('span', { class: 'edited', text: world.t.edited });
  const body = el('div', { class: 'message-content' });
  if (message.blocks?.length > 0) append(body, [renderBlocks(message.blocks, surface), edited]);
  else if (message.text) append(body, [clamp(messageText(message.text, edited, world), message.text, world.t)]);
  return append(body, [
    (message.attachments ?? []).map(attachment => renderAttachment(attachment, surface)),
    (message.files ?? []).map(file => renderFile(file, world)),
    message.reactions?.length > 0 &&
      el(
        'div',
        { class: 'reactions' },
        message.reactions.map(reaction => renderReaction(reaction, world)),
      ),
  ]);
}

function messageText(text, edited, world) {
  const lines = renderText(parseMrkdwn(text), world);
  const last = lines.at(-1);
  if (edited && last?.classList.contains('text-line')) last.append(' ', edited);
  else if (edited) lines.push(edited);
  return el('div', { class: 'message-text' }, lines);
}

function renderAttachment(attachment, surface) {
  const { world } = surface;
  const colour = /^#[0-9a-f]{6}$/i.test(attachment.color ?? '') ? attachment.color : undefined;
  const text = value => value && el('div', { class: 'message-text' }, renderText(parseMrkdwn(value), world));
  const title =
    attachment.title && isSafeUrl(attachment.title_link ?? '')
      ? el('a', { href: attachment.title_link, target: '_blank', rel: 'noopener noreferrer', text: attachment.title })
      : attachment.title;
  return el(
    'div',
    {},
    text(attachment.pretext),
    el(
      'div',
      { class: 'attachment', style: colour ? { '--bar': colour } : undefined },
      title && el('div', { class: 'attachment-title' }, title),
      attachment.blocks ? renderBlocks(attachment.blocks, surface) : text(attachment.text ?? attachment.fallback),
    ),
  );
}

function renderFile(file, { t }) {
  const name = file.title || file.name;
  if (file.mimetype?.startsWith('image/')) {
    return el(
      'figure',
      { class: 'block-image' },
      el('figcaption', { text: name }),
      picture(file.url_private, file.alt_txt || name, 'image'),
    );
  }
  const size = file.size >= 1024 ? `${Math.round(file.size / 1024)} kB` : `${file.size ?? 0} B`;
  return el(
    'a',
    {
      class: 'file-card',
      href: file.url_private,
      target: '_blank',
      rel: 'noopener noreferrer',
      'aria-label': `${t.download} ${name}`,
    },
    el('span', { class: 'file-icon' }, icon('file', 24)),
    el(
      'span',
      {},
      el('span', { class: 'file-name', text: name }),
      el('span', { class: 'file-detail', text: `${(file.filetype ?? '').toUpperCase()} ${size}`.trim() }),
    ),
  );
}

function renderReaction(reaction, world) {
  const names = (reaction.users ?? []).map(world.nameOf).join(', ');
  return el(
    'span',
    { class: ['reaction', reaction.users?.includes(world.me.id) && 'mine'], title: `${names} :${reaction.name}:` },
    el('span', { class: 'emoji', text: emoji(reaction.name) ?? `:${reaction.name}:` }),
    el('span', { text: String(reaction.count ?? reaction.users?.length ?? 1) }),
  );
}

function threadBar(message, channel, replies, world) {
  const { t } = world;
  const people = [...new Set(replies.map(reply => reply.user))].slice(0, 4);
  return el(
    'button',
    {
      type: 'button',
      class: 'thread-bar',
      data: { testid: 'open-thread' },
      on: { click: () => navigate(channel, message.ts) },
    },
    people.map(id => (world.users.has(id) ? userAvatar(world.users.get(id), 24) : avatar({ id, name: id }, 24))),
    el('span', { class: 'thread-count', text: t.replies(replies.length) }),
    el('span', {
      class: 'thread-last',
      text: t.lastReply(relativeTime(seconds(replies.at(-1).ts), Date.now() / 1000, world)),
    }),
    icon('right', 16),
  );
}

function addMenu(node, message, { channel, inThread, ephemeral }) {
  const { t } = currentWorld();
  const { shortcuts } = currentState();
  const parent = message.thread_ts ?? message.ts;
  const runShortcut = shortcut =>
    tryRequest(() => postAsMe('shortcut', { callback_id: shortcut.callback_id, channel, message_ts: message.ts }));
  const entries = [
    ...(ephemeral
      ? []
      : shortcuts.map(shortcut => ({
          label: shortcut.name,
          detail: shortcut.app ?? 'gke-auth',
          icon: icon('bolt'),
          testid: `shortcut:${shortcut.callback_id}`,
          run: () => runShortcut(shortcut),
        }))),
    ...(ephemeral || inThread
      ? []
      : [
          {
            label: t.replyInThread,
            icon: icon('thread'),
            testid: 'reply-in-thread',
            run: () => navigate(channel, parent),
          },
        ]),
    { label: t.copyText, icon: icon('copy'), testid: 'copy-text', run: () => copy(message.text ?? '') },
  ];
  const open = anchor => openMenu(anchor, entries, { align: 'end', label: t.moreActions });
  const more = tool('more', t.moreActions, 'message-menu', () => open(more));
  more.setAttribute('aria-haspopup', 'menu');
  more.setAttribute('aria-expanded', 'false');
  const tools = el('div', { class: 'message-tools', role: 'toolbar', 'aria-label': t.moreActions });
  if (!ephemeral && !inThread) tools.append(tool('thread', t.replyInThread, 'reply', () => navigate(channel, parent)));
  tools.append(more);
  node.append(tools);
  onLongPress(node, () => open(more));
}

const tool = (name, label, testid, click) =>
  el(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': label, title: label, data: { testid }, on: { click } },
    icon(name),
  );

async function copy(text) {
  const { t } = currentWorld();
  const done = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  toast(done ? t.copied : t.failed, { closeLabel: t.close });
}

/**
 * Opens the menu by a long press on touch screens, which have no hover. It opens when the finger is lifted, because the
 * browser closes what opens before.
 */
function onLongPress(node, run) {
  let timer;
  const start = () => {
    timer = setTimeout(() => node.classList.add('pressed'), LONG_PRESS_MS);
  };
  /** Ends the press. Returns whether it was a long one. */
  const release = () => {
    clearTimeout(timer);
    const long = node.classList.contains('pressed');
    node.classList.remove('pressed');
    return long;
  };
  node.addEventListener('touchstart', start, { passive: true });
  node.addEventListener('touchmove', release, { passive: true });
  node.addEventListener('touchcancel', release);
  node.addEventListener('contextmenu', event => node.classList.contains('pressed') && event.preventDefault());
  node.addEventListener('touchend', event => {
    if (!release()) return;
    event.preventDefault();
    run();
  });
}
