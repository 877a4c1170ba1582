/** A remedy on a card: what exactly would change, who may decide, how it went. Pure. */
import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { Plan } from '../../contracts/plan.ts';
import type { Remedy } from '../../contracts/report.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { confirmText, irreversibleBecause, remedyName, approvalText as words } from '../../locales/approval.ts';
import { reportText } from '../../locales/report.ts';
import type { ApprovalView, Decision } from './approval-view.ts';
import { actions, button, confirmation, context, section } from './blocks.ts';
import { code, moment, person, prose } from './escape.ts';
import { duration } from './words.ts';

type Shown = ApprovalView['remedy'] & { readonly doubt?: string };

const DIFF_LINES = 6;
const PERMISSIONS_SHOWN = 6;

const param = (remedy: Shown, name: string): string | undefined => {
  const value = remedy.params[name];
  return typeof value === 'string' ? value : undefined;
};

/** `grant roles/x on project p`, in one line of mrkdwn. */
export function remedyLine(remedy: Shown, language: Language): string {
  if (remedy.summary) return prose(remedy.summary, 400);
  const role = param(remedy, 'role');
  const member = param(remedy, 'member');
  const resource = remedy.change?.resource ?? param(remedy, 'project') ?? '';
  if (role && member) return confirmText.grant(code(role), code(resource), code(member))[language];
  const name = remedyName[remedy.kind][language];
  return resource === '' ? name : `${name} (${code(resource)})`;
}

/** The lines that come and go, as a diff. Entries that stay are not shown. */
export function changeLines(remedy: Shown, language: Language): string[] {
  const change = remedy.change;
  if (!change) return [];
  const had = new Set(change.before);
  const has = new Set(change.after);
  const label = remedy.kind.startsWith('grant-') ? `${words.member[language]} ` : '';
  const lines = [
    ...change.before.filter(line => !has.has(line)).map(line => `− ${label}${code(line)}`),
    ...change.after.filter(line => !had.has(line)).map(line => `+ ${label}${code(line)}`),
  ];
  const shown = lines.slice(0, DIFF_LINES);
  if (lines.length > shown.length) shown.push(reportText.more(lines.length - shown.length)[language]);
  return shown;
}

/** Which permissions it gives; where some are missing for certain, how many of them are more than needed. */
function permissionLine(remedy: Shown, language: Language): string[] {
  const adds = remedy.change?.adds;
  if (!adds || adds.length === 0) return [];
  const extra = remedy.change?.extra ?? 0;
  const listed = adds.slice(0, PERMISSIONS_SHOWN).map(permission => code(permission));
  if (adds.length > listed.length) listed.push(reportText.more(adds.length - listed.length)[language]);
  const missing = adds.length - extra;
  const line =
    missing > 0
      ? words.adds(adds.length, missing, extra, listed.join(', '))
      : words.gives(adds.length, listed.join(', '));
  return [line[language]];
}

/** "Fix: …" with the exact change, what it interrupts, what is not certain about it. */
export function remedySection(remedy: Shown, language: Language, grantMs?: number): KnownBlock {
  const lines = [
    `*${words.fix[language]}* ${remedyLine(remedy, language)}`,
    ...changeLines(remedy, language),
    ...permissionLine(remedy, language),
  ];
  if (remedy.change?.disrupts) lines.push(words.disrupts(prose(remedy.change.disrupts, 400))[language]);
  if (grantMs) lines.push(words.endsAfter(duration(grantMs)[language])[language]);
  if (remedy.doubt) lines.push(words.doubt(prose(remedy.doubt, 400))[language]);
  return section(lines.join('\n'));
}

const names = (decisions: readonly Decision[]) => decisions.map(decision => person(decision.user)).join(', ');

/** A group whose handle is not known has only an id, which tells people nothing. */
const approversLine = (approvers: readonly string[]): Text => {
  const known = approvers.filter(name => !/^S[A-Z0-9]{2,}$/.test(name)).slice(0, 4);
  return known.length > 0 ? words.approvers(known.map(approverName).join(', ')) : words.needsApprover;
};

const approverName = (name: string) => (/^[UW][A-Z0-9]{2,}$/.test(name) ? person(name) : prose(name, 80));

/** One line for where an approval stands; the same for the card and for lists. */
export function stateLine(view: ApprovalView, language: Language): string {
  const say = (text: Text) => text[language];
  const who = names(view.approvals);
  const at = (time: string | undefined) => moment(time ?? view.approvals.at(-1)?.at ?? view.expiresAt);
  switch (view.state) {
    case 'pending': {
      if (view.approvers.length === 0) return say(words.noApprover);
      const parts = [say(approversLine(view.approvers)), say(words.expires(moment(view.expiresAt, 'date')))];
      if (view.quorum > 1) parts.push(say(words.quorum(view.approvals.length, view.quorum)));
      if (who !== '') parts.push(say(words.approvedSoFar(who)));
      return parts.join(' · ');
    }
    case 'approved':
      return say(words.approved(who));
    case 'applying':
      return view.progress ? `${say(words.applying(who))} ${prose(view.progress[language])}` : say(words.applying(who));
    case 'applied':
      if (view.problem) return say(words.notRevoked(prose(view.problem[language], 400)));
      if (view.stillFailing) return say(words.stillFailing(at(view.appliedAt), isRevocable(view)));
      return say((view.remedy.risk === 'grant' ? words.granted : words.changed)(at(view.appliedAt)));
    case 'verified':
      return [
        say(words.verified(at(view.verifiedAt ?? view.appliedAt), who)),
        ...(view.grantEndsAt ? [say(words.endsAt(moment(view.grantEndsAt, 'date')))] : []),
      ].join(' · ');
    case 'revoking':
      return say(view.revoked ? words.revoking(person(view.revoked.user)) : words.ending);
    case 'denied':
      return say(words.denied(person(view.denied?.user ?? '-'), prose(view.denied?.reason ?? '', 300)));
    case 'expired':
      return say(words.expired);
    case 'stale':
      if (view.alreadyFixed) return say(words.staleFixed);
      return say(view.problem ? words.stale(prose(view.problem[language], 400)) : words.staleNoReason);
    case 'failed':
      return say(view.problem ? words.failed(prose(view.problem[language], 400)) : words.failedNoReason);
    case 'revoked':
      if (!view.revoked) return say(words.ended(moment(view.grantEndsAt ?? view.expiresAt)));
      return say(words.revoked(person(view.revoked.user), prose(view.revoked.reason ?? '', 300)));
  }
}

