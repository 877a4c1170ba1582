// Renders Block Kit as DOM. A surface is {world, values, previous, act, options, clearError?}: see elements/field.js.

import { renderElement } from '../elements/index.js';
import { parseMarkdown } from '../text/markdown.js';
import { renderBlocks as renderText, renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';
import { card, carousel, container } from './card.js';
import { image, imageElement, video } from './image.js';
import { input } from './input.js';
import { plan, taskCard } from './plan.js';
import { richText } from './rich-text.js';
import { section } from './section.js';
import { dataTable, table } from './table.js';

const BLOCKS = {
  header: (block, { world }) => el('h3', { class: 'block-header' }, renderTextObject(block.text, world)),
  section,
  context: (block, surface) =>
    el(
      'div',
      { class: 'block-context' },
      block.elements.map(element =>
        element.type === 'image'
          ? imageElement(element, 'context-image')
          : el('span', { class: 'context-text' }, renderTextObject(element, surface.world)),
      ),
    ),
  divider: () => el('hr', { class: 'block-divider' }),
  actions: buttons,
  context_actions: buttons,
  image,
  video,
  input,
  rich_text: richText,
  markdown: (block, { world }) => el('div', { class: 'block-markdown' }, renderText(parseMarkdown(block.text), world)),
  table,
  data_table: dataTable,
  plan,
  card,
  carousel,
  container: (block, surface) => container(block, surface, renderBlocks),
  task_card: taskCard,
  alert: (block, { world }) =>
    el(
      'div',
      { class: ['block-alert', `alert-${block.level ?? 'default'}`], role: 'note' },
      renderTextObject(block.text, world),
    ),
};

function buttons(block, surface) {
  return el(
    'div',
    { class: 'block-actions' },
    block.elements.map(element => renderElement(element, block, surface)),
  );
}

/** Renders blocks in order. An unknown type is shown as a box with its name. */
export function renderBlocks(blocks, surface) {
  return blocks.map((block, index) => {
    const withId = { ...block, block_id: block.block_id ?? `block-${index}` };
    const build = BLOCKS[block.type] ?? unsupported;
    return el(
      'div',
      { class: 'block', data: { blockId: withId.block_id, blockType: block.type } },
      build(withId, surface),
    );
  });
}

const unsupported = (block, { world }) =>
  el('div', { class: 'unsupported', role: 'note', text: world.t.unsupported(block.type) });
