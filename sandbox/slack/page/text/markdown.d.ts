import type { TextNode } from './mrkdwn.js';

export function parseMarkdown(text: string): TextNode[];
