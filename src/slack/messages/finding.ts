/** One thread message per problem: the same problem on many node pools is one message with a list. Pure. */
import type { KnownBlock } from '@slack/types';
import {
  type Cause,
  type Finding,
  isToldByCauses,
  type Remedy,
  type Report,
  type Status,
} from '../../contracts/report.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { reportText as words } from '../../locales/report.ts';
import type { ApprovalView } from './approval-view.ts';
import { actions, context, LIMITS, type Message, message, preformatted, section, type TextFile } from './blocks.ts';
import { causesMessage } from './causes.ts';
import { code, oneLine, prose } from './escape.ts';
import { approvalBlocks, isFor, remedyReference, remedySection, remedyTextButton, stateLine } from './remedy.ts';
import { lastSegment, SIGN } from './words.ts';

export interface FindingGroup {
  readonly reportId: string;
  /** The findings, and where each stands in the report. At least one. */
  readonly findings: readonly { readonly finding: Finding; readonly index: number }[];
  /** What kept all of them from being decided, where that is all there is to say of them. */
  readonly causes?: readonly Cause[];
}

/** What deserves a message of its own, in the order of the thread. */
const ORDER: readonly Status[] = ['fail', 'warn', 'unknown'];

/** Two findings with the same key have one cause and one fix. */
function problemKey(finding: Finding): string {
  const remedies = finding.remedies.map(remedy => remedy.command);
  // Where nothing names the cause, only the same words make it the same problem.
  const cause = finding.missing
    ? [finding.missing.principal, finding.missing.permissions.toSorted()]
    : [finding.detail];
  return JSON.stringify([finding.check, finding.status, cause, remedies]);
}

const NOT_READ = 'not read';

/**
 * Failures, then warnings, then unknowns; inside each in the report's order. Passes have no message. What is told by the report's
 * causes is one group.
 */
export function groupFindings({
  id,
  findings,
  causes = [],
}: Pick<Report, 'id' | 'findings' | 'causes'>): FindingGroup[] {
  const groups = new Map<string, FindingGroup & { findings: { finding: Finding; index: number }[] }>();
  const known = new Map(causes.map(cause => [cause.id, cause]));
  findings.forEach((finding, index) => {
    if (!ORDER.includes(finding.status)) return;
    const told = isToldByCauses(finding) && finding.causes?.every(cause => known.has(cause));
    const key = told ? NOT_READ : problemKey(finding);
    const group = groups.get(key) ?? { reportId: id, findings: [], ...(told ? { causes } : {}) };
    group.findings.push({ finding, index });
    groups.set(key, group);
  });
  const rank = (group: FindingGroup) => ORDER.indexOf(leader(group).status);
  return [...groups.values()].toSorted((a, b) => rank(a) - rank(b));
}

/** The finding that speaks for the group. */
export function leader(group: FindingGroup): Finding {
  const first = group.findings[0];
  if (!first) throw new RangeError('A group of findings has at least one.');
  return first.finding;
}

/** Whether this group's message is the one that carries the approval's card. */
export const belongsTo = (group: FindingGroup, view: Pick<ApprovalView, 'check' | 'subject'>): boolean =>
  group.findings.some(({ finding }) => finding.check === view.check && finding.subject === view.subject);

const PERMISSIONS_SHOWN = 8;
const SUBJECTS_SHOWN = 12;
const EVIDENCE_SHOWN = 4;
const REMEDIES_SHOWN = 4;

export const headlineOf = (finding: Finding): string => finding.headline ?? finding.title;

/** The headline of a group: its leader's, or how many findings it has that could not be decided. */
export function groupHeadline(group: FindingGroup, language: Language): string {
  return group.causes ? words.notRead(group.findings.length)[language] : headlineOf(leader(group));
}

const label = (text: Text, language: Language) => `*${text[language]}*`;

/** `a`, `b` and 3 more */
export function list(values: readonly string[], shown: number, language: Language): string {
  const parts = values.slice(0, shown).map(value => code(value));
  if (values.length > shown) parts.push(words.more(values.length - shown)[language]);
  return parts.join(', ');
}

const MEMBER_KINDS: Readonly<Record<string, Text>> = {
  serviceAccount: words.serviceAccount,
  user: words.user,
  group: words.group,
};

function memberLine(member: string, language: Language): string {
  const colon = member.indexOf(':');
  const kind = MEMBER_KINDS[member.slice(0, Math.max(colon, 0))];
  return kind
    ? `${label(kind, language)}  ${code(member.slice(colon + 1))}`
    : `${label(words.principal, language)}  ${code(member)}`;
}

/** In a sentence that names who lacks what: at most this many characters besides the names, and it says nothing more. */
const ONLY_LISTS = 60;

/** The detail without a sentence that only repeats the list of what is missing. */
function reasonOf({ detail, missing, status }: Finding): string {
  if (!missing || status === 'unknown') return detail;
  const names = [missing.principal.slice(missing.principal.indexOf(':') + 1), ...missing.permissions];
  const repeats = (sentence: string) =>
    names.every(name => sentence.includes(name)) &&
    names.reduce((rest, name) => rest.replace(name, ''), sentence).length <= ONLY_LISTS + 2 * names.length;
  // A full stop inside a name is followed by no blank.
  return detail
    .split(/(?<=\.) (?=[A-Z])|(?<=。)/)
    .filter(sentence => !repeats(sentence))
    .join(detail.includes('。') ? '' : ' ');
}

