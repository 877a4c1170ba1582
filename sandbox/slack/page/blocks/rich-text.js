// Renders `rich_text` as DOM, through the same tree as mrkdwn.

import { renderInline } from '../text/render.js';
import { el } from '../ui/dom.js';
import { clamp } from './clamp.js';

const STYLES = { bold: 'bold', italic: 'italic', strike: 'strike', underline: 'underline', code: 'code' };

const NODES = {
  text: e => ({ type: 'text', text: e.text }),
  link: e => ({ type: 'link', url: e.url, c: [{ type: 'text', text: e.text || e.url }] }),
  user: e => ({ type: 'user', id: e.user_id }),
  channel: e => ({ type: 'channel', id: e.channel_id }),
  usergroup: e => ({ type: 'group', id: e.usergroup_id }),
  broadcast: e => ({ type: 'broadcast', range: e.range }),
  emoji: e => ({ type: 'emoji', name: e.name, unicode: fromCodepoints(e.unicode) }),
  date: e => ({ type: 'date', ts: e.timestamp, format: e.format, url: e.url, fallback: e.fallback ?? '' }),
  color: e => ({ type: 'code', c: [{ type: 'text', text: e.value }] }),
  team: e => ({ type: 'text', text: e.team_id }),
};

const fromCodepoints = hex => hex && String.fromCodePoint(...hex.split('-').map(part => Number.parseInt(part, 16)));

function toNode(element) {
  const build = NODES[element.type];
  let node = build ? build(element) : { type: 'text', text: `[${element.type}]` };
  for (const [style, type] of Object.entries(STYLES)) if (element.style?.[style]) node = { type, c: [node] };
  return node;
}

const inline = (elements, world) => renderInline(elements.map(toNode), world);

const PARTS = {
  rich_text_section: (part, world) => el('div', { class: 'text-line' }, inline(part.elements, world)),
  rich_text_preformatted: (part, world) => el('pre', { tabindex: 0 }, el('code', {}, inline(part.elements, world))),
  rich_text_quote: (part, world) =>
    el('blockquote', {}, el('div', { class: 'text-line' }, inline(part.elements, world))),
  rich_text_list: (part, world) =>
    el(
      part.style === 'ordered' ? 'ol' : 'ul',
      {
        class: 'rich-list',
        start: part.offset ? part.offset + 1 : undefined,
        data: { indent: part.indent ?? 0 },
        style: { '--depth': part.indent ?? 0 },
      },
      part.elements.map(item => el('li', {}, inline(item.elements, world))),
    ),
};

/** The plain text of a rich text, for its length. */
const textOf = element => element.text ?? (element.elements ?? []).map(textOf).join('');

/** The parts of a `rich_text` block; also used in task cards and table cells. */
export const richTextParts = (block, world) =>
  block.elements.map(
    part =>
      PARTS[part.type]?.(part, world) ?? el('div', { class: 'unsupported', text: world.t.unsupported(part.type) }),
  );

/** `rich_text`. */
export const richText = (block, { world }) =>
  clamp(
    el('div', { class: 'block-rich-text' }, richTextParts(block, world)),
    block.elements.map(textOf).join('\n'),
    world.t,
  );
