import { anything, boolean, byType, integer, list, object, oneOf, string, url } from './rules.ts';

/** The rich_text block (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block). */

const style = object({}, { bold: boolean, italic: boolean, strike: boolean, code: boolean, underline: boolean });
const border = oneOf(0, 1);

const inline = byType({
  text: object({ type: anything, text: string() }, { style }),
  link: object({ type: anything, url: url(3000) }, { text: string(), unsafe: boolean, style }),
  emoji: object({ type: anything, name: string() }, { unicode: string(), style }),
  user: object({ type: anything, user_id: string() }, { style }),
  usergroup: object({ type: anything, usergroup_id: string() }, { style }),
  channel: object({ type: anything, channel_id: string() }, { style }),
  team: object({ type: anything, team_id: string() }, { style }),
  broadcast: object({ type: anything, range: oneOf('here', 'channel', 'everyone') }, { style }),
  color: object({ type: anything, value: string() }, { style }),
  date: object(
    { type: anything, timestamp: integer(0, Number.MAX_SAFE_INTEGER), format: string() },
    { url: url(3000), fallback: string(), style },
  ),
});

const section = object({ type: anything, elements: list(inline, undefined, 0) });

export const richText = object(
  {
    type: anything,
    elements: list(
      byType({
        rich_text_section: section,
        rich_text_list: object(
          {
            type: anything,
            style: oneOf('bullet', 'ordered'),
            elements: list(byType({ rich_text_section: section }), undefined, 0),
          },
          { indent: integer(0, 8), offset: integer(0, 10_000), border },
        ),
        rich_text_quote: object({ type: anything, elements: list(inline, undefined, 0) }, { border }),
        rich_text_preformatted: object(
          { type: anything, elements: list(inline, undefined, 0) },
          { border, language: string() },
        ),
      }),
    ),
  },
  { block_id: string(255) },
);

/** A rich_text block and nothing else. */
export const richTextOnly = byType({ rich_text: richText });
