import { describe, expect, test } from 'vitest';
import { checkView } from '../../../sandbox/slack/blockkit/views.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const long = (length: number) => 'x'.repeat(length);
const section = { type: 'section', text: plain('x') };
const input = { type: 'input', label: plain('l'), element: { type: 'plain_text_input' } };

describe('views', () => {
  const modal = (over: object = {}) => ({ type: 'modal', title: plain('t'), blocks: [section], ...over });
  const cases: [name: string, allowed: object, refused: object, message: string][] = [
    [
      'title 24',
      modal({ title: plain(long(24)) }),
      modal({ title: plain(long(25)) }),
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [
      'submit 24',
      modal({ submit: plain(long(24)) }),
      modal({ submit: plain(long(25)) }),
      'must be less than 25 characters [json-pointer:/view/submit/text]',
    ],
    [
      'private_metadata 3000',
      modal({ private_metadata: long(3000) }),
      modal({ private_metadata: long(3001) }),
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      'blocks 100',
      modal({ blocks: Array(100).fill(section) }),
      modal({ blocks: Array(101).fill(section) }),
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    [
      'input needs submit',
      modal({ submit: plain('s'), blocks: [input] }),
      modal({ blocks: [input] }),
      'must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]',
    ],
    [
      'home has no title',
      { type: 'home', blocks: [section] },
      { type: 'home', title: plain('t'), blocks: [] },
      'invalid additional property: title [json-pointer:/view]',
    ],
    [
      'no markdown in modals',
      modal(),
      modal({ blocks: [{ type: 'markdown', text: 'x' }] }),
      'unsupported type: markdown [json-pointer:/view/blocks/0/type]',
    ],
  ];
  test.each(cases)('%s', (_name, allowed, refused, message) => {
    expect(checkView(allowed)).toEqual([]);
    expect(checkView(refused).map(one => `${one.message} [json-pointer:${one.pointer}]`)).toContain(message);
  });
});
