import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, decideOn, usesTags } from '../../../src/diagnosis/iam/conditions.ts';
import { clusterTarget } from '../../../src/diagnosis/iam/targets.ts';
import { CONDITIONS, NOW } from './worlds.ts';

const CLUSTER = '//container.googleapis.com/projects/p/locations/l/clusters/c';
const ATTRIBUTES = { name: CLUSTER, type: 'container.googleapis.com/Cluster', service: 'container.googleapis.com' };
const PAST = 'request.time < timestamp("2026-01-01T00:00:00Z")';
const FUTURE = 'request.time < timestamp("2027-01-01T00:00:00Z")';
const OPAQUE = 'api.getAttribute("iam.googleapis.com/modifiedGrantsByRole", []).hasOnly(["roles/viewer"])';

function holds(expression: string, attributes = ATTRIBUTES): boolean | undefined {
  return decide({ expression }, NOW, attributes).holds;
}

describe('a condition', () => {
  test.each<[expression: string, expected: boolean | undefined]>([
    ['true', true],
    ['false', false],
    // time
    [FUTURE, true],
    [PAST, false],
    ["request.time < timestamp('2027-01-01T00:00:00Z')", true],
    ['timestamp("2027-01-01T00:00:00Z") > request.time', true],
    ['request.time <= timestamp("2026-06-15T12:00:00Z")', true],
    ['request.time < timestamp("2026-06-15T12:00:00Z")', false],
    ['request.time == timestamp("2026-06-15T21:00:00+09:00")', true],
    ['request.time != timestamp("2026-06-15T12:00:00.000Z")', false],
    ['request.time < timestamp("2026-06-15T12:00:00.001Z")', true],
    ['request.time < timestamp("tomorrow")', undefined],
    ['request.time < timestamp("2027-13-01T00:00:00Z")', undefined],
    ['request.time < "2027-01-01T00:00:00Z"', undefined],
    ['request.time.getHours("Asia/Tokyo") >= 9', undefined],
    ['request.time.getDayOfWeek("Europe/Berlin") in [1, 2, 3, 4, 5]', undefined],
    ['request.time < timestamp("2026-01-01T00:00:00Z") + duration("3600s")', undefined],
    // resource
    [`resource.name == "${CLUSTER}"`, true],
    [`resource.name != "${CLUSTER}"`, false],
    ['resource.name.startsWith("//container.googleapis.com/projects/p/")', true],
    ['resource.name.endsWith("/clusters/d")', false],
    ['resource.name.contains("/locations/l/")', true],
    ['resource.name.extract("projects/{p}/") == "p"', undefined],
    ['resource.name.matches("c$")', undefined],
    ['resource.type == "container.googleapis.com/Cluster"', true],
    ['resource.type in ["container.googleapis.com/Cluster", "x"]', true],
    ['resource.service in ["compute.googleapis.com"]', false],
    ['resource.type in ["x", api.getAttribute("a", "")]', undefined],
    ['resource.type in []', false],
    ['resource.location == "asia"', undefined],
    ['resource.hasOwnProperty == "x"', undefined],
    ['resource.constructor == "x"', undefined],
    ['resource.matchTag("1/env", "prod")', undefined],
    ['request.auth.access_levels == ["x"]', undefined],
    [OPAQUE, undefined],
    // logic
    [`!(${PAST})`, true],
    [`${FUTURE} && ${PAST}`, false],
    [`${FUTURE} || ${PAST}`, true],
    [`${PAST} && ${OPAQUE}`, false],
    [`${OPAQUE} && ${PAST}`, false],
    [`${FUTURE} || ${OPAQUE}`, true],
    [`${OPAQUE} || ${PAST}`, undefined],
    [`${FUTURE} && ${OPAQUE}`, undefined],
    [`!${OPAQUE}`, undefined],
    ['true || false && false', true],
    ['(true || false) && false', false],
    ['!false && true', true],
    [`${PAST} ? true : false`, false],
    [`${OPAQUE} ? true : true`, undefined],
    ['1 < 2 && -1 < 0', true],
    ['1 + 1 == 2', undefined],
    ['"a" == 1', undefined],
    // text
    ['resource.name == "it\\\'s"', false],
    ['"\\u0041\\n" == "A\\n"', true],
    ['r"\\d" == "\\\\d"', true],
    ['"""a"b""" == "a\\"b"', true],
    ['true // until further notice', true],
    ['\n  true\n  && true\n', true],
    // not CEL
    ['', undefined],
    ['request.time <', undefined],
    ['true true', undefined],
    ['(true', undefined],
    ['"open', undefined],
    ['true; drop', undefined],
    ['resource.', undefined],
    ['"\\q" == "q"', undefined],
    [`${'('.repeat(10_000)}true${')'.repeat(10_000)}`, undefined],
    [`${'!'.repeat(10_000)}true`, undefined],
    [`true${' && true'.repeat(10_000)}`, undefined],
  ])('%s', (expression, expected) => {
    expect(holds(expression)).toBe(expected);
  });

  test('attributes that are not known decide nothing', () => {
    expect(decide({ expression: `resource.name == "${CLUSTER}"` }, NOW).holds).toBeUndefined();
    expect(decide({ expression: `resource.name == "${CLUSTER}" && ${PAST}` }, NOW).holds).toBe(false);
  });

  test('none holds always', () => {
    expect(decide(undefined, NOW)).toEqual({ holds: true });
  });

  test('those of the random worlds mean what their table says', () => {
    const name = '//cloudresourcemanager.googleapis.com/projects/prod-1';
    for (const [expression, expected] of Object.entries(CONDITIONS)) {
      expect(decide({ expression }, NOW, { name }).holds, expression).toBe(expected);
    }
  });
});

