/** The language of recognisers: words, not substrings. */
import { describe, expect, it } from 'vitest';
import { compilePhrase, isIn, wordsOf } from '../../src/explain/phrases.ts';
import { hasFailure } from '../../src/explain/reading/failures.ts';
import { compileRecognizer } from '../../src/explain/recognizer.ts';
import { RECOGNIZERS } from '../../src/explain/recognizers/index.ts';

const holds = (phrase: string, text: string) => isIn(compilePhrase(phrase), wordsOf(text));

describe('words', () => {
  it.each([
    [
      'code=403, message=Required "container.clusters.get" permission(s)',
      'code 403 message required container.clusters.get permission',
    ],
    ["You can't (yet) [do] that!", 'you cant yet do that'],
    ['dial tcp [::1]:8080: connect', 'dial tcp localhost:8080 connect'],
    ['outbound|80||metadata.google.internal', 'outbound 80 metadata.google.internal'],
    ['ノードプール「batch」は再作成が必要です', 'ノードプール batch は再作成が必要です'],
    ['See https://cloud.google.com/x#gke_service_account_deleted now', 'see now'],
  ])('%s', (text, words) => expect(wordsOf(text)).toBe(words));
});

describe('phrases', () => {
  it.each([
    ['no', 'there is no way'],
    ['does not have', 'it DOES "not"\nhave'],
    ['(denied|does not have)', 'access denied'],
    ['the (old )?token', 'the token'],
    ['the (old )?token', 'the old token'],
    ['container.(clusters|operations).*', 'container.clusters.get'],
    ['*.svc.id.goog*', 'acme.svc.id.goog[ns/ksa]'],
    ['permission*', 'permissions'],
    ['user … cannot', 'User "kim@example.com" of the team cannot'],
    ['dial tcp <ip>:443', 'dial tcp 203.0.113.9:443: i/o timeout'],
    ['gcloud.(beta.|alpha.)?container.*', '(gcloud.beta.container.clusters.list)'],
    ['見つかりません', 'クラスタが見つかりません。'],
  ])('%j is in %j', (phrase, text) => expect(holds(phrase, text)).toBe(true));

  it.each([
    ['no', 'annotations: {}'],
    ['required', 'requiredDuringScheduling'],
    ['container.clusters.*', '(gcloud.container.clusters.create) quota'],
    ['token', 'tokens'],
    ['denied … access', `denied ${'x '.repeat(100)} access`],
    ['gke_service_account_deleted', 'see troubleshooting#gke_service_account_deleted'],
    ['dial tcp <ip>:443', 'dial tcp 203.0.113.9:4430'],
  ])('%j is not in %j', (phrase, text) => expect(holds(phrase, text)).toBe(false));

  it('knows its forms', () => expect(() => compilePhrase('a <nothing>')).toThrow('unknown form'));
});

/** A text that says the phrase: the first of each alternative, forms and gaps filled in. */
const sample = (phrase: string) =>
  phrase
    .replace(/\([^()]*\)\?/g, '')
    .replace(/\(([^()|]*)(?:\|[^()]*)?\)/g, '$1')
    .replace(/<ip>/g, '203.0.113.9')
    .replace(/<number>/g, '403')
    .replace(/<guid>/g, '00000000-0000-0000-0000-000000000000')
    .replace(/<email>/g, 'a@b.example')
    .replace(/<name>/g, 'name')
    .replace(/<permitted>/g, 'objects.get')
    .replace(/…/g, ' ')
    .replace(/\*/g, 'x');

describe.each(RECOGNIZERS.map((one, index) => [`${index} ${one.problem}`, one] as const))('%s', (_, recognizer) => {
  it('compiles', () => expect(compileRecognizer(recognizer).evidence.length).toBe(recognizer.evidence.length));

  it('asks for answers that tell an error, so that no configuration can hold them', () => {
    const said = recognizer.evidence.map(({ who = '', asked = '', answered }) =>
      [answered, asked, who].map(part => [part].flat()),
    );
    const silent = said.filter(
      ([answered = [], asked = [], who = []]) =>
        !answered.some(one => hasFailure(sample(one))) && ![...asked, ...who].some(one => hasFailure(sample(one))),
    );
    expect(silent).toEqual([]);
  });

  it('never rests on an address, a key or a name alone', () => {
    const bare = recognizer.evidence.filter(
      ({ who, asked, answered }) =>
        who === undefined &&
        asked === undefined &&
        [answered].flat().some(one => /^[*\w./-]*(?:\.[\w*-]+)+\*?$/.test(one)),
    );
    expect(bare).toEqual([]);
  });
});
