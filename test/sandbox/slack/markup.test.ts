import { describe, expect, test } from 'vitest';
import { findMarkup } from '../../../sandbox/slack/markup.ts';

const section = (text: string, over: object = {}) => [{ type: 'section', text: { type: 'mrkdwn', text, ...over } }];

describe('mentions and links of the top-level text', () => {
  test.each([
    ['<!channel> help', [{ type: 'channel' }], []],
    ['&lt;!channel&gt; help', [], []],
    ['<!here|here>', [{ type: 'here' }], []],
    ['<@U0ALICE001>', [{ type: 'user', id: 'U0ALICE001' }], []],
    ['<!subteam^S0GKEADM01|@gke-admins>', [{ type: 'subteam', id: 'S0GKEADM01' }], []],
    [
      '<https://evil.example|console.cloud.google.com>',
      [],
      [{ url: 'https://evil.example', label: 'console.cloud.google.com' }],
    ],
    ['see https://a.example/x', [], [{ url: 'https://a.example/x', auto: true }]],
    ['see `https://a.example/x`', [], []],
    ['@channel without Slack syntax', [], []],
    ['<!date^1392734382^{date}|fallback>', [], []],
  ])('%s', (text, mentions, links) => {
    expect(findMarkup(text, undefined)).toEqual({ mentions, links });
  });
});

describe('mentions and links of blocks', () => {
  test('mrkdwn objects are parsed, plain text is not', () => {
    const blocks = [...section('<!here>'), { type: 'header', text: { type: 'plain_text', text: '<!channel>' } }];
    expect(findMarkup('', blocks).mentions).toEqual([{ type: 'here' }]);
  });

  test('verbatim mrkdwn is not parsed for names and addresses', () => {
    expect(findMarkup('', section('@here https://a.example'))).toEqual({
      mentions: [{ type: 'here', auto: true }],
      links: [{ url: 'https://a.example', auto: true }],
    });
    expect(findMarkup('', section('@here https://a.example', { verbatim: true }))).toEqual({ mentions: [], links: [] });
  });

  test('rich text: elements are parsed, not their text', () => {
    const elements = [
      { type: 'text', text: '<!channel> https://a.example' },
      { type: 'user', user_id: 'U0BOB00001' },
      { type: 'broadcast', range: 'everyone' },
      { type: 'link', url: 'https://b.example', text: 'b' },
    ];
    const blocks = [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }];
    expect(findMarkup('', blocks)).toEqual({
      mentions: [{ type: 'user', id: 'U0BOB00001' }, { type: 'everyone' }],
      links: [{ url: 'https://b.example', label: 'b' }],
    });
  });
});
