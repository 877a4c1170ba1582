import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalize } from '../../src/explain/normalize.ts';

const lines = (text: string) => normalize(text).lines;

describe('normalize', () => {
  it.each([
    ["Terraform's box", '╷\n│ Error: no way\n│ \n│   with module.x\n╵', 'Error: no way\n\nwith module.x'],
    ['a box with a right border', '│ Error: no way │\n│ at all        │', 'Error: no way\nat all'],
    ['timestamps', '2024-01-03T15:20:45.649Z Error: no way', 'Error: no way'],
    ['log headers', 'E0103 15:20:06.750179       1 server.go:178] Error: no way', 'server.go:178] Error: no way'],
    ['build steps', 'Step #0 - "Apply": Error: no way', 'Error: no way'],
    ['commands of CI systems', '##[error]Error: no way', 'Error: no way'],
    ['container names', 'worker-1  | Error: no way', 'Error: no way'],
    ['Markdown quotes and fences', '> ```\n> Error: no way\n> ```', '\nError: no way'],
    ['colours', '\x1b[31m\x1b[1mError:\x1b[0m no way', 'Error: no way'],
    ['zero-width characters', 'Er\u200bror: no\u00a0way\ufeff', 'Error: no way'],
    ['carriage returns', 'Error:\r\nno way\r', 'Error:\nno way'],
    ['HTML entities, twice', '&amp;quot;no&amp;quot; &lt;way&gt; &#39;x&#39; &#x22;y&#x22;', '"no" <way> "x" "y"'],
    [
      'links of Slack',
      '<https://a.example/x|a.example/x> <mailto:kim@example.com|kim@example.com>',
      'https://a.example/x kim@example.com',
    ],
    ['escapes of JSON and Go', String.raw`{\"a\":\"no\\nway\" \u003ctag\u003e}`, '{"a":"no\nway" <tag>}'],
    ['escapes of Python', String.raw`b'no \'way\'\x27'`, 'b"no "way""'],
    ['curly quotes', '“no” ‘way’', '"no" "way"'],
    ['guillemets, backticks, corner brackets', '«no» `way` 「x」', '"no" "way" "x"'],
    ['apostrophes, which are none', "can't and won't", "can't and won't"],
    ['continued shell lines', 'gcloud container \\\n  clusters list', 'gcloud container clusters list'],
  ])('sees through %s', (_, text, expected) => expect(lines(text).trim()).toBe(expected.trim()));

  it.each([
    ['requires recrea\ntion', 'requires recreation'],
    ['for "projects/my-pr\noject/locations/us-cen\ntral1"', 'for "projects/my-project/locations/us-central1"'],
    ['service-\n123456@container-engine-robot.iam', 'service-123456@container-engine-robot.iam'],
    ['kim@example\n.com is not', 'kim@example.com is not'],
    ['iam.serviceAccounts\n.getAccessToken', 'iam.serviceAccounts.getAccessToken'],
  ])('puts %j together', (text, expected) => expect(lines(text)).toBe(expected));

  it.each([
    'required\npermission',
    'Not found: projects/p/clusters/web.\nNo cluster named',
    'Fetching cluster endpoint and auth data.\nERROR: (gcloud)',
    'cluster web\nproject shop',
    'items:\n- name',
    'gcloud x\n--project=y',
  ])('leaves %j apart', text => expect(lines(text)).toBe(text));

  it('knows where each character of the tight reading stood', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), text => {
        const reading = normalize(text);
        expect(reading.origin.length).toBeGreaterThanOrEqual(reading.tight.length);
        for (let index = 0; index < reading.tight.length; index += 1)
          expect(reading.lines.charAt(reading.origin[index] ?? -1)).toBe(reading.tight.charAt(index));
      }),
    );
  });

  it('loses no word of plain text', () => {
    const word = fc.stringMatching(/^[a-z]{2,10}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), words => {
        expect(normalize(words.join(' ')).tight).toBe(words.join(''));
      }),
    );
  });
});
