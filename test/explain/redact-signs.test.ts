import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { around, assigned, family, from, type Pattern, suspected, word } from '../../src/explain/secret-kind.ts';
import { CONTEXTUAL, PREFIXED } from '../../src/explain/secrets.ts';
import { PASTES, plain, r } from './secrets.ts';

const EXAMPLES = [
  ...Object.values(PASTES).map(plain),
  `captcha 6L${r(38)} here`,
  `TFE ${r(14)}.atlasv1.${r(60)}`,
  `session-eyJ${r(20)}.eyJ${r(40)}.${r(43)}`,
  `{"url":"https://x/?token=opaque${r(20)}"}`,
];

/** What stands around and inside secrets, and letters that become others when their case changes. */
const BITS = [
  ...'"\'\\:=@.-_ \n\t/?&09aZKſİ”“é',
  ': ',
  ' = ',
  '\\n',
  '://',
  '--',
  'token',
  'key',
  'password',
  'Bearer ',
];

const example = fc.constantFrom(...EXAMPLES);
const piece = fc
  .tuple(example, fc.nat(80), fc.integer({ min: 1, max: 80 }))
  .map(([text, start, length]) => text.slice(start, start + length));
const pasted = fc
  .array(fc.oneof(example, piece, fc.constantFrom(...BITS), fc.string({ maxLength: 6 })), { maxLength: 8 })
  .chain(parts => fc.constantFrom(parts.join(''), parts.join('').toUpperCase(), parts.join('').toLowerCase()));

describe.each(Object.entries({ PREFIXED, CONTEXTUAL }))('signs of %s', (_, kinds) => {
  const matching = (text: string) => kinds.kinds.filter(({ pattern }) => [...text.matchAll(pattern)].length > 0);

  it('suspect every kind that matches: looking for signs first changes no outcome', () => {
    fc.assert(
      fc.property(pasted, text => {
        const found = suspected(kinds, text);
        for (const kind of matching(text)) expect(found, kind.kind).toContain(kind);
      }),
      { numRuns: 5_000 },
    );
  });

  it('are tried on a match of every kind', () => {
    const tried = new Set(EXAMPLES.flatMap(matching));
    expect(kinds.kinds.filter(kind => !tried.has(kind)).map(({ kind }) => kind)).toEqual([]);
  });

  it.each([
    '67f215e170b31856a5bf',
    'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x/nodePools/pool-b',
    'serviceAccount:node-b@sandbox-1.iam.gserviceaccount.com',
    'container.clusters.getCredentials',
    'gcloud projects add-iam-policy-binding sandbox-1 --member=user:bob@example.com --role=roles/container.viewer',
    'kind: RoleBinding\nmetadata:\n  name: viewers\n  namespace: shop\n',
    'resource "google_project_iam_member" "viewer" {\n  project = "sandbox-1"\n  role    = "roles/viewer"\n}',
    'The token is not expired, and no key of the service account has been revoked: nothing to do.',
  ])('suspect nothing in %j', text => expect(suspected(kinds, text)).toEqual([]));
});

it('signs keep their alternatives, what stands before them and the flags of all parts', () => {
  const patterns: Record<string, { pattern: Pattern; text: string }> = {
    'around, with alternatives': { pattern: around(/x|y/, /a|b/, /c|d/), text: 'yad' },
    'from, with alternatives': { pattern: from(/a|b/, /c/), text: 'xbc' },
    'word, with alternatives': { pattern: word(/a|b/, /c/), text: '-bc' },
    'assigned, with alternatives': { pattern: assigned(/k|l/, /=|:/, /v|w/), text: 'xl:w' },
    'flags of the part before': { pattern: around(/x/i, /a/, /c/), text: 'XAC' },
    'flags of the part after': { pattern: from(/a/, /c$/im), text: 'AC\n' },
    'a look at what stands before': { pattern: assigned(/(?<![\w-])token/, /=/, /v/), text: 'a token=v' },
  };
  const all = family(Object.entries(patterns).map(([kind, { pattern }]) => ({ kind, ...pattern })));
  for (const [kind, { pattern, text }] of Object.entries(patterns)) {
    expect(text.match(pattern.pattern), kind).not.toBeNull();
    expect(
      suspected(all, text).map(found => found.kind),
      kind,
    ).toContain(kind);
  }
  expect(suspected(all, 'q')).toEqual([]);
});
