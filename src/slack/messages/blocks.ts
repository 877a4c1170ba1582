/** Typed blocks of Slack's Block Kit, with its limits (docs.slack.dev "Block Kit reference") held in one place. */
import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
} from '@slack/types';
import { oneLine } from './escape.ts';

/** A message for Slack. `text` is what notifications and screen readers show. */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
  /** The whole of what the blocks had to shorten; uploaded beside the message. */
  readonly file?: TextFile;
}

export interface TextFile {
  readonly name: string;
  readonly title: string;
  readonly content: string;
}

export const LIMITS = {
  blocks: 50,
  viewBlocks: 100,
  section: 3000,
  header: 150,
  button: 75,
  buttonValue: 2000,
  contextElements: 10,
  context: 2000,
  text: 3900,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  viewTitle: 24,
  optionText: 75,
  placeholder: 150,
  preformatted: 2900,
} as const;

/** Cuts mrkdwn that we made, at a line where it can, so that no span or entity is cut in two. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const lines = text.split('\n');
  while (lines.length > 1 && lines.join('\n').length > max - 2) lines.pop();
  const kept = lines.join('\n');
  if (kept.length <= max - 2) return `${kept}\n…`;
  // One very long line: up to a blank, outside of any `code`, `&entity;` or `<mention>`.
  const blank = kept.lastIndexOf(' ', max - 4);
  let head = blank > 0 ? kept.slice(0, blank) : '';
  if (head.lastIndexOf('<') > head.lastIndexOf('>')) head = head.slice(0, head.lastIndexOf('<'));
  if ((head.split('`').length - 1) % 2 === 1) head = head.slice(0, head.lastIndexOf('`'));
  if ((head.split('*').length - 1) % 2 === 1) head = `${head}*`;
  return `${head} …`.trim();
}

export const plainText = (text: string, max: number): PlainTextElement => ({
  type: 'plain_text',
  text: oneLine(text, max),
  emoji: true,
});

export const mrkdwn = (text: string, max: number = LIMITS.section): MrkdwnElement => ({
  type: 'mrkdwn',
  text: shorten(text, max),
  // Without this Slack would turn `#name`, `@name` and addresses inside values into links.
  verbatim: true,
});

export const section = (text: string, accessory?: SectionBlock['accessory']): SectionBlock => ({
  type: 'section',
  text: mrkdwn(text === '' ? ' ' : text),
  ...(accessory && { accessory }),
});

export const header = (text: string): HeaderBlock => ({ type: 'header', text: plainText(text, LIMITS.header) });

export const divider = (): DividerBlock => ({ type: 'divider' });

export const context = (...texts: readonly string[]): ContextBlock => ({
  type: 'context',
  elements: texts.slice(0, LIMITS.contextElements).map(text => mrkdwn(text, LIMITS.context)),
});

export const actions = (...elements: ActionsBlock['elements']): ActionsBlock => ({ type: 'actions', elements });

/** Text to copy, exactly as it is; Slack formats nothing in it. Longer text belongs into a file. */
export const preformatted = (text: string): RichTextBlock => ({
  type: 'rich_text',
  elements: [
    { type: 'rich_text_preformatted', elements: [{ type: 'text', text: text.slice(0, LIMITS.preformatted) || ' ' }] },
  ],
});

export interface ButtonSpec {
  readonly action: string;
  readonly label: string;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: ConfirmationDialog;
  /** What a screen reader says where the label alone is ambiguous. At most 75 characters. */
  readonly accessibilityLabel?: string;
}

export const button = ({ action, label, value, style, confirm, accessibilityLabel }: ButtonSpec): Button => ({
  type: 'button',
  action_id: action,
  text: plainText(label, LIMITS.button),
  value: value.slice(0, LIMITS.buttonValue),
  ...(style && { style }),
  ...(confirm && { confirm }),
  ...(accessibilityLabel && { accessibility_label: oneLine(accessibilityLabel, LIMITS.button) }),
});

export interface ConfirmSpec {
  readonly title: string;
  /** mrkdwn */
  readonly text: string;
  readonly yes: string;
  readonly no: string;
}

export const confirmation = ({ title, text, yes, no }: ConfirmSpec): ConfirmationDialog => ({
  title: plainText(title, LIMITS.confirmTitle),
  text: mrkdwn(text, LIMITS.confirmText),
  confirm: plainText(yes, LIMITS.confirmButton),
  deny: plainText(no, LIMITS.confirmButton),
});

/** The message, held to what one message may carry. */
export function message(text: string, blocks: KnownBlock[], file?: TextFile): Message {
  return { text: shorten(text, LIMITS.text), blocks: blocks.slice(0, LIMITS.blocks), ...(file && { file }) };
}
