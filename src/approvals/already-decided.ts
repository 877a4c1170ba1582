/** "Already approved by @carol 20 s ago.": for the one who was slower. */
import type { Text } from '../contracts/text.ts';
import { type Approval, decider, lastEvent, type Person } from './approval.ts';

const DONE = {
  approve: { en: 'approved', ja: '承認' },
  deny: { en: 'denied', ja: '却下' },
  revoke: { en: 'revoked', ja: '取り消し' },
} as const;

/** @param now ms since 1970. */
export function alreadyDecidedText(approval: Approval, now = Date.now()): Text {
  const decision = decider(approval);
  const event = decision ?? lastEvent(approval);
  const ago = age(now - (event?.at ?? now));
  if (!decision) return { en: `This was settled ${ago.en} ago.`, ja: `${ago.ja}前に処理済みです。` };
  const done = DONE[decision.move];
  const who = decision.by ? nameOf(decision.by) : 'gke-auth';
  return { en: `Already ${done.en} by ${who} ${ago.en} ago.`, ja: `${ago.ja}前に ${who} が${done.ja}済みです。` };
}

const nameOf = ({ name, email, user }: Person): string => (name ? `@${name}` : (email ?? user));

function age(ms: number): Text {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return { en: `${s} s`, ja: `${s} 秒` };
  if (s < 3600) return { en: `${Math.floor(s / 60)} min`, ja: `${Math.floor(s / 60)} 分` };
  if (s < 86_400) return { en: `${Math.floor(s / 3600)} h`, ja: `${Math.floor(s / 3600)} 時間` };
  return { en: `${Math.floor(s / 86_400)} d`, ja: `${Math.floor(s / 86_400)} 日` };
}
