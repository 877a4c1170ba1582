/** Evidence out of facts and the engine's answers. */
import { joinText, type Text } from '../../contracts/text.ts';
import type { Fact, Unknown } from '../facts/fact.ts';
import { linesOf, policySource, unreadLines } from '../iam/describe.ts';
import type { Answer, Doubt, Policy } from '../iam/model.ts';
import type { FindingDraft } from './check.ts';
import { isUnderCondition } from './denial.ts';

export type EvidenceDraft = FindingDraft['evidence'][number];

/** What an answer of the engine rests on, a line each, without repeats. */
export function evidenceOf(answers: readonly Answer[], resource: string): EvidenceDraft[] {
  const lines = answers.flatMap(answer => linesOf(answer, resource));
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
  return { source: fact.source, says: fact.reason, unread: fact };
}

/** What an unknown finding says: the reason, and the command that ends it where there is one. */
export function unknownDetail(fact: Unknown): Text {
  return joinText([fact.reason, ...toLetUs(fact.command ? [fact.command] : [])]);
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
  if (!line) return [];
  const all = (part: string) => commands.every(command => command.includes(part));
  if (all(' add-iam-policy-binding ')) return [{ en: `To grant it: ${line}`, ja: `付与するには: ${line}` }];
  if (all(' services enable ')) return [{ en: `To enable it: ${line}`, ja: `有効にするには: ${line}` }];
  return [{ en: `To make it readable: ${line}`, ja: `読み取れるようにするには: ${line}` }];
}

/** Doubts under which offering the grant does no harm: it could only turn out to be a double (docs/domain/README.md#verdicts). */
export function isHarmlessDoubt(doubt: Doubt, resource: string): boolean {
  if (['group', 'role', 'ancestors', 'troubleshooter'].includes(doubt.kind)) return true;
  return doubt.kind === 'policy' && doubt.level !== resource;
}

/** Whether a grant on `resource` could at worst be a double: no other doubt than harmless ones, and no condition beside it. */
export function isOfferHarmless(wanting: readonly Answer[], resource: string): boolean {
  return wanting.every(
    answer =>
      !isUnderCondition(answer) &&
      (answer.state !== 'unknown' || answer.doubts.every(doubt => isHarmlessDoubt(doubt, resource))),
  );
}

/** Said beside a remedy whose need could not be proven. */
export const MAY_BE_REDUNDANT: Text = {
  en: 'The same access may already come from a policy, role or group that gke-auth can’t read. Then this grant changes nothing.',
  ja: 'gke-auth が読み取れないポリシー、ロール、グループを通じて、すでに付与されている可能性があります。その場合、この付与で変わることはありません。',
};

/** Said where a grant would help and is not offered. */
export const BESIDE_CONDITION: Text = {
  en: 'No grant is offered: without the condition it would give more access than was decided.',
  ja: '条件なしで付与すると、決められた範囲を超えるアクセスを与えることになるため、付与は提案しません。',
};

/** What a verdict of “granted” leaves open, for the detail: nothing, or the policies that were not read and could block it. */
export function leftOpen(answers: readonly Answer[]): Text[] {
  const granted = answers.filter(answer => answer.state === 'granted');
  const denyUnread = granted.some(answer => answer.denyUnread);
  const boundariesUnread = granted.some(answer => answer.boundariesUnread);
  return unreadLines({ denyUnread, boundariesUnread }).map(({ says }) => says);
}

/** The reason of a fact that is known to be unknown. @throws where it is known: a bug of the check. */
export function whyUnknown(fact: Fact<unknown>): Unknown {
  if (fact.known) throw new Error(`${fact.source} is known`);
  return fact;
}
