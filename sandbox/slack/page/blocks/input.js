import { renderElement } from '../elements/index.js';
import { renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';

let labels = 0;

/** `input`: label, element, hint, and the place where its validation error is shown. */
export function input(block, surface) {
  const { world } = surface;
  const id = `label-${labels++}`;
  return el(
    'div',
    { class: 'block-input', role: 'group', 'aria-labelledby': id },
    el(
      'div',
      { class: 'input-label', id },
      renderTextObject(block.label, world),
      block.optional && el('span', { class: 'input-optional', text: ` ${world.t.optional}` }),
    ),
    renderElement(block.element, block, surface, { inInput: true, labelId: id }),
    el('div', { class: 'input-error', role: 'alert', data: { testid: `error:${block.block_id}` } }),
    block.hint && el('div', { class: 'input-hint' }, renderTextObject(block.hint, world)),
  );
}
