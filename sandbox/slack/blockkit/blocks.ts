import { isObject, type JsonObject, listOf, objectsOf } from '../json.ts';
import { elementsOf } from '../markup.ts';
import { accessory, actionElement, buttonOnly, contextAction, image, inputElement } from './elements.ts';
import { anyText, mrkdwn, plainText, slackFile } from './objects.ts';
import { richText, richTextOnly } from './richtext.ts';
import {
  anything,
  boolean,
  byType,
  distinct,
  exactlyOne,
  type Fields,
  imageUrl,
  integer,
  list,
  object,
  oneOf,
  type Problem,
  problem,
  type Rule,
  string,
  url,
} from './rules.ts';

/** Blocks, their limits, and the surfaces that allow them (https://docs.slack.dev/reference/block-kit/blocks). */

/** Where blocks are shown. The surface decides which blocks are allowed, and how many. */
export type Surface = 'message' | 'modal' | 'home';

const maxBlocks: Record<Surface, number> = { message: 50, modal: 100, home: 100 };
const maxMarkdown = 12_000;
const maxTableText = 10_000;

function block(required: Fields, optional: Fields = {}, more?: Parameters<typeof object>[2]): Rule {
  return object({ type: anything, ...required }, { block_id: string(255), ...optional }, more);
}

const section = block(
  {},
  { text: anyText(3000), fields: list(anyText(2000), 10), accessory, expand: boolean },
  (value, pointer) =>
    value.text === undefined && value.fields === undefined ? problem('missing required field: text', pointer) : [],
);

const cell = byType({
  rich_text: richText,
  raw_text: object({ type: anything, text: string() }),
  raw_number: object({ type: anything, value: anything, text: string() }),
});

const table = block(
  { rows: list(list(cell, 20), 100) },
  { column_settings: list(object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean }), 20) },
  (value, pointer) =>
    textLength(value.rows) > maxTableText
      ? problem(`must be less than ${maxTableText + 1} characters`, `${pointer}/rows`)
      : [],
);

const taskCard = block(
  { task_id: string(), title: string(), status: oneOf('pending', 'in_progress', 'complete', 'error') },
  {
    details: richTextOnly,
    output: richTextOnly,
    sources: list(object({ type: oneOf('url'), url: url(3000), text: string() })),
  },
);

const card = block(
  {},
  {
    hero_image: image,
    icon: image,
    slack_icon: object({ type: anything, name: string() }),
    title: mrkdwn(150),
    subtitle: mrkdwn(150),
    body: mrkdwn(200),
    actions: list(buttonOnly, 5),
  },
  (value, pointer) =>
    ['hero_image', 'title', 'actions', 'body'].some(name => value[name] !== undefined)
      ? []
      : problem('must provide at least one of hero_image, title, actions, body', pointer),
);

const everywhere: Record<string, Rule> = {
  section,
  divider: block({}),
  header: block({ text: plainText(150) }, { level: integer(1, 6) }),
  context: block({ elements: list(byTypeOfContext(), 10) }),
  actions: block({ elements: list(actionElement, 25) }),
  image: block(
    { alt_text: string(2000) },
    { title: plainText(2000), image_url: imageUrl, slack_file: slackFile },
    exactlyOne('image_url', 'slack_file'),
  ),
  input: block(
    { label: plainText(2000), element: inputElement },
    { hint: plainText(2000), optional: boolean, dispatch_action: boolean },
  ),
  rich_text: richText,
};

const container = block(
  { child_blocks: list(byType({ ...everywhere, table }), 10) },
  {
    title: plainText(150),
    rich_text_title: richTextOnly,
    subtitle: anyText(150),
    icon: image,
    width: oneOf('narrow', 'standard', 'wide', 'full'),
    is_collapsible: boolean,
    default_collapsed: boolean,
    has_header_divider: boolean,
  },
  (value, pointer) =>
    value.title === undefined && value.rich_text_title === undefined
      ? problem('missing required field: title', pointer)
      : [],
);

const surfaces: Record<Surface, Rule> = {
  message: byType({
    ...everywhere,
    markdown: block({ text: string(maxMarkdown) }),
    table,
    data_table: block(
      { rows: list(list(cell, 20), 101), caption: string() },
      { page_size: integer(1, 100), row_header_column_index: integer(0, 19) },
    ),
    context_actions: block({ elements: list(contextAction, 5) }),
    task_card: taskCard,
    plan: block({ title: string() }, { tasks: list(byType({ task_card: taskCard }), 50) }),
    card,
    carousel: block({ elements: list(byType({ card }), 10) }),
    container,
  }),
  modal: byType({
    ...everywhere,
    alert: block({ text: anyText(200) }, { level: oneOf('default', 'info', 'warning', 'error', 'success') }),
  }),
  home: byType(everywhere),
};

function byTypeOfContext(): Rule {
  const text = anyText(3000);
  return (value, pointer) => (isObject(value) && value.type === 'image' ? image(value, pointer) : text(value, pointer));
}

/** The problems for which Slack rejects blocks; empty for valid ones. `pointer` is the JSON pointer of the list. */
export function checkBlocks(blocks: unknown, surface: Surface, pointer = '/blocks'): Problem[] {
  const wrong = list(surfaces[surface], maxBlocks[surface], 0)(blocks, pointer);
  const all = listOf(blocks).map((one, index) => ({ block: one, pointer: `${pointer}/${index}` }));
  const named = all.flatMap(({ block: one, pointer: at }) => (isObject(one) ? [{ one, at }] : []));
  return [
    ...wrong,
    ...distinct(
      named.map(({ one, at }) => ({ id: one.block_id, pointer: `${at}/block_id` })),
      'block_id',
    ),
    ...named.flatMap(({ one, at }) => repeatedActions(one, at)),
    ...named
      .filter(({ one, at: _ }) => one.type === 'table')
      .slice(1)
      .flatMap(({ at }) => problem('only one table block is allowed', at)),
  ];
}

function repeatedActions(one: JsonObject, pointer: string): Problem[] {
  const elements = elementsOf(one);
  return distinct(
    elements.map((element, index) => ({ id: element.action_id, pointer: `${pointer}/elements/${index}/action_id` })),
    'action_id',
  );
}

/** Characters of every `text` below `value`. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + textLength(one), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, child]) => sum + (key === 'text' && typeof child === 'string' ? child.length : textLength(child)),
    0,
  );
}

/** The limit is undocumented. Measurements in slackapi/bolt-js issues 2509 and 2867 fit 13,300 minus 45 for each block. */
const maxCumulative = 13_300;
const perBlock = 45;

/**
 * Whether chat.postMessage would answer `msg_blocks_too_long`: markdown blocks over 12,000 characters together
 * (https://docs.slack.dev/reference/block-kit/blocks/markdown-block), or all text over the undocumented limit.
 */
export function blocksTooLong(blocks: JsonObject[]): boolean {
  const markdown = objectsOf(blocks).filter(one => one.type === 'markdown');
  return textLength(markdown) > maxMarkdown || textLength(blocks) + perBlock * blocks.length > maxCumulative;
}
