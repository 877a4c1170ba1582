/** The chain as a picture: what it says, that nothing in it can break out, and that every letter has a glyph. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CheckId, Finding, Report, Status, WorkloadChain } from '../../../src/contracts/report.ts';
import { LANGUAGES } from '../../../src/contracts/text.ts';
import { chainOf } from '../../../src/diagnosis/picture/chain.ts';
import { chainPicture } from '../../../src/diagnosis/picture/picture.ts';
import { toPng } from '../../../src/diagnosis/picture/png.ts';
import { BOXES, STATES, VALUES } from '../../../src/diagnosis/picture/words.ts';

const finding = (check: CheckId, status: Status): Finding => ({
  check,
  subject: 'projects/p',
  status,
  title: 'x',
  detail: 'x',
  evidence: [],
  remedies: [],
  docs: 'https://cloud.google.com/x',
});

const impersonating: WorkloadChain = {
  namespace: 'shop',
  serviceAccount: 'checkout',
  pods: ['checkout-7c9d8b6f5d-x2x4q'],
  podCount: 3,
  annotation: 'checkout@sandbox-1.iam.gserviceaccount.com',
  iamServiceAccount: 'checkout@sandbox-1.iam.gserviceaccount.com',
  roles: [{ role: 'roles/storage.objectViewer', resource: 'projects/sandbox-1' }],
};

const direct: WorkloadChain = {
  namespace: 'shop',
  serviceAccount: 'checkout',
  pods: [],
  podCount: 0,
  roles: [],
};

const WHOLE: readonly CheckId[] = [
  'wi-iamcredentials-api',
  'wi-workload-pool',
  'wi-nodepool-metadata-mode',
  'wi-ksa-annotation',
  'wi-gsa-binding',
];

function report(workload: WorkloadChain | undefined, ...changed: [CheckId, Status][]): Report {
  const statuses = new Map<CheckId, Status>([...WHOLE.map(id => [id, 'pass'] as const), ...changed]);
  return {
    schema: 'gke-auth/report/v1',
    id: 'r',
    startedAt: '2026-01-01T00:00:00Z',
    durationMs: 1,
    target: { project: 'p', cluster: 'cluster-x' },
    apiCalls: {},
    summary: { pass: 0, warn: 0, fail: 0, unknown: 0, notApplicable: 0 },
    findings: [...statuses].map(([check, status]) => finding(check, status)),
    ...(workload ? { workload } : {}),
  };
}

const states = (one: Report) => chainOf(one)?.links.map(({ state }) => state);

describe('links', () => {
  test.each<[string, [CheckId, Status][], (string | undefined)[]]>([
    ['all whole', [], ['whole', 'whole', 'whole', 'whole', 'whole']],
    ['the mode of its pool', [['wi-nodepool-metadata-mode', 'fail']], ['broken', 'whole', 'whole', 'whole', 'whole']],
    [
      'the mode of another pool',
      [['wi-nodepool-metadata-mode', 'warn']],
      ['unseen', 'whole', 'whole', 'whole', 'whole'],
    ],
    ['a policy in the way', [['wi-netpol-egress', 'fail']], ['broken', 'whole', 'whole', 'whole', 'whole']],
    ['DNS', [['wi-metadata-dns', 'warn']], ['doubtful', 'whole', 'whole', 'whole', 'whole']],
    ['no pool', [['wi-workload-pool', 'fail']], ['unseen', 'broken', 'whole', 'whole', 'whole']],
    ['a mistyped account', [['wi-ksa-annotation', 'fail']], ['whole', 'whole', 'broken', 'whole', 'whole']],
    ['not let in', [['wi-gsa-binding', 'fail']], ['whole', 'whole', 'broken', 'whole', 'whole']],
    ['can’t tell', [['wi-gsa-binding', 'unknown']], ['whole', 'whole', 'unknown', 'whole', 'whole']],
    [
      'broken outweighs unknown',
      [
        ['wi-gsa-binding', 'unknown'],
        ['wi-iamcredentials-api', 'fail'],
      ],
      ['whole', 'whole', 'broken', 'whole', 'whole'],
    ],
  ])('%s', (_, changed, expected) => {
    expect(states(report(impersonating, ...changed))).toEqual(expected);
  });

  test('without an annotation the roles are the workload’s own', () => {
    expect(states(report(direct, ['wi-gsa-binding', 'warn']))).toEqual([
      'whole',
      'whole',
      'whole',
      'doubtful',
      'unseen',
    ]);
    const boxes = chainOf(report(direct))?.boxes.map(({ label }) => label);
    expect(boxes?.[3]).toEqual(BOXES.itself);
  });

  test('a report about no workload has no picture', () => {
    expect(chainPicture(report(undefined), 'en')).toBeUndefined();
  });
});

describe.each(LANGUAGES)('in %s', language => {
  test('each link has its word, and the words say the same as the picture', () => {
    const picture = chainPicture(
      report(impersonating, ['wi-netpol-egress', 'fail'], ['wi-gsa-binding', 'unknown']),
      language,
    );
    for (const word of [STATES.broken, STATES.unknown, STATES.whole]) {
      expect(picture?.svg).toContain(`>${word[language]}</text>`);
      expect(picture?.alt).toContain(word[language]);
    }
    expect(picture?.alt).toContain('wi-netpol-egress');
    expect(picture?.alt).toContain('checkout@sandbox-1.iam.gserviceaccount.com');
    expect(picture?.svg).toContain('wi-netpol-egress');
  });

  test('a broken link differs from a whole one without its colour', () => {
    const shapes = (one: Report) =>
      chainPicture(one, language)
        ?.svg.replace(/#[0-9a-f]{6}/g, '')
        .match(/<(?:path|rect|circle)[^>]*>/g);
    expect(shapes(report(impersonating, ['wi-gsa-binding', 'fail']))).not.toEqual(shapes(report(impersonating)));
  });

  test('what an annotation holds can’t break out of the text', () => {
    const annotation = '"><script>alert(1)</script>&\u0000\u202E';
    const svg = chainPicture(report({ ...impersonating, annotation }), language)?.svg ?? '';
    expect(svg).not.toContain('<script');
    expect(svg).not.toMatch(/[\u0000\u202E]/);
    expect(svg.match(/<svg/g)).toHaveLength(1);
  });

  test('a PNG of a size for a phone', async () => {
    const png = await toPng(chainPicture(report(impersonating), language)?.svg ?? '');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(960);
    expect(png.length).toBeLessThan(200_000);
  });
});

test('every letter of the fixed words is in the font', () => {
  const glyphs = characterMap(
    readFileSync(join(import.meta.dirname, '../../../src/diagnosis/picture/fonts/noto-sans-jp-subset.otf')),
  );
  const source = readFileSync(join(import.meta.dirname, '../../../src/diagnosis/picture/words.ts'), 'utf8');
  const words = [...Object.values(BOXES), ...Object.values(STATES), ...Object.values(VALUES)]
    .map(({ ja }) => ja)
    .join('');
  const needed = [...new Set(words + source)].filter(
    letter => letter >= ' ' && !glyphs.has(letter.codePointAt(0) ?? 0),
  );
  expect(needed).toEqual([]);
});

/** Code points of a font's `cmap`, format 4 (OpenType, "cmap"). */
function characterMap(font: Buffer): Set<number> {
  const tables = Array.from({ length: font.readUInt16BE(4) }, (_, index) => 12 + index * 16);
  const record = tables.find(at => font.toString('latin1', at, at + 4) === 'cmap');
  if (record === undefined) throw new Error('the font has no cmap');
  const cmap = font.readUInt32BE(record + 8);
  const offsets = Array.from(
    { length: font.readUInt16BE(cmap + 2) },
    (_, index) => cmap + font.readUInt32BE(cmap + 8 + index * 8),
  );
  const at = offsets.find(offset => font.readUInt16BE(offset) === 4);
  if (at === undefined) throw new Error('the font has no cmap of format 4');
  const count = font.readUInt16BE(at + 6) / 2;
  const points = new Set<number>();
  for (let segment = 0; segment < count; segment += 1) {
    const end = font.readUInt16BE(at + 14 + segment * 2);
    const start = font.readUInt16BE(at + 16 + count * 2 + segment * 2);
    for (let point = start; point <= end && point !== 0xffff; point += 1) points.add(point);
  }
  return points;
}
