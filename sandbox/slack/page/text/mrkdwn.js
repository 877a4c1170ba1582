// Parses Slack's mrkdwn into a tree. Without DOM, so that it can be tested in Node.js.
//
// Block nodes   {type: 'text' | 'bullet' | 'quote' | 'pre', c: Inline[]} (a quote's c are block nodes)
// Inline nodes  {type: 'text' | 'emoji' | 'bold' | 'italic' | 'strike' | 'code' | 'link' | 'user' | 'channel' | 'group' | 'broadcast' | 'date', …}
// Source: https://docs.slack.dev/messaging/formatting-message-text

import { emoji } from './emoji.js';

const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' };
const WORD = /[\p{L}\p{N}_]/u;
const ANGLE = /^<([^<>\n]+)>/;
const SHORTCODE = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/;
const URL_START = /^https?:\/\/[^\s<>]+/;
const BROADCAST = /^@(channel|here|everyone)\b/;
const SAFE_URL = /^(?:https?:\/\/|mailto:|tel:)/i;
const ENTITIES = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Replaces the three entities that Slack escapes. */
export const unescapeText = text => text.replace(/&(?:amp|lt|gt);/g, entity => ENTITIES[entity]);

/** Whether a link may be followed: http, https, mailto and tel only. */
export const isSafeUrl = url => SAFE_URL.test(url);

/**
 * Parses a whole mrkdwn text. With `verbatim` bare URLs stay text. With `names` a bare `@channel` is a mention, as in a
 * mrkdwn object that is not verbatim.
 */
export function parseMrkdwn(text, { verbatim = false, names = false } = {}) {
  const options = { verbatim, names };
  const blocks = [];
  const parts = text.split('```');
  for (const [index, part] of parts.entries()) {
    // Every second part is fenced. Text after an unclosed fence stays as typed.
    if (index % 2 === 0) parseLines(outside(part, index, parts.length), options, blocks);
    else if (index < parts.length - 1) blocks.push({ type: 'pre', c: literal(part.replace(/^\n|\n$/g, '')) });
    else parseLines(`\`\`\`${part}`, options, blocks);
  }
  return blocks;
}

/** A part outside fences, without the line breaks next to the fences. */
function outside(part, index, count) {
  const start = index > 0 ? part.replace(/^\n/, '') : part;
  return index < count - 2 ? start.replace(/\n$/, '') : start;
}

function parseLines(text, options, blocks) {
  if (text === '') return;
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const rest = /^(?:&gt;|>){3}\s?/.exec(lines[i]);
    if (rest) {
      const quoted = [lines[i].slice(rest[0].length), ...lines.slice(i + 1)];
      blocks.push({ type: 'quote', c: quoted.map(line => ({ type: 'text', c: parseInline(line, options) })) });
      return;
    }
    pushLine(lines[i], options, blocks);
  }
}

function pushLine(line, options, blocks) {
  const quote = /^(?:&gt;|>)\s?(.*)$/.exec(line);
  const last = blocks.at(-1);
  if (quote) {
    const child = { type: 'text', c: parseInline(quote[1], options) };
    if (last?.type === 'quote') last.c.push(child);
    else blocks.push({ type: 'quote', c: [child] });
    return;
  }
  const bullet = /^(\s*)([•◦▪]|-(?=\s)|\d{1,3}\.(?=\s))\s+(.*)$/.exec(line);
  const c = parseInline(bullet ? bullet[3] : line, options);
  if (bullet) blocks.push({ type: 'bullet', mark: bullet[2], depth: Math.floor(bullet[1].length / 2), c });
  else if (last?.type === 'text') last.c.push({ type: 'text', text: '\n' }, ...c);
  else blocks.push({ type: 'text', c });
}

