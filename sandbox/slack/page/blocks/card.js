// `card`, `carousel` and `container`: blocks that contain other content.

import { renderElement } from '../elements/index.js';
import { renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';
import { imageElement } from './image.js';
import { richTextParts } from './rich-text.js';

/** `card`: picture, title, text and buttons. */
export function card(block, surface) {
  const { world } = surface;
  const text = (value, name) => value && el('div', { class: name }, renderTextObject(value, world));
  return el(
    'div',
    { class: 'block-card' },
    block.hero_image && imageElement(block.hero_image, 'image'),
    block.icon && imageElement(block.icon, 'context-image'),
    text(block.title, 'card-title'),
    text(block.subtitle, 'card-subtitle'),
    text(block.body, 'card-body'),
    block.actions &&
      el(
        'div',
        { class: 'block-actions' },
        block.actions.map(element => renderElement(element, block, surface)),
      ),
  );
}

/** `carousel`: cards side by side. */
export const carousel = (block, surface) =>
  el(
    'div',
    { class: 'carousel', tabindex: 0 },
    block.elements.map(one => card({ ...one, block_id: one.block_id ?? block.block_id }, surface)),
  );

/** `container`: blocks under a title, which may be collapsible. `renderChildren` renders blocks. */
export function container(block, surface, renderChildren) {
  const { world } = surface;
  const title = block.rich_text_title
    ? richTextParts(block.rich_text_title, world)
    : renderTextObject(block.title, world);
  const subtitle = block.subtitle && el('div', { class: 'card-subtitle' }, renderTextObject(block.subtitle, world));
  const children = renderChildren(block.child_blocks ?? [], surface);
  if (!block.is_collapsible)
    return el('div', { class: 'block-container' }, el('div', { class: 'card-title' }, title), subtitle, children);
  return el(
    'details',
    { class: 'block-container', open: block.default_collapsed !== true },
    el('summary', {}, title),
    subtitle,
    children,
  );
}
