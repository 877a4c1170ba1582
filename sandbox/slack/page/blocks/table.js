import { el } from '../ui/dom.js';
import { richTextParts } from './rich-text.js';

const cellContent = (cell, world) =>
  cell.type === 'rich_text' ? richTextParts(cell, world) : String(cell.text ?? cell.value ?? '');

function renderTable(block, world, { rowHeader, caption } = {}) {
  const settings = block.column_settings ?? [];
  const cell = (tag, column, content) =>
    el(
      tag,
      {
        scope: tag === 'th' ? (rowHeader === column ? 'row' : 'col') : undefined,
        class: [settings[column]?.is_wrapped === false && 'nowrap'],
        style: { 'text-align': settings[column]?.align ?? 'left' },
      },
      cellContent(content, world),
    );
  const [head, ...rows] = block.rows;
  return el(
    'div',
    { class: 'table-scroll', tabindex: 0 },
    el(
      'table',
      { class: 'block-table' },
      caption && el('caption', { text: caption }),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          head.map((content, column) => cell('th', column, content)),
        ),
      ),
      el(
        'tbody',
        {},
        rows.map(row =>
          el(
            'tr',
            {},
            row.map((content, column) => cell(column === rowHeader ? 'th' : 'td', column, content)),
          ),
        ),
      ),
    ),
  );
}

/** `table`: rows of raw text or rich text. The first row is the header. */
export const table = (block, { world }) => renderTable(block, world);

/** `data_table`: the same with a caption and a column that names its rows. */
export const dataTable = (block, { world }) =>
  renderTable(block, world, {
    rowHeader: block.row_header_column_index,
    caption: block.caption?.text ?? block.caption,
  });
