/** Hostile texts cost as much more as they are longer: twice the length, twice the time, whatever they are made of. */
import { describe, expect, it } from 'vitest';
import { explainText } from '../../src/explain/recognize.ts';
import { redact } from '../../src/explain/redact.ts';
import { cpu, HOSTILE } from './hostile.ts';
import { random } from './mutations.ts';
import { PASTES, plain } from './secrets.ts';

/** What patterns begin with, go on with, or look for in vain. */
const PIECES = [
  ...Object.values(HOSTILE),
  ...Object.values(PASTES).map(paste => plain(paste).slice(0, 24)),
  'A-eyJ',
  'eyJ',
  'SG.a',
  '1//0',
  'AKIA',
  'token=',
  'secret: ',
  '"auth":"',
  'cookie: a=',
  '?token=',
  '://a:b',
  '{"',
  '}',
  '[',
  'a: b\n',
  '- ',
  'A_B=c\n',
  'error: ',
  'denied\n\n',
  '\n',
  ' ',
  '-',
  '.',
  '@',
  ':',
  '=',
];

/** 200 texts of one to four pieces, the same each time. */
const UNITS = (() => {
  const next = random(20_261_130);
  const pick = () => PIECES[Math.floor(next() * PIECES.length)] ?? '';
  return Array.from({ length: 200 }, () => Array.from({ length: 1 + Math.floor(next() * 4) }, pick).join(''));
})();

const lengthened = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/**
 * Whether four times the length costs clearly less than the sixteen times that a quadratic pattern takes. The clock is coarse and
 * the machine busy: a few milliseconds don't count, and a second look is allowed.
 */
function isLinear(work: (text: string) => unknown, unit: string, length: number): boolean {
  const once = () => {
    const short = cpu(() => work(lengthened(unit, length)));
    const long = cpu(() => work(lengthened(unit, 4 * length)));
    return long <= 8 * short + 25;
  };
  return once() || once() || once();
}

describe('200 hostile texts', { timeout: 120_000 }, () => {
  it('are redacted in linear time', () => {
    expect(UNITS.filter(unit => !isLinear(redact, unit, 20_000))).toEqual([]);
  });

  it('are explained in linear time', () => {
    expect(UNITS.filter(unit => !isLinear(explainText, unit, 10_000))).toEqual([]);
  });

  it('would be found out', () => {
    const quadratic = (text: string) => /(?:\bey[\w-]{6,}\.[\w-]{4,})/.test(text);
    expect(isLinear(quadratic, 'A-eyJ', 6_000)).toBe(false);
  });
});
