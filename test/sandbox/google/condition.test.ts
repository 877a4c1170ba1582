import { describe, expect, test } from 'vitest';
import { conditionSyntaxError, evaluateCondition } from '../../../sandbox/google/iam/condition.ts';

const time = Date.parse('2026-03-04T05:06:07Z'); // a Wednesday
const resource = {
  name: 'projects/p/zones/z',
  type: 'compute.googleapis.com/Instance',
  service: 'compute.googleapis.com',
};
const roles = `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])`;

const table: [string, boolean | 'unknown'][] = [
  [`request.time < timestamp("2026-03-05T00:00:00Z")`, true],
  [`request.time < timestamp("2026-03-04T00:00:00.000Z")`, false],
  [`request.time >= timestamp('2026-01-01T00:00:00Z') && request.time < timestamp('2027-01-01T00:00:00Z')`, true],
  [`request.time + duration("24h") > timestamp("2026-03-05T05:00:00Z")`, true],
  [`request.time.getHours("Asia/Tokyo") == 14`, true],
  [`request.time.getHours() == 5`, true],
  [`request.time.getDayOfWeek("UTC") in [1, 2, 3, 4, 5]`, true],
  [`request.time.getDayOfWeek() == 0`, false],
  [`request.time.getMonth() == 2 && request.time.getFullYear() == 2026 && request.time.getDate() == 4`, true],
  [`resource.name.startsWith("projects/p/")`, true],
  [`resource.name.endsWith("/y")`, false],
  [`resource.type == "compute.googleapis.com/Instance" && resource.service != 'storage.googleapis.com'`, true],
  [`resource.name.extract("zones/{zone}") == "z"`, true],
  [`resource.name.extract("projects/{project}/") == "p"`, true],
  [`!(resource.type == "x") ? true : false`, true],
  [`destination.port == 21`, 'unknown'],
  [`"a" in request.auth.access_levels`, 'unknown'],
  [`destination.port == 21 || true`, true],
  [`destination.port == 21 && false`, false],
  [`destination.port == 21 || false`, 'unknown'],
  [`${roles}.hasOnly(['roles/viewer'])`, true],
  [`"x" == 'x' && 1 + 2 * 3 == 7 && (1 + 2) * 3 == 9`, true],
  [`request.time <`, 'unknown'],
];

test.each(table)('%s is %s', (expression, expected) => {
  expect(evaluateCondition(expression, { time, resource })).toBe(expected);
});

describe('modifiedGrantsByRole', () => {
  test.each([
    [['roles/viewer'], true],
    [['roles/viewer', 'roles/owner'], false],
    [[], true],
  ])('%j: %s', (modifiedGrantsByRole, expected) => {
    expect(
      evaluateCondition(`${roles}.hasOnly(['roles/viewer', 'roles/browser'])`, { time, modifiedGrantsByRole }),
    ).toBe(expected);
  });
});

test.each(['request.time <', '"open', 'a b', '', 'f(1,'])('%j is a syntax error', expression => {
  expect(conditionSyntaxError(expression)).toBeTypeOf('string');
});
