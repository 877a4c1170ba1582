import { isObject, type JsonObject, listOf, objectsOf } from './json.ts';

/** A mention in a message. `auto`: Slack's parsing creates it, although the text does not use Slack's syntax. */
export type Mention = { type: 'channel' | 'here' | 'everyone' | 'user' | 'subteam'; id?: string; auto?: true };

/** A link in a message. `auto`: a bare URL that Slack turns into a link. */
export type Link = { url: string; label?: string; auto?: true };

type Markup = { mentions: Mention[]; links: Link[] };

const broadcasts = ['channel', 'here', 'everyone'] as const;
const angleBrackets = /<([^<>\n]+)>/g;
const code = /```[\s\S]*?```|`[^`\n]*`/g;
const bareUrl = /\bhttps?:\/\/[^\s<>|]+/g;
const bareBroadcast = /(?<![\w@])@(channel|here|everyone)\b/g;

/**
 * Finds the mentions and links that Slack creates from a message: in the top-level text, mrkdwn objects and rich_text
 * elements (https://docs.slack.dev/messaging/formatting-message-text). plain_text objects create none.
 */
export function findMarkup(text: string, blocks: JsonObject[] | undefined): Markup {
  const found: Markup = { mentions: [], links: [] };
  readMrkdwn(text, { names: false }, found);
  for (const block of blocks ?? []) readBlock(block, found);
  return found;
}

function readBlock(value: unknown, found: Markup): void {
  if (Array.isArray(value)) {
    for (const item of value) readBlock(item, found);
    return;
  }
  if (!isObject(value)) return;
  if (value.type === 'mrkdwn' && typeof value.text === 'string') {
    readMrkdwn(value.text, { names: value.verbatim !== true, urls: value.verbatim !== true }, found);
    return;
  }
  if (value.type === 'markdown' && typeof value.text === 'string') {
    readMarkdown(value.text, found);
    return;
  }
  readRichText(value, found);
  if (typeof value.url === 'string' && value.type === 'button') found.links.push({ url: value.url });
  for (const [key, child] of Object.entries(value)) {
    if (key !== 'metadata' && typeof child === 'object') readBlock(child, found);
  }
}

function readRichText(element: JsonObject, found: Markup): void {
  if (element.type === 'user' && typeof element.user_id === 'string') {
    found.mentions.push({ type: 'user', id: element.user_id });
  }
  if (element.type === 'usergroup' && typeof element.usergroup_id === 'string') {
    found.mentions.push({ type: 'subteam', id: element.usergroup_id });
  }
  const range = broadcasts.find(name => name === element.range);
  if (element.type === 'broadcast' && range) found.mentions.push({ type: range });
  if (element.type === 'link' && typeof element.url === 'string') {
    found.links.push({ url: element.url, ...(typeof element.text === 'string' ? { label: element.text } : {}) });
  }
}

function readMrkdwn(text: string, parse: { names: boolean; urls?: boolean }, found: Markup): void {
  for (const match of text.matchAll(angleBrackets)) readToken(match[1] ?? '', found);
  const bare = text.replace(angleBrackets, ' ').replace(code, ' ');
  if (parse.urls !== false) {
    for (const match of bare.matchAll(bareUrl)) found.links.push({ url: match[0], auto: true });
  }
  if (!parse.names) return;
  for (const match of bare.matchAll(bareBroadcast)) {
    const range = broadcasts.find(name => name === match[1]);
    if (range) found.mentions.push({ type: range, auto: true });
  }
}

/** Parses the inside of one `<…>`. */
function readToken(token: string, found: Markup): void {
  const [target = '', label] = token.split('|', 2);
  const range = broadcasts.find(name => target === `!${name}`);
  if (range) found.mentions.push({ type: range });
  else if (target.startsWith('!subteam^')) found.mentions.push({ type: 'subteam', id: target.slice(9) });
  else if (/^@[UW][A-Z0-9]+$/.test(target)) found.mentions.push({ type: 'user', id: target.slice(1) });
  else if (/^(https?|mailto|tel|slack):/.test(target)) found.links.push({ url: target, ...(label ? { label } : {}) });
}

function readMarkdown(text: string, found: Markup): void {
  for (const match of text.matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)) {
    found.links.push({ url: match[2] ?? '', label: match[1] ?? '' });
  }
  readMrkdwn(text.replace(/\]\([^)]*\)/g, ']'), { names: true }, found);
}

/** Escapes `&`, `<` and `>`, as Slack does with typed text. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** All action elements of a block, wherever a block may hold them. */
export function elementsOf(block: JsonObject): JsonObject[] {
  const single = [block.accessory, block.element].filter(isObject);
  const nested = objectsOf(block.child_blocks).flatMap(elementsOf);
  const cards = block.type === 'carousel' ? objectsOf(block.elements).flatMap(elementsOf) : objectsOf(block.elements);
  return [...single, ...cards, ...objectsOf(listOf(block.actions)), ...nested];
}