/** Parses one line of mrkdwn into inline nodes. `active` holds the styles around it. */
export function parseInline(text, { verbatim = false, names = false, active = '' } = {}) {
  const out = [];
  const unclosed = new Set();
  let plain = '';
  const flush = () => {
    if (plain !== '') out.push({ type: 'text', text: unescapeText(plain) });
    plain = '';
  };
  const push = node => {
    flush();
    out.push(node);
  };
  for (let i = 0; i < text.length; ) {
    const rest = text.slice(i, i + 4000);
    const char = text[i];
    const angle = char === '<' && ANGLE.exec(rest);
    const node = angle && parseAngle(angle[1]);
    if (node) {
      push(node);
      i += angle[0].length;
      continue;
    }
    if (char === '`') {
      const end = text.indexOf('`', i + 1);
      if (end > i + 1) {
        push({ type: 'code', c: literal(text.slice(i + 1, end)) });
        i = end + 1;
        continue;
      }
    }
    if (char in STYLES && !active.includes(char) && !unclosed.has(char) && opens(text, i)) {
      const end = closer(text, i, char);
      if (end > 0) {
        push({
          type: STYLES[char],
          c: parseInline(text.slice(i + 1, end), { verbatim, names, active: active + char }),
        });
        i = end + 1;
        continue;
      }
      unclosed.add(char);
    }
    const shortcode = char === ':' && SHORTCODE.exec(rest);
    if (shortcode && emoji(shortcode[1])) {
      push({ type: 'emoji', name: shortcode[1] });
      i += shortcode[0].length;
      continue;
    }
    const url = !verbatim && char === 'h' && !WORD.test(text[i - 1] ?? '') && URL_START.exec(rest);
    if (url) {
      const trimmed = url[0].replace(/[.,:;!?)\]}'"*_~`]+$/, '');
      push({ type: 'link', url: unescapeText(trimmed), c: [{ type: 'text', text: unescapeText(trimmed) }] });
      i += trimmed.length;
      continue;
    }
    const broadcast = names && char === '@' && !/[\w@]/.test(text[i - 1] ?? '') && BROADCAST.exec(rest);
    if (broadcast) {
      push({ type: 'broadcast', range: broadcast[1] });
      i += broadcast[0].length;
      continue;
    }
    plain += char;
    i += 1;
  }
  flush();
  return out;
}

const opens = (text, i) => !WORD.test(text[i - 1] ?? ' ') && /\S/.test(text[i + 1] ?? ' ') && text[i + 1] !== text[i];

/** The index where the style that opens at `start` closes, or -1. Code spans and links are skipped. */
function closer(text, start, char) {
  for (let j = start + 1; j < text.length; j++) {
    if (text[j] === '`') {
      const end = text.indexOf('`', j + 1);
      if (end > 0) j = end;
    } else if (text[j] === '<') {
      j += (ANGLE.exec(text.slice(j, j + 4000))?.[0].length ?? 1) - 1;
    } else if (text[j] === char && j > start + 1 && /\S/.test(text[j - 1]) && !WORD.test(text[j + 1] ?? ' ')) {
      return j;
    }
  }
  return -1;
}

/**
 * Text in a code span or a fence. Slack resolves mentions and links there too, so an unescaped `<!channel>` notifies
 * everyone. Showing it as a mention makes this mistake visible.
 */
export function literal(text) {
  const out = [];
  for (const part of text.split(/(<[^<>\n]+>)/)) {
    const node = part.startsWith('<') && part.endsWith('>') && parseAngle(part.slice(1, -1));
    if (node) out.push(node);
    else if (part !== '') out.push({ type: 'text', text: unescapeText(part) });
  }
  return out;
}

/** Parses the text between `<` and `>`; `undefined` where Slack leaves it as text. */
export function parseAngle(inner) {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? undefined : unescapeText(inner.slice(bar + 1));
  const [sigil, id] = [target[0], target.slice(1)];
  if (sigil === '@' && /^[UW][A-Z0-9]+$/.test(id)) return { type: 'user', id, label };
  if (sigil === '#' && /^[CGD][A-Z0-9]+$/.test(id)) return { type: 'channel', id, label };
  if (sigil === '!') return parseSpecial(id, label);
  if (!isSafeUrl(target)) return undefined;
  const url = unescapeText(target);
  return { type: 'link', url, c: [{ type: 'text', text: label || url.replace(/^mailto:/, '') }] };
}

function parseSpecial(command, label) {
  const [name, ...args] = command.split('^');
  if (['here', 'channel', 'everyone'].includes(name)) return { type: 'broadcast', range: name };
  if (name === 'subteam') return { type: 'group', id: args[0] ?? '', label };
  if (name === 'date')
    return { type: 'date', ts: Number(args[0]), format: args[1] ?? '', url: args[2], fallback: label ?? '' };
  return label === undefined ? undefined : { type: 'text', text: label };
}
