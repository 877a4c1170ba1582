/** The modal that takes an error text. Pure. */
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Language } from '../../contracts/text.ts';
import { modalText as words } from '../../locales/bot.ts';
import { answers, modal, Origin, textField } from './modal.ts';

export const EXPLAIN_VIEW = 'explain';
const FIELD = 'text';
const ViewMetadata = z.object({ origin: Origin });

export function explainModal(origin: Origin, language: Language): ModalView {
  return modal({
    callback: EXPLAIN_VIEW,
    title: words.explainTitle[language],
    submit: words.explain[language],
    close: words.close[language],
    metadata: { origin },
    blocks: [
      textField({
        name: FIELD,
        label: words.explainLabel[language],
        hint: words.explainHint[language],
        multiline: true,
        // Slack's own limit of a text input.
        maxLength: 3_000,
      }),
    ],
  });
}

export function readExplain(metadata: string, values: unknown): { origin: Origin; text: string } {
  const { origin } = ViewMetadata.parse(JSON.parse(metadata));
  return { origin, text: answers(values)[FIELD] ?? '' };
}
