/** The card of an approval by itself: what the approvals channel shows of a fix that waits in some thread. Pure. */
import type { Language } from '../../contracts/text.ts';
import { approvalText } from '../../locales/approval.ts';
import type { ApprovalView } from './approval-view.ts';
import { type Message, message, section } from './blocks.ts';
import { code, moment, person, prose } from './escape.ts';
import { approvalBlocks, remedyLine, stateLine } from './remedy.ts';

/** `reference`: see `remedyReference`; without it there is no button for the text to copy. */
export function approvalCard(view: ApprovalView, language: Language, reference?: string): Message {
  const place = [view.project, ...(view.location ? [view.location] : []), view.cluster]
    .map(part => code(part, 80))
    .join(' / ');
  const intro = `*${prose(view.headline, 400)}*\n${place} · ${approvalText.askedBy(person(view.requester))[language]}`;
  const text = [
    prose(view.headline, 300),
    `${approvalText.fix[language]} ${remedyLine(view.remedy, language)}`,
    stateLine(view, language),
  ];
  return message(text.join('\n'), [section(intro), ...approvalBlocks(view, language, reference)]);
}

/** For the requester and the other approvers: what was decided, and why. Mentions the requester, so that they notice. */
export function decisionNotice(view: ApprovalView, language: Language): Message {
  const line = `${person(view.requester)} ${stateLine(view, language)}`;
  return message(line, [section(`${line}\n${remedyLine(view.remedy, language)}`)]);
}

/** For the approvers, before nobody can approve it any more. */
export function reminder(view: ApprovalView, language: Language): Message {
  const line = approvalText.soonExpires(moment(view.expiresAt, 'date'))[language];
  return message(`${line} ${prose(view.headline, 300)}`, [
    section(`${line}\n*${prose(view.headline, 300)}*\n${remedyLine(view.remedy, language)}`),
  ]);
}
