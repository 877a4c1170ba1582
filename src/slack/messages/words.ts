/** Durations and signs, the same in every message. */
import type { Status } from '../../contracts/report.ts';
import type { Text } from '../../contracts/text.ts';

export const SIGN: Readonly<Record<Status, string>> = {
  fail: '❌',
  warn: '⚠️',
  unknown: '❔',
  pass: '✅',
  'not-applicable': '➖',
};

const UNITS = [
  { ms: 86_400_000, en: 'day', ja: '日' },
  { ms: 3_600_000, en: 'hour', ja: '時間' },
  { ms: 60_000, en: 'minute', ja: '分' },
  { ms: 1000, en: 'second', ja: '秒' },
] as const;

/** "4 hours", "4 時間": the largest unit that divides it, else the largest that fits. `ms` > 0. */
export function duration(ms: number): Text {
  const unit = UNITS.find(u => ms >= u.ms && ms % u.ms === 0) ?? UNITS.find(u => ms >= u.ms) ?? UNITS[3];
  const n = Math.max(1, Math.round(ms / unit.ms));
  return { en: `${n} ${unit.en}${n === 1 ? '' : 's'}`, ja: `${n} ${unit.ja}` };
}

/** `projects/p/…/nodePools/np` → `np`: what people call it. */
export const lastSegment = (resource: string): string => resource.slice(resource.lastIndexOf('/') + 1);
