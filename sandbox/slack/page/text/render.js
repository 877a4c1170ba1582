// Renders the tree of mrkdwn, Markdown and rich text as DOM.

import { el } from '../ui/dom.js';
import { hrefOf } from '../ui/href.js';
import { displayName } from '../ui/people.js';
import { formatDate } from './date.js';
import { emoji } from './emoji.js';
import { isSafeUrl, parseInline, parseMrkdwn } from './mrkdwn.js';

/** Block nodes (see mrkdwn.js and markdown.js) as elements. */
export const renderBlocks = (nodes, world) => nodes.map(node => BLOCKS[node.type](node, world));

/** Inline nodes as DOM nodes. */
export const renderInline = (nodes, world) => nodes.map(node => INLINE[node.type](node, world));

/** A text object of Block Kit (`plain_text` or `mrkdwn`), or `undefined` where there is none. */
export function renderTextObject(text, world) {
  if (!text) return undefined;
  if (text.type === 'plain_text') return renderPlain(text.text, text.emoji !== false, world);
  return renderBlocks(
    parseMrkdwn(text.text, { verbatim: text.verbatim === true, names: text.verbatim !== true }),
    world,
  );
}

/** Plain text without formatting; shortcodes become emoji where the text object allows it. */
export function renderPlain(text, withEmoji, world) {
  if (!withEmoji) return text;
  return text
    .split(/(:[a-z0-9_+'-]+:)/)
    .map(part => (emoji(part.slice(1, -1)) ? INLINE.emoji({ name: part.slice(1, -1) }, world) : part));
}

/** One line of mrkdwn without any markup, for titles, notifications and screen readers. */
export const plainOf = (text, world) => el('span', {}, renderInline(parseInline(text), world)).textContent;

const BLOCKS = {
  text: (node, world) => el(node.paragraph ? 'p' : 'div', { class: 'text-line' }, renderInline(node.c, world)),
  bullet: (node, world) =>
    el(
      'div',
      { class: 'bullet', style: { '--depth': node.depth } },
      el('span', { class: 'bullet-mark', text: node.mark }),
      el('div', {}, renderInline(node.c, world)),
    ),
  group: (node, world) => el('div', { class: 'list-group' }, renderBlocks(node.c, world)),
  quote: (node, world) => el('blockquote', {}, renderBlocks(node.c, world)),
  pre: (node, world) => el('pre', { tabindex: 0 }, el('code', {}, renderInline(node.c, world))),
  heading: (node, world) =>
    el(`h${Math.min(node.level + 1, 6)}`, { class: `md-heading md-h${node.level}` }, renderInline(node.c, world)),
  rule: () => el('hr'),
  table: (node, world) => renderTable(node, world),
};

function renderTable({ head, rows }, world) {
  const row = (cells, tag) =>
    el(
      'tr',
      {},
      cells.map(cell => el(tag, tag === 'th' ? { scope: 'col' } : {}, renderInline(cell, world))),
    );
  return el(
    'div',
    { class: 'table-scroll', tabindex: 0 },
    el(
      'table',
      { class: 'block-table' },
      el('thead', {}, row(head, 'th')),
      el(
        'tbody',
        {},
        rows.map(cells => row(cells, 'td')),
      ),
    ),
  );
}

const styled = tag => (node, world) => el(tag, {}, renderInline(node.c, world));
const mention = (text, ping) => el('span', { class: ['mention', ping && 'ping'], text });

const INLINE = {
  text: node => document.createTextNode(node.text),
  bold: styled('strong'),
  italic: styled('em'),
  strike: styled('s'),
  underline: styled('u'),
  code: styled('code'),
  emoji: node => {
    const char = node.unicode ?? emoji(node.name);
    if (!char) return document.createTextNode(`:${node.name}:`);
    return el('span', {
      class: 'emoji',
      role: 'img',
      'aria-label': `:${node.name}:`,
      title: `:${node.name}:`,
      text: char,
    });
  },
  link: (node, world) => link(node.url, renderInline(node.c, world)),
  user: (node, world) => {
    const user = world.users.get(node.id);
    return mention(`@${user ? displayName(user) : (node.label ?? node.id)}`, node.id === world.me.id);
  },
  channel: (node, world) => {
    const channel = world.channels.get(node.id);
    if (!channel) return mention(`#${node.label ?? node.id}`);
    return el('a', { class: 'mention', href: `#/${channel.id}`, text: `#${channel.name}` });
  },
  group: (node, world) => {
    const group = world.groups.get(node.id);
    return mention(
      `@${group ? group.handle : (node.label ?? node.id).replace(/^@/, '')}`,
      group?.users?.includes(world.me.id),
    );
  },
  broadcast: node => mention(`@${node.range}`, true),
  date: (node, world) => {
    const text = formatDate(node.ts, node.format, Date.now() / 1000, world) ?? node.fallback;
    const time = el('time', { text, title: node.fallback || undefined });
    return node.url ? link(node.url, [time]) : time;
  },
};

const PERMALINK = /^\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})(?:\?.*\bthread_ts=(\d{10}\.\d{6}))?/;

/** A link. A link to a message of this workspace opens in the page. */
function link(url, children) {
  if (!isSafeUrl(url)) return el('span', {}, children);
  const local = url.startsWith(`${location.origin}/`) && PERMALINK.exec(url.slice(location.origin.length));
  if (local) return el('a', { href: hrefOf(local[1], local[4] ?? `${local[2]}.${local[3]}`) }, children);
  return el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, children);
}