function approveButton(view: ApprovalView, language: Language): Button {
  const { remedy } = view;
  const base = {
    action: 'approve',
    label: words.approve[language],
    value: view.id,
    style: 'primary',
    accessibilityLabel: `${words.approve[language]}: ${view.headline}`,
  } as const;
  // What is disruptive is approved in a modal that says what restarts: docs/slack.md#messages
  if (remedy.risk === 'disruptive') return button(base);
  const dialog = confirmText.dialogs[remedy.kind];
  const role = param(remedy, 'role');
  const member = param(remedy, 'member');
  const on = param(remedy, 'project') ?? param(remedy, 'serviceAccount') ?? remedy.change?.resource ?? view.project;
  const what =
    role && member
      ? confirmText.grant(code(role, 60), code(on, 50), code(member, 70))[language]
      : prose(remedy.summary ?? remedyName[remedy.kind][language], 150);
  const wayBack = isRevocable(view) ? confirmText.revocable : irreversible(remedy);
  const after: string[] = [words.nothingRestarts[language], wayBack[language]];
  if (view.quorum > 1) after.push(confirmText.quorum(view.quorum)[language]);
  return button({
    ...base,
    confirm: confirmation({
      title: dialog.title[language],
      text: `${what}\n${after.join(' ')}`,
      yes: dialog.yes[language],
      no: confirmText.notNow[language],
    }),
  });
}

const isDone = ({ state }: ApprovalView) => state === 'applied' || state === 'verified';

/** A plan without an undo step can't be revoked: recreated nodes, an API that clusters depend on. */
const isRevocable = ({ remedy }: ApprovalView) => remedy.undo !== undefined;

const irreversible = ({ kind }: Shown): Text => {
  const why = irreversibleBecause(kind);
  return { en: words.irreversible(why.en).en, ja: words.irreversible(why.ja).ja };
};

/** The buttons of this state; the one that shows the text to copy comes last. */
function buttonsOf(view: ApprovalView, language: Language, text: Button | undefined): ActionsBlock['elements'] {
  const one = (action: string, label: Text, style?: 'danger') =>
    button({
      action,
      label: label[language],
      value: view.id,
      accessibilityLabel: `${label[language]}: ${view.headline}`,
      ...(style && { style }),
    });
  const tail = text ? [text] : [];
  switch (view.state) {
    case 'pending':
      if (view.approvers.length === 0) return tail;
      return [approveButton(view, language), one('deny', words.deny), ...tail];
    case 'applied':
    case 'verified':
      return isRevocable(view) ? [one('revoke', words.revoke, 'danger')] : [];
    case 'expired':
    case 'denied':
      return [one('ask_again', words.askAgain), ...tail];
    case 'failed':
    case 'stale':
      return view.alreadyFixed ? [] : [one('ask_again', words.tryAgain), ...tail];
    default:
      return [];
  }
}

/** The reference that the button for the text to copy carries: which remedy of which stored report. */
export const remedyReference = (reportId: string, finding: number, remedy: number): string =>
  `${reportId}/${finding}/${remedy}`;

export function remedyTextButton(reference: string, language: Language): Button {
  return button({ action: 'remedy_text', label: words.remedyText[language], value: reference });
}

/** The blocks of one remedy with its approval, whatever its state. */
export function approvalBlocks(
  view: ApprovalView,
  language: Language,
  reference?: string,
  doubt?: string,
): KnownBlock[] {
  const ended = ['denied', 'expired', 'stale', 'revoked'].includes(view.state);
  const shown: Shown = { ...view.remedy, ...(doubt && { doubt }) };
  const buttons = buttonsOf(view, language, reference ? remedyTextButton(reference, language) : undefined);
  return [
    // An approval that has ended needs no diff, only the name of the change.
    ended
      ? section(`*${words.fix[language]}* ${remedyLine(shown, language)}`)
      : remedySection(shown, language, view.grantMs),
    ...(view.tampered ? [section(words.tampered[language])] : []),
    context(stateLine(view, language), ...(isDone(view) && !isRevocable(view) ? [irreversible(shown)[language]] : [])),
    ...(buttons.length > 0 ? [actions(...buttons)] : []),
  ];
}

/**
 * True where what was planned is that remedy: what is compared is what would be done. The command to do it by hand may name
 * another end, where a job was done again.
 */
export const isFor = ({ remedy: planned }: Pick<Plan, 'remedy'>, remedy: Remedy): boolean =>
  planned.kind === remedy.kind && canonicalJson(planned.params) === canonicalJson(remedy.params);
