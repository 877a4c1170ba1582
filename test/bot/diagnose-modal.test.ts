/** The modal that asks for what a diagnosis still lacks. */
import { describe, expect, it } from 'vitest';
import { type Asked, diagnoseModal, readDiagnosis, type ViewMetadata } from '../../src/bot/views/diagnose.ts';
import { LANGUAGES } from '../../src/contracts/text.ts';

const symptom = { problem: 'wi-gsa-binding', entities: { namespace: 'shop' }, at: '2026-11-22T10:00:00Z' };
const carrying = (request: Partial<ViewMetadata['request']> = {}): ViewMetadata => ({
  origin: { channel: 'C1', threadTs: '1.2' },
  request: { projects: ['prod-1'], symptom, ...request },
});
const fields = (asks: Asked[], carried = carrying()) =>
  diagnoseModal(carried, 'en', { asks }).blocks.flatMap(({ type, block_id }) => (type === 'input' ? [block_id] : []));
const values = (given: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { [name]: { value } }]));
const submitted = (given: Readonly<Record<string, string | null>>, request: Partial<ViewMetadata['request']> = {}) =>
  readDiagnosis(JSON.stringify(carrying(request)), values(given));

describe('asks only for what is missing', () => {
  it.each<[Asked[], string[]]>([
    [['cluster'], ['cluster', 'typed']],
    [['workload'], ['workload']],
    [['principal'], ['for']],
    [
      ['principal', 'workload', 'cluster'],
      ['cluster', 'typed', 'workload', 'for'],
    ],
  ])('%j → %j', (asks, expected) => {
    expect(fields(asks)).toEqual(expected);
  });

  it.each(LANGUAGES)('in words that fit, in %s', language => {
    const view = diagnoseModal(carrying(), language, { asks: ['cluster', 'workload', 'principal'] });
    // Nothing of it had to be cut.
    expect(JSON.stringify(view.blocks)).not.toContain('…"');
  });
});

describe('what was submitted', () => {
  it('completes what was known', () => {
    expect(submitted({ typed: 'us-east1/web', workload: 'shop/checkout' })).toMatchObject({
      ok: true,
      request: { cluster: 'us-east1/web', projects: ['prod-1'], workload: 'shop/checkout', symptom },
    });
  });

  it('keeps the cluster and the caller that were not asked for', () => {
    const known = { cluster: 'prod-1/us-east1/web', principal: 'kim@example.com' };
    expect(submitted({ workload: 'shop/pod/cart-1' }, known)).toMatchObject({ ok: true, request: known });
  });

  it('takes an emptied field for a wish', () => {
    const read = submitted({ typed: 'web', for: null }, { principal: 'kim@example.com' });
    expect(read.ok && read.request.principal).toBeUndefined();
    expect(submitted({ typed: 'web', workload: null })).toMatchObject({ ok: true });
  });

  it.each([
    [{}, 'typed'],
    [{ typed: 'Not A Name' }, 'typed'],
    [{ typed: 'web', workload: 'checkout' }, 'workload'],
    [{ typed: 'web', workload: 'shop/job/x' }, 'workload'],
    [{ typed: 'web', for: 'not a member' }, 'for'],
  ])('%j is refused at its field', (given, field) => {
    const read = submitted(given);
    expect(read).toMatchObject({ ok: false, field });
    if (!read.ok) expect(read.problem.ja).not.toBe('');
  });
});
