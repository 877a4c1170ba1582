/** The modals of an approval: the reason to deny or revoke, and what a disruptive change interrupts. Pure. */
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Language } from '../../contracts/text.ts';
import { confirmText, approvalText as words } from '../../locales/approval.ts';
import type { ApprovalView } from '../../slack/messages/approval-view.ts';
import { context, preformatted, section } from '../../slack/messages/blocks.ts';
import { code, prose } from '../../slack/messages/escape.ts';
import { remedySection } from '../../slack/messages/remedy.ts';
import { modal, Origin, textField } from './modal.ts';

export const DENY_VIEW = 'deny';
export const REVOKE_VIEW = 'revoke';
export const APPROVE_VIEW = 'approve';
export const REASON_FIELD = 'reason';
export const REASON_MAX = 300;

const ViewMetadata = z.object({ approval: z.string(), origin: Origin });
export const readDecision = (metadata: string) => ViewMetadata.parse(JSON.parse(metadata));

/** `approval`: whatever the button carried; it is looked up when the modal is submitted. */
export function reasonModal(
  decision: 'deny' | 'revoke',
  approval: string,
  origin: Origin,
  language: Language,
): ModalView {
  const title = decision === 'deny' ? words.denyTitle : words.revokeTitle;
  const submit = decision === 'deny' ? words.deny : words.revoke;
  return modal({
    callback: decision === 'deny' ? DENY_VIEW : REVOKE_VIEW,
    title: title[language],
    submit: submit[language],
    close: words.close[language],
    metadata: { approval: approval.slice(0, 200), origin },
    blocks: [
      textField({
        name: REASON_FIELD,
        label: words.reason[language],
        hint: words.reasonHint[language],
        multiline: true,
        maxLength: REASON_MAX,
      }),
    ],
  });
}

const COMMAND_SHOWN = 2_800;

/** Says what restarts, and asks for a tick before it can be submitted. */
export function disruptiveModal(view: ApprovalView, origin: Origin, language: Language): ModalView {
  const tick = words.understood[language];
  return modal({
    callback: APPROVE_VIEW,
    title: words.approveTitle[language],
    submit: words.approve[language],
    close: words.close[language],
    metadata: { approval: view.id, origin },
    blocks: [
      section(`*${prose(view.headline, 300)}*\n${code(view.project)} / ${code(view.cluster)}`),
      remedySection(view.remedy, language, view.grantMs),
      preformatted(view.remedy.command.slice(0, COMMAND_SHOWN)),
      ...(view.quorum > 1 ? [context(confirmText.quorum(view.quorum)[language])] : []),
      {
        type: 'input',
        block_id: 'understood',
        label: { type: 'plain_text', text: words.approveTitle[language] },
        element: {
          type: 'checkboxes',
          action_id: 'understood',
          options: [{ text: { type: 'plain_text', text: tick }, value: 'yes' }],
        },
      },
    ],
  });
}
