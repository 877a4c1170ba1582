/** Modals: their frame, what they carry from opening to submission, what comes back. Pure. */
import type { InputBlock, KnownBlock, ModalView, PlainTextInput } from '@slack/types';
import { z } from 'zod';
import { LIMITS, plainText } from '../../slack/messages/blocks.ts';

/** Where the answer goes that a modal leads to; carried in `private_metadata` (3,000 characters). */
export const Origin = z.object({
  channel: z.string().optional(),
  messageTs: z.string().optional(),
  threadTs: z.string().optional(),
  /** Slack's view submissions have none of their own. */
  responseUrl: z.string().optional(),
});
export type Origin = z.infer<typeof Origin>;

const METADATA = 3_000;

/** @throws {RangeError} where it does not fit: callers carry short things only. */
export function carried(value: unknown): string {
  const text = JSON.stringify(value);
  if (text.length > METADATA)
    throw new RangeError(`A modal carries at most ${METADATA} characters, not ${text.length}`);
  return text;
}

export interface Modal {
  readonly callback: string;
  readonly title: string;
  readonly submit?: string;
  readonly close: string;
  readonly blocks: KnownBlock[];
  readonly metadata?: unknown;
}

export function modal({ callback, title, submit, close, blocks, metadata }: Modal): ModalView {
  return {
    type: 'modal',
    callback_id: callback,
    title: plainText(title, LIMITS.viewTitle),
    ...(submit && { submit: plainText(submit, LIMITS.viewTitle) }),
    close: plainText(close, LIMITS.viewTitle),
    private_metadata: metadata === undefined ? '' : carried(metadata),
    blocks: blocks.slice(0, LIMITS.viewBlocks),
  };
}

export interface Field {
  /** Block id and action id in one. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  readonly multiline?: boolean;
  readonly maxLength?: number;
  readonly initial?: string;
}

export function textField({
  name,
  label,
  hint,
  optional = false,
  multiline = false,
  maxLength,
  initial,
}: Field): InputBlock {
  const element: PlainTextInput = {
    type: 'plain_text_input',
    action_id: name,
    multiline,
    ...(maxLength && { max_length: maxLength }),
    ...(initial && { initial_value: initial }),
  };
  return {
    type: 'input',
    block_id: name,
    label: plainText(label, 200),
    optional,
    element,
    ...(hint && { hint: plainText(hint, 400) }),
  };
}

const Values = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      value: z.string().nullish(),
      selected_option: z.object({ value: z.string() }).nullish(),
      selected_options: z.array(z.object({ value: z.string() })).nullish(),
    }),
  ),
);

/** What was typed or chosen, by field; fields left empty are absent. `values`: `view.state.values`. */
export function answers(values: unknown): Partial<Record<string, string>> {
  const blocks = Values.safeParse(values).data ?? {};
  const entries = Object.entries(blocks).flatMap(([name, actions]) =>
    Object.values(actions).flatMap(({ value, selected_option, selected_options }) => {
      const given = value ?? selected_option?.value ?? selected_options?.[0]?.value;
      return given ? [[name, given.trim()] as const] : [];
    }),
  );
  return Object.fromEntries(entries.filter(([, given]) => given !== ''));
}
