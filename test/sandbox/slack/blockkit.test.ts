import { describe, expect, test } from 'vitest';
import { blocksTooLong, checkBlocks } from '../../../sandbox/slack/blockkit/blocks.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const long = (length: number) => 'x'.repeat(length);
const times = <T>(count: number, one: (index: number) => T) => Array.from({ length: count }, (_, index) => one(index));
const section = (text = 'x') => ({ type: 'section', text: mrkdwn(text) });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const button = (over: object = {}) => ({ type: 'button', text: plain('Go'), ...over });
const option = (index: number, text = 'x') => ({ text: plain(text), value: String(index) });
const select = (count: number) => ({ type: 'static_select', options: times(count, index => option(index)) });
const confirm = (over: object = {}) => ({ title: plain('t'), text: plain('t'), confirm: plain('y'), ...over });
const input = (element: object, over: object = {}) => ({ type: 'input', label: plain('l'), element, ...over });
const table = (rows: number, columns: number, text = 'x') => ({
  type: 'table',
  rows: times(rows, () => times(columns, () => ({ type: 'raw_text', text }))),
});

/** What is allowed at the limit, what is refused one past it, and Slack's complaint. */
const limits: [name: string, allowed: object[], refused: object[], message: string][] = [
  [
    'section text 3000',
    [section(long(3000))],
    [section(long(3001))],
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'section fields 10',
    [{ type: 'section', fields: times(10, () => mrkdwn('x')) }],
    [{ type: 'section', fields: times(11, () => mrkdwn('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    'section field text 2000',
    [{ type: 'section', fields: [mrkdwn(long(2000))] }],
    [{ type: 'section', fields: [mrkdwn(long(2001))] }],
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    'text not empty',
    [section('x')],
    [section('')],
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'blocks 50',
    times(50, () => ({ type: 'divider' })),
    times(51, () => ({ type: 'divider' })),
    'no more than 50 items allowed [json-pointer:/blocks]',
  ],
  [
    'header 150',
    [{ type: 'header', text: plain(long(150)) }],
    [{ type: 'header', text: plain(long(151)) }],
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'header plain text only',
    [{ type: 'header', text: plain('x') }],
    [{ type: 'header', text: mrkdwn('x') }],
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  [
    'context 10',
    [{ type: 'context', elements: times(10, () => mrkdwn('x')) }],
    [{ type: 'context', elements: times(11, () => mrkdwn('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'actions 25',
    [actions(...times(25, () => button()))],
    [actions(...times(26, () => button()))],
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'actions not empty',
    [actions(button())],
    [actions()],
    'must provide at least 1 items [json-pointer:/blocks/0/elements]',
  ],
  [
    'button text 75',
    [actions(button({ text: plain(long(75)) }))],
    [actions(button({ text: plain(long(76)) }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'button value 2000',
    [actions(button({ value: long(2000) }))],
    [actions(button({ value: long(2001) }))],
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'button url 3000',
    [actions(button({ url: `https://${long(2992)}` }))],
    [actions(button({ url: `https://${long(2993)}` }))],
    'must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]',
  ],
  [
    'accessibility label 75',
    [actions(button({ accessibility_label: long(75) }))],
    [actions(button({ accessibility_label: long(76) }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/accessibility_label]',
  ],
  [
    'button style',
    [actions(button({ style: 'danger' }))],
    [actions(button({ style: 'green' }))],
    'must be one of primary, danger [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'confirm title 100',
    [actions(button({ confirm: confirm({ title: plain(long(100)) }) }))],
    [actions(button({ confirm: confirm({ title: plain(long(101)) }) }))],
    'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
  ],
  [
    'confirm text 300',
    [actions(button({ confirm: confirm({ text: plain(long(300)) }) }))],
    [actions(button({ confirm: confirm({ text: plain(long(301)) }) }))],
    'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
  ],
  [
    'confirm button 30',
    [actions(button({ confirm: confirm({ deny: plain(long(30)) }) }))],
    [actions(button({ confirm: confirm({ deny: plain(long(31)) }) }))],
    'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]',
  ],
  [
    'select options 100',
    [actions(select(100))],
    [actions(select(101))],
    'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'option text 75',
    [actions({ type: 'overflow', options: [option(0, long(75))] })],
    [actions({ type: 'overflow', options: [option(0, long(76))] })],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
  ],
  [
    'overflow 5',
    [actions({ type: 'overflow', options: times(5, index => option(index)) })],
    [actions({ type: 'overflow', options: times(6, index => option(index)) })],
    'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'radio 10',
    [actions({ type: 'radio_buttons', options: times(10, index => option(index)) })],
    [actions({ type: 'radio_buttons', options: times(11, index => option(index)) })],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'image alt 2000',
    [{ type: 'image', image_url: 'https://a.example/a.png', alt_text: long(2000) }],
    [{ type: 'image', image_url: 'https://a.example/a.png', alt_text: long(2001) }],
    'must be less than 2001 characters [json-pointer:/blocks/0/alt_text]',
  ],
  [
    'image reachable from outside',
    [{ type: 'image', image_url: 'https://a.example/a.png', alt_text: 'x' }],
    [{ type: 'image', image_url: 'http://127.0.0.1/a.png', alt_text: 'x' }],
    'downloading image failed [json-pointer:/blocks/0/image_url]',
  ],
  [
    'image alt required',
    [{ type: 'image', image_url: 'https://a.example/a.png', alt_text: 'x' }],
    [{ type: 'image', image_url: 'https://a.example/a.png' }],
    'missing required field: alt_text [json-pointer:/blocks/0]',
  ],
  [
    'input label 2000',
    [input({ type: 'plain_text_input' }, { label: plain(long(2000)) })],
    [input({ type: 'plain_text_input' }, { label: plain(long(2001)) })],
    'must be less than 2001 characters [json-pointer:/blocks/0/label/text]',
  ],
  [
    'placeholder 150',
    [input({ type: 'plain_text_input', placeholder: plain(long(150)) })],
    [input({ type: 'plain_text_input', placeholder: plain(long(151)) })],
    'must be less than 151 characters [json-pointer:/blocks/0/element/placeholder/text]',
  ],
  [
    'markdown 12000',
    [{ type: 'markdown', text: long(12_000) }],
    [{ type: 'markdown', text: long(12_001) }],
    'must be less than 12001 characters [json-pointer:/blocks/0/text]',
  ],
  ['table 100 rows', [table(100, 1)], [table(101, 1)], 'no more than 100 items allowed [json-pointer:/blocks/0/rows]'],
  ['table 20 columns', [table(1, 20)], [table(1, 21)], 'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]'],
  [
    'table text 10000',
    [table(10, 1, long(1000))],
    [table(10, 1, long(1001))],
    'must be less than 10001 characters [json-pointer:/blocks/0/rows]',
  ],
  ['one table', [table(1, 1)], [table(1, 1), table(1, 1)], 'only one table block is allowed [json-pointer:/blocks/1]'],
  [
    'block_id 255',
    [{ type: 'divider', block_id: long(255) }],
    [{ type: 'divider', block_id: long(256) }],
    'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
  ],
  [
    'block_id unique',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'b' },
    ],
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
  ],
  [
    'action_id 255',
    [actions(button({ action_id: long(255) }))],
    [actions(button({ action_id: long(256) }))],
    'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
  ],
  [
    'action_id unique in a block',
    [actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))],
    [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
    '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'no unknown field',
    [{ type: 'divider' }],
    [{ type: 'divider', color: 'red' }],
    'invalid additional property: color [json-pointer:/blocks/0]',
  ],
  [
    'no unknown block',
    [{ type: 'divider' }],
    [{ type: 'marquee' }],
    'unsupported type: marquee [json-pointer:/blocks/0/type]',
  ],
  [
    'no alert in messages',
    [section()],
    [{ type: 'alert', text: plain('x') }],
    'unsupported type: alert [json-pointer:/blocks/0/type]',
  ],
  ['section needs text', [section()], [{ type: 'section' }], 'missing required field: text [json-pointer:/blocks/0]'],
  [
    'section accessory is not an input',
    [{ ...section(), accessory: button() }],
    [{ ...section(), accessory: { type: 'plain_text_input' } }],
    'unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]',
  ],
  [
    'task status',
    [{ type: 'plan', title: 't', tasks: [{ type: 'task_card', task_id: '1', title: 't', status: 'complete' }] }],
    [{ type: 'plan', title: 't', tasks: [{ type: 'task_card', task_id: '1', title: 't', status: 'done' }] }],
    'must be one of pending, in_progress, complete, error [json-pointer:/blocks/0/tasks/0/status]',
  ],
  [
    'rich text elements',
    [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: { bold: true } }] }],
      },
    ],
    [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: { red: true } }] }],
      },
    ],
    'invalid additional property: red [json-pointer:/blocks/0/elements/0/elements/0/style]',
  ],
];

describe('blocks of a message', () => {
  test.each(limits)('%s', (_name, allowed, refused, message) => {
    expect(checkBlocks(allowed, 'message')).toEqual([]);
    const complaints = checkBlocks(refused, 'message').map(one => `${one.message} [json-pointer:${one.pointer}]`);
    expect(complaints).toContain(message);
  });

  test('an invalid text object is reported as a whole first, as by Slack', () => {
    expect(checkBlocks([section(long(3001))], 'message')).toEqual([
      { message: 'failed to match all allowed schemas', pointer: '/blocks/0/text' },
      { message: 'must be less than 3001 characters', pointer: '/blocks/0/text/text' },
    ]);
  });

  // The measurements of slackapi/bolt-js issues 2867 and 2509.
  test.each([
    [28, 4649, false],
    [33, 6020, false],
    [50, 9597, false],
    [45, 11_341, true],
  ])('%i blocks with %i characters: too long is %s', (count, characters, expected) => {
    const share = Math.floor(characters / count);
    expect(blocksTooLong(times(count, () => section(long(share))))).toBe(expected);
  });
});
