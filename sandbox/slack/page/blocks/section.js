import { renderElement } from '../elements/index.js';
import { renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';
import { clamp } from './clamp.js';
import { imageElement } from './image.js';

/** `section`: text, up to ten fields in two columns, and one accessory. */
export function section(block, surface) {
  const { world } = surface;
  const text = block.text && el('div', { class: 'section-text' }, renderTextObject(block.text, world));
  const fields = block.fields?.map(field => el('div', { class: 'section-field' }, renderTextObject(field, world)));
  return el(
    'div',
    { class: 'block-section' },
    el(
      'div',
      { class: 'section-main' },
      text && (block.expand ? text : clamp(text, block.text.text, world.t)),
      fields && el('div', { class: 'section-fields' }, fields),
    ),
    block.accessory && el('div', { class: 'section-accessory' }, accessory(block, surface)),
  );
}

const accessory = (block, surface) =>
  block.accessory.type === 'image'
    ? imageElement(block.accessory, 'accessory-image')
    : renderElement(block.accessory, block, surface);
