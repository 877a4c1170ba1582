/** What the table of states calls wrong: a judge that lets everything pass proves nothing. */
import { expect, test } from 'vitest';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import { judge } from './judge.ts';
import type { Answer, Finding } from './play.ts';
import type { Expected, State } from './state.ts';

const state = (expected: readonly Expected[], report?: State['report']): State => ({
  id: 'x',
  says: 'x',
  source: 'a/b#1',
  world: () => healthyWorld().world.world,
  arguments: [],
  expect: expected,
  ...(report && { report }),
});
const finding = (more: Partial<Finding> = {}): Finding => ({
  check: 'api-enabled',
  subject: 'projects/sandbox-1',
  status: 'fail',
  statement: 'logging.googleapis.com is off.',
  all: 'logging.googleapis.com is off.\nserviceusage services.batchGet: DISABLED',
  missing: ['a.b.create'],
  remedies: [{ kind: 'enable-service', params: { service: 'logging.googleapis.com' }, text: 'gcloud services enable' }],
  ...more,
});
const answer = (...findings: Finding[]): Answer => ({ code: 1, findings, problems: ['api-enabled'] });
const check = 'api-enabled';

test.each<[string, Expected]>([
  ['status', { check, status: 'fail' }],
  ['one of several statuses', { check, status: ['warn', 'fail'] }],
  ['words of the statement', { check, says: [/is off/] }],
  ['words of the proof', { check, says: [/DISABLED/] }],
  ['words that only the proof has', { check, never: [/DISABLED/] }],
  ['permissions', { check, missing: ['a.b.create'] }],
  ['remedies', { check, offers: [{ kind: 'enable-service', params: { service: 'logging.googleapis.com' } }] }],
  ['what a remedy must not be', { check, refuses: [{ kind: 'enable-service', text: /--force/ }] }],
  ['any finding', { status: 'fail', says: [/logging/] }],
])('right: %s', (_, expected) => {
  expect(judge(state([expected]), answer(finding()))).toEqual([]);
});

test.each<[string, Expected, RegExp]>([
  ['no such finding', { check: 'x', status: 'pass' }, /no such finding/],
  ['no such subject', { check, subject: 'sandbox-2' }, /no such finding/],
  ['another status', { check, status: ['pass', 'warn'] }, /is fail, wanted pass\|warn/],
  ['words that are missing', { check, says: [/monitoring/] }, /does not say/],
  ['words that must not be', { check, never: [/is off/] }, /says “is off”/],
  ['other permissions', { check, missing: [] }, /wanted \[\]/],
  ['a remedy that is missing', { check, offers: [{ kind: 'enable-service', params: { service: 'x' } }] }, /offers no/],
  ['a remedy that must not be', { check, refuses: [{ kind: 'enable-service' }] }, /offers enable-service/],
  ['no finding that does', { status: 'warn', says: [/logging/] }, /no finding is warn/],
])('wrong: %s', (_, expected, says) => {
  expect(judge(state([expected]), answer(finding())).join()).toMatch(says);
});

test('every finding of a check counts, not only the first', () => {
  const two = answer(finding(), finding({ subject: 'projects/host-7', status: 'pass' }));
  expect(judge(state([{ check, status: 'fail' }]), two)).toEqual(['api-enabled: host-7 is pass, wanted fail']);
});

test.each<[string, NonNullable<State['report']>, RegExp]>([
  ['causes that are too few', { causes: 1 }, /0 causes, wanted 1/],
  ['a cause that is missing', { cause: [{ permission: /logs/ }] }, /no cause with/],
  ['another best match', { problem: ['token-invalid'] }, /best match is api-enabled/],
  ['a match that must not be', { noProblem: ['api-enabled'] }, /matches api-enabled/],
  ['a remedy anywhere', { refuses: [{ kind: 'enable-service' }] }, /report offers/],
  ['words anywhere', { never: [/is off/] }, /report says/],
])('wrong in the report: %s', (_, report, says) => {
  expect(judge(state([], report), answer(finding())).join()).toMatch(says);
});

test('no answer is wrong whatever was expected', () => {
  const none: Answer = { code: 3, findings: [], problems: [], error: 'nothing-readable: …' };
  expect(judge(state([]), none)).toEqual(['no answer: nothing-readable: …']);
});
