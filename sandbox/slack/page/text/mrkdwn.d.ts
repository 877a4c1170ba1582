/** A node of the tree; which fields it has depends on its type (see mrkdwn.js). */
export type TextNode = {
  type: string;
  c?: TextNode[];
  text?: string;
  url?: string;
  id?: string;
  label?: string;
  name?: string;
  range?: string;
  ts?: number;
  format?: string;
  fallback?: string;
  level?: number;
  depth?: number;
  mark?: string;
  head?: TextNode[][];
  rows?: TextNode[][][];
};

export type ParseOptions = { verbatim?: boolean; names?: boolean };

export function parseMrkdwn(text: string, options?: ParseOptions): TextNode[];
export function parseInline(text: string, options?: ParseOptions): TextNode[];
export function isSafeUrl(url: string): boolean;
export function unescapeText(text: string): string;