describe('when a condition ends or begins', () => {
  const at = (text: string) => new Date(text);
  test.each<[expression: string, expected: object]>([
    [FUTURE, { holds: true, until: at('2027-01-01T00:00:00Z') }],
    ['request.time <= timestamp("2027-01-01T00:00:00Z")', { holds: true, until: at('2027-01-01T00:00:00Z') }],
    [PAST, { holds: false, ended: at('2026-01-01T00:00:00Z'), from: undefined }],
    [
      'request.time > timestamp("2027-01-01T00:00:00Z")',
      { holds: false, ended: undefined, from: at('2027-01-01T00:00:00Z') },
    ],
    ['request.time > timestamp("2026-01-01T00:00:00Z")', { holds: true, until: undefined }],
    [
      `${FUTURE} || request.time > timestamp("2028-01-01T00:00:00Z")`,
      { holds: true, until: at('2027-01-01T00:00:00Z') },
    ],
    [
      `${FUTURE} && request.time < timestamp("2026-09-01T00:00:00Z")`,
      { holds: true, until: at('2026-09-01T00:00:00Z') },
    ],
    [`${PAST} && ${OPAQUE}`, { holds: false, ended: at('2026-01-01T00:00:00Z') }],
    [`${PAST} && resource.type == "x"`, { holds: false, ended: undefined, from: undefined }],
    [
      'request.time >= timestamp("2026-01-01T00:00:00Z") && request.time < timestamp("2026-02-01T00:00:00Z")',
      { holds: false, ended: at('2026-02-01T00:00:00Z'), from: undefined },
    ],
  ])('%s', (expression, expected) => {
    expect(decide({ expression }, NOW, ATTRIBUTES)).toMatchObject(expected);
  });

  test('a window of time holds in it, and says its end', () => {
    const day = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 1, max: 40 }), (start, length) => {
        const begin = new Date(NOW.getTime() + start * day);
        const end = new Date(begin.getTime() + length * day);
        const expression = `request.time >= timestamp("${begin.toISOString()}") && request.time < timestamp("${end.toISOString()}")`;
        const decision = decide({ expression }, NOW);
        if (NOW < begin) expect(decision).toEqual({ holds: false, ended: undefined, from: begin });
        else if (NOW < end) expect(decision).toEqual({ holds: true, until: end });
        else expect(decision).toEqual({ holds: false, ended: end, from: undefined });
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

// IAM, "Resource attributes for IAM Conditions": GKE clusters have the attributes type, service and name.
describe('on a cluster', () => {
  const regional = clusterTarget({ project: 'p-1', location: 'europe-west1', name: 'c' }, '123');
  const zonal = clusterTarget({ project: 'p-1', location: 'europe-west1-b', name: 'c' });
  const NAMED = { holds: undefined, namesTarget: true };
  const OPEN = { holds: undefined };
  const name = 'projects/p-1/locations/europe-west1/clusters/c';

  test.each<[string, object]>([
    [`resource.name == "${name}"`, NAMED],
    ['resource.name == "projects/123/locations/europe-west1/clusters/c"', NAMED],
    ['resource.name.startsWith("projects/p-1/locations/europe-west1/clusters/")', NAMED],
    ['resource.name.endsWith("/clusters/c")', NAMED],
    ['resource.type == "container.googleapis.com/Cluster"', NAMED],
    ['resource.service == "container.googleapis.com"', NAMED],
    [`resource.type == "container.googleapis.com/Cluster" && resource.name == "${name}"`, NAMED],
    [`resource.name != "${name}x"`, NAMED],
    [`resource.name == "${name}x"`, { holds: false }],
    ['resource.name == "projects/p-1/zones/europe-west1/clusters/c"', { holds: false }],
    ['resource.name.startsWith("projects/p-2/")', { holds: false }],
    ['resource.type == "storage.googleapis.com/Bucket"', { holds: false }],
    ['resource.service == "storage.googleapis.com"', { holds: false }],
    [`${PAST} && resource.name == "${name}"`, { holds: false, ended: new Date('2026-01-01T00:00:00Z') }],
    ['resource.matchTag("77/env", "prod")', OPEN],
    [`resource.name == "${name}" && resource.matchTag("77/env", "prod")`, OPEN],
    [`resource.name == "${name}x" || "corp" in request.auth.access_levels`, OPEN],
  ])('%s', (expression, expected) => {
    expect(decideOn(regional, { expression }, NOW)).toMatchObject(expected);
    expect('namesTarget' in decideOn(regional, { expression }, NOW)).toBe(expected === NAMED);
  });

  test.each(['projects/p-1/zones/europe-west1-b/clusters/c', 'projects/p-1/locations/europe-west1-b/clusters/c'])(
    'a zonal cluster may be known as %s',
    expected => {
      expect(decideOn(zonal, { expression: `resource.name == "${expected}"` }, NOW)).toEqual(NAMED);
    },
  );

  test('what holds without the cluster’s attributes holds for good', () => {
    expect(decideOn(regional, undefined, NOW)).toEqual({ holds: true });
    const until = 'request.time < timestamp("2030-01-01T00:00:00Z")';
    expect(decideOn(regional, { expression: `${until} || resource.name == "x"` }, NOW)).toMatchObject({ holds: true });
  });

  test('without a target nothing is known of the resource', () => {
    expect(decideOn(undefined, { expression: `resource.name == "${name}x"` }, NOW)).toEqual(OPEN);
  });
});

test.each([
  ['resource.matchTag("77/env", "prod")', true],
  ['resource.matchTagId("tagKeys/1", "tagValues/2")', true],
  ['!(resource.hasTagKey("77/env") && true)', true],
  ['true ? resource.hasTagKeyId("tagKeys/1") : false', true],
  ['resource.name == "matchTag"', false],
  ['request.time < timestamp("2030-01-01T00:00:00Z")', false],
  ['resource.matchTag(', false],
])('%s is about tags: %s', (expression, expected) => {
  expect(usesTags({ expression })).toBe(expected);
});

test('no text makes it throw', () => {
  const token = fc.constantFrom(
    'request.time',
    'timestamp(',
    '"a"',
    ')',
    '&&',
    '||',
    '!',
    '<',
    'in',
    '[',
    ']',
    '.',
    '?',
    ':',
    '1',
    'x',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(token).map(tokens => tokens.join(' ')),
      ),
      expression => {
        expect([true, false, undefined]).toContain(holds(expression));
      },
    ),
    { seed: 6, numRuns: 500 },
  );
});
