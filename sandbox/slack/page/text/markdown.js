// Parses the standard Markdown of the `markdown` block into the same tree as mrkdwn, with headings, lists, tables and rules.
// Source: https://docs.slack.dev/reference/block-kit/blocks/markdown-block

import { emoji } from './emoji.js';
import { isSafeUrl, literal, parseAngle } from './mrkdwn.js';

const FENCE = /^\s*(```|~~~)\s*([\w+-]*)\s*$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Parses a Markdown text into block nodes. */
export function parseMarkdown(text) {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const blocks = [];
  for (let i = 0; i < lines.length; ) {
    const [block, used] = nextBlock(lines, i);
    if (block) blocks.push(block);
    i += used;
  }
  return blocks;
}

function nextBlock(lines, i) {
  const line = lines[i];
  const fence = FENCE.exec(line);
  if (fence) return fenced(lines, i, fence[1]);
  if (line.trim() === '') return [undefined, 1];
  if (RULE.test(line)) return [{ type: 'rule' }, 1];
  const heading = HEADING.exec(line);
  if (heading) return [{ type: 'heading', level: heading[1].length, c: parseMarkdownInline(heading[2]) }, 1];
  if (/^\s*>/.test(line)) return quoted(lines, i);
  if (ITEM.test(line)) return list(lines, i);
  if (line.includes('|') && TABLE_RULE.test(lines[i + 1] ?? '')) return table(lines, i);
  const end = takeWhile(
    lines,
    i,
    l => l.trim() !== '' && !FENCE.test(l) && !HEADING.test(l) && !ITEM.test(l) && !/^\s*>/.test(l),
  );
  return [{ type: 'text', paragraph: true, c: parseMarkdownInline(lines.slice(i, end).join('\n')) }, end - i];
}

/** The first index after `start` whose line does not satisfy `test`. */
function takeWhile(lines, start, test) {
  let end = start + 1;
  while (end < lines.length && test(lines[end])) end += 1;
  return end;
}

function fenced(lines, i, mark) {
  const close = lines.findIndex((line, at) => at > i && line.trim() === mark);
  const end = close < 0 ? lines.length : close;
  return [{ type: 'pre', c: [{ type: 'text', text: lines.slice(i + 1, end).join('\n') }] }, end - i + 1];
}

function quoted(lines, i) {
  const end = takeWhile(lines, i, line => /^\s*>/.test(line));
  const inner = lines.slice(i, end).map(line => line.replace(/^\s*>\s?/, ''));
  return [{ type: 'quote', c: parseMarkdown(inner.join('\n')) }, end - i];
}

function list(lines, i) {
  const end = takeWhile(lines, i, line => ITEM.test(line) || /^\s{2,}\S/.test(line));
  const items = [];
  for (const line of lines.slice(i, end)) {
    const item = ITEM.exec(line);
    if (!item) items.at(-1).text += `\n${line.trim()}`;
    else
      items.push({
        depth: Math.floor(item[1].length / 2),
        mark: /\d/.test(item[2]) ? item[2].replace(')', '.') : '•',
        text: item[3],
      });
  }
  const c = items.map(({ text, ...item }) => ({ type: 'bullet', ...item, c: parseMarkdownInline(text) }));
  return [{ type: 'group', c }, end - i];
}

function table(lines, i) {
  const end = takeWhile(lines, i + 1, line => line.includes('|') && line.trim() !== '');
  const cells = line =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map(cell => parseMarkdownInline(cell.trim().replaceAll('\\|', '|')));
  return [{ type: 'table', head: cells(lines[i]), rows: lines.slice(i + 2, end).map(cells) }, end - i];
}

const INLINE = [
  [/^\\([\\`*_{}[\]()#+.!~|<>-])/, m => ({ type: 'text', text: m[1] })],
  [/^(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/, m => ({ type: 'code', c: literal(m[2]) })],
  [
    /^\[([^\]\n]*)\]\(([^)\s]+)(?:\s+"[^"]*")?\)/,
    m => isSafeUrl(m[2]) && { type: 'link', url: m[2], c: parseMarkdownInline(m[1]) },
  ],
  [/^<([^<>\n]+)>/, m => parseAngle(m[1])],
  [/^\*\*(?=\S)([\s\S]*?\S)\*\*/, m => ({ type: 'bold', c: parseMarkdownInline(m[1]) })],
  [/^__(?=\S)([\s\S]*?\S)__(?!\w)/, m => ({ type: 'bold', c: parseMarkdownInline(m[1]) })],
  [/^~~(?=\S)([\s\S]*?\S)~~/, m => ({ type: 'strike', c: parseMarkdownInline(m[1]) })],
  [/^\*(?=[^\s*])([\s\S]*?[^\s*])\*/, m => ({ type: 'italic', c: parseMarkdownInline(m[1]) })],
  [/^_(?=[^\s_])([\s\S]*?[^\s_])_(?!\w)/, m => ({ type: 'italic', c: parseMarkdownInline(m[1]) }), /\w$/],
  [/^:([a-z0-9_+-]+):/, m => emoji(m[1]) && { type: 'emoji', name: m[1] }],
  [
    /^https?:\/\/[^\s<>)\]]*[^\s<>)\].,;:!?'"]/,
    m => ({ type: 'link', url: m[0], c: [{ type: 'text', text: m[0] }] }),
    /\w$/,
  ],
];
const SPECIAL = /[\\`[<*_~:h]/;

/** Parses Markdown's inline syntax. Everything else is text. */
export function parseMarkdownInline(text) {
  const out = [];
  let plain = '';
  for (let i = 0; i < text.length; ) {
    const found = SPECIAL.test(text[i]) && matchInline(text.slice(i), text[i - 1] ?? '');
    if (found) {
      if (plain !== '') out.push({ type: 'text', text: plain });
      plain = '';
      out.push(found.node);
      i += found.length;
    } else {
      plain += text[i];
      i += 1;
    }
  }
  if (plain !== '') out.push({ type: 'text', text: plain });
  return out;
}

function matchInline(rest, before) {
  for (const [pattern, build, notAfter] of INLINE) {
    const match = notAfter?.test(before) ? null : pattern.exec(rest);
    const node = match && build(match);
    if (node) return { node, length: match[0].length };
  }
  return undefined;
}
