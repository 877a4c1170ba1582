/** Messages as a reader sees them, for snapshots. */
import type { Message } from '../../src/slack/messages/blocks.ts';

/** Text block after block, buttons in brackets. */
export function read(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(read);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text, ...rest } = value as { type?: string; text?: unknown };
  if (type === 'button') return [`[${read(text).join('')}]`];
  if (typeof text === 'string') return [text];
  return [...read(text), ...read(Object.values(rest))];
}

export const seen = (message: Message): string =>
  [`text: ${message.text}`, ...message.blocks.map(block => read(block).join('\n    '))].join('\n');
