/** Evidence out of facts and the engine's answers. */
import type { Text } from '../../contracts/text.ts';
import type { Fact, Unknown } from '../facts/fact.ts';
import { DENY_UNREAD, describeAnswer, policySource, sourcesOf } from '../iam/describe.ts';
import type { Answer, Doubt, Policy } from '../iam/model.ts';
import type { FindingDraft } from './check.ts';

export type EvidenceDraft = FindingDraft['evidence'][number];

/** What an answer of the engine rests on, a line each, without repeats. */
export function evidenceOf(answers: readonly Answer[], resource: string): EvidenceDraft[] {
  const lines = answers.flatMap(answer => {
    const sources = sourcesOf(answer, resource);
    return describeAnswer(answer).map((says, index) => ({ source: sources[index] ?? policySource(resource), says }));
  });
  return [...new Map(lines.map(line => [line.says.en, line])).values()];
}

/** The roles a member is bound to by name in one policy. */
export function rolesHeld(policy: Fact<Policy>, member: string, resource: string): EvidenceDraft {
  if (!policy.known) return unreadable(policy);
  const bound = policy.value.bindings.filter(({ members }) => members.includes(member));
  const list = (conditionally: string) =>
    [...new Set(bound.map(({ role, condition }) => `${role}${condition ? conditionally : ''}`))].join(', ');
  const name = member.replace(/^\w+:/, '');
  const says: Text =
    bound.length === 0
      ? { en: `${resource}: ${name} holds no role there`, ja: `${resource}: ${name} にロールは付与されていません` }
      : {
          en: `${resource}: ${name} holds ${list(' (under a condition)')}`,
          ja: `${resource}: ${name} のロールは ${list('（条件付き）')}`,
        };
  return { source: policySource(resource), says };
}

export function unreadable(fact: Unknown): EvidenceDraft {
  return { source: fact.source, says: fact.reason };
}

/** What an unknown finding says: the reason, and the command that ends it where there is one. */
export function unknownDetail(fact: Unknown): Text {
  if (!fact.command) return fact.reason;
  return {
    en: `${fact.reason.en} To let me: ${fact.command}`,
    ja: `${fact.reason.ja} 次のコマンドで許可できます: ${fact.command}`,
  };
}

/**
 * What the doubts of an answer come from: the first thing that could not be read, and why Policy Troubleshooter didn't decide
 * instead; then the commands that end both, in one line. Nothing where all was read and only members can't be seen.
 */
export function unreadTexts(doubts: readonly Doubt[]): Text[] {
  const facts = (list: readonly Doubt[]) => list.flatMap(doubt => ('fact' in doubt && doubt.fact ? [doubt.fact] : []));
  const asked = doubts.filter(({ kind }) => kind === 'troubleshooter');
  const unread = doubts.filter(({ kind }) => kind !== 'troubleshooter');
  const told = [...facts(unread).slice(0, 1), ...facts(asked).slice(0, 1)];
  return [...told.map(({ reason }) => reason), ...toLetUs(told.flatMap(({ command }) => command ?? []))];
}

/** What lets us read all that keeps answers open. */
export function commandsOf(answers: readonly Answer[]): Text[] {
  const doubts = answers.flatMap(answer => (answer.state === 'unknown' ? answer.doubts : []));
  return toLetUs(doubts.flatMap(doubt => ('fact' in doubt ? (doubt.fact?.command ?? []) : [])));
}

/** The commands that let us read, in one line that ends bare, so that copying it takes no full stop along; nothing for none. */
export function toLetUs(commands: readonly string[]): Text[] {
  const line = [...new Set(commands)].join(' && ');
  return line ? [{ en: `To let me: ${line}`, ja: `次のコマンドで許可できます: ${line}` }] : [];
}

/** Doubts under which offering the grant does no harm: it could only turn out to be a double (docs/domain/README.md#verdicts). */
export function isHarmlessDoubt(doubt: Doubt, resource: string): boolean {
  if (['group', 'role', 'ancestors', 'troubleshooter'].includes(doubt.kind)) return true;
  return doubt.kind === 'policy' && doubt.level !== resource;
}

/** Said beside a remedy whose need could not be proven. */
export const MAY_BE_REDUNDANT: Text = {
  en: 'It may hold this already through something I may not read. Granting it again does no harm.',
  ja: '読み取れないところで、すでに付与されている可能性があります。重ねて付与しても害はありません。',
};

/** What a verdict of “granted” leaves open, for the detail: nothing, or the policies above it that could not be read. */
export function leftOpen(answers: readonly Answer[]): Text[] {
  return answers.some(answer => answer.state === 'granted' && answer.denyUnread) ? [DENY_UNREAD] : [];
}

/** The reason of a fact that is known to be unknown. @throws where it is known: a bug of the check. */
export function whyUnknown(fact: Fact<unknown>): Unknown {
  if (fact.known) throw new Error(`${fact.source} is known`);
  return fact;
}