function facts(group: FindingGroup, language: Language): string {
  const finding = leader(group);
  const lines = [`${SIGN[finding.status]} *${prose(headlineOf(finding), 400)}*`];
  const { missing } = finding;
  if (missing) lines.push(memberLine(missing.principal, language));
  // Of what can't be told a sentence says so; it is not missing.
  const isDoubt = finding.status === 'unknown' && missing?.permissions.every(name => finding.detail.includes(name));
  if (missing && !isDoubt) {
    lines.push(`${label(words.missing, language)}  ${list(missing.permissions, PERMISSIONS_SHOWN, language)}`);
  }
  const because = reasonOf(finding);
  if (because) lines.push(`${label(words.because, language)}  ${prose(because, 900)}`);
  if (finding.effect) lines.push(`${label(words.effect, language)}  ${prose(finding.effect, 400)}`);
  const others = group.findings.slice(1).map(({ finding: other }) => lastSegment(other.subject));
  if (others.length > 0) lines.push(`${label(words.sameFor, language)}  ${list(others, SUBJECTS_SHOWN, language)}`);
  return lines.join('\n');
}

function proof(finding: Finding, language: Language): KnownBlock {
  const shown = finding.evidence
    .slice(0, EVIDENCE_SHOWN)
    .map(({ source, says }) => `${label(words.proof, language)}  ${code(source, 120)} ${prose(says, 280)}`);
  const hidden = finding.evidence.length - shown.length;
  if (hidden > 0) shown.push(words.more(hidden)[language]);
  return context(...shown, `<${docsUrl(finding.docs)}|${words.documentation[language]}>`);
}

/** Only an https address without anything that could end the link markup. */
function docsUrl(docs: string): string {
  const url = URL.canParse(docs) ? new URL(docs) : undefined;
  return url?.protocol === 'https:'
    ? encodeURI(decodeURI(url.href)).replace(/[<>|]/g, '')
    : 'https://cloud.google.com/kubernetes-engine/docs';
}

/** The fix that is done by hand: what to copy. Long text is behind the button, whole. */
function byHand(remedy: Remedy, finding: Finding, reference: string, language: Language): KnownBlock[] {
  const text = remedy.manifest ?? remedy.command;
  const long = text.length > 1200;
  const intro = finding.status === 'unknown' ? words.toResolve : words.byHand;
  return [
    ...(remedy.summary || remedy.change || remedy.doubt ? [remedySection(remedy, language)] : []),
    ...(long ? [context(words.seeRemedy[language])] : [context(intro[language]), preformatted(text)]),
    ...(long || remedy.terraform || (remedy.manifest && remedy.manifest !== text) || remedy.undo
      ? [actions(remedyTextButton(reference, language))]
      : []),
  ];
}

/** The thread's message for one problem, with its fixes and where each of their approvals stands. */
export function findingMessage(group: FindingGroup, language: Language, approvals: readonly ApprovalView[]): Message {
  if (group.causes) return causesMessage(group.causes, group.findings.length, language);
  const finding = leader(group);
  const blocks: KnownBlock[] = [section(facts(group, language)), proof(finding, language)];
  const lead = group.findings[0];
  let state = '';
  finding.remedies.slice(0, REMEDIES_SHOWN).forEach((remedy, index) => {
    const reference = remedyReference(group.reportId, lead?.index ?? 0, index);
    const view = approvals.find(approval => isFor(approval, remedy));
    if (view && !belongsTo(group, view)) {
      // One fix has one card, also where it mends several problems.
      blocks.push(remedySection(remedy, language, view.grantMs), context(words.sameFix[language]));
    } else if (view) {
      blocks.push(...approvalBlocks(view, language, reference, remedy.doubt));
      state = stateLine(view, language);
    } else blocks.push(...byHand(remedy, finding, reference, language));
  });
  const text = [`${SIGN[finding.status]} ${prose(headlineOf(finding), 400)}`, state || prose(finding.detail, 500)].join(
    ' — ',
  );
  const file = wholeText(group, language);
  if (file) blocks.push(context(words.fullText[language]));
  return message(text, blocks, file);
}

/** The whole of a problem as a file, where the message had to leave something out. */
function wholeText(group: FindingGroup, language: Language): TextFile | undefined {
  const finding = leader(group);
  const cut =
    (finding.missing?.permissions.length ?? 0) > PERMISSIONS_SHOWN ||
    group.findings.length - 1 > SUBJECTS_SHOWN ||
    finding.evidence.length > EVIDENCE_SHOWN ||
    finding.remedies.length > REMEDIES_SHOWN ||
    finding.detail.length > 900 ||
    (finding.effect?.length ?? 0) > 400 ||
    headlineOf(finding).length > 400 ||
    finding.evidence.some(({ source, says }) => source.length > 120 || says.length > 280);
  if (!cut) return undefined;
  const name = (text: Text) => text[language];
  const lines = [
    headlineOf(finding),
    '',
    `${name(words.because)}: ${finding.detail}`,
    ...(finding.effect ? [`${name(words.effect)}: ${finding.effect}`] : []),
    ...(finding.missing
      ? [
          `${name(words.principal)}: ${finding.missing.principal}`,
          `${name(words.missing)}:`,
          ...finding.missing.permissions.map(p => `  ${p}`),
        ]
      : []),
    '',
    ...group.findings.map(({ finding: one }) => one.subject),
    '',
    ...finding.evidence.map(({ source, says }) => `${name(words.proof)}: ${source}: ${says}`),
    ...finding.remedies.flatMap(remedy => [
      '',
      remedy.summary ?? '',
      remedy.command,
      remedy.terraform ?? '',
      remedy.manifest ?? '',
    ]),
    '',
    finding.docs,
  ];
  return {
    name: `${finding.check}.txt`,
    title: oneLine(headlineOf(finding), LIMITS.header),
    content: `${lines.join('\n')}\n`,
  };
}
