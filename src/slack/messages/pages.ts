/** Puts several messages into one, as many as Slack takes: fewer calls, and one thread that reads well. Pure. */
import { divider, LIMITS, type Message, message } from './blocks.ts';

/**
 * Slack refuses a message whose blocks are too long together (msg_blocks_too_long) at about 13,200 characters, containers
 * included (https://github.com/slackapi/bolt-js/issues/2509, https://github.com/slackapi/bolt-js/issues/2867). A card may
 * still grow when it is decided, so pages stay well below.
 */
const LONGEST = 9_500;
const BLOCK_COSTS = 80;
/** A card may get another block when it is decided. */
const BLOCKS = LIMITS.blocks - 6;

/** How many of these messages fit on each page, in their order. */
export function pageSizes(messages: readonly Message[]): number[] {
  const sizes: number[] = [];
  let blocks = 0;
  let length = 0;
  for (const one of messages) {
    const more = one.blocks.length + 1;
    const longer = textLength(one.blocks) + BLOCK_COSTS * more;
    const fits = sizes.length > 0 && blocks + more <= BLOCKS && length + longer <= LONGEST;
    if (fits) sizes[sizes.length - 1] = (sizes.at(-1) ?? 0) + 1;
    else sizes.push(1);
    blocks = fits ? blocks + more : more;
    length = fits ? length + longer : longer;
  }
  return sizes;
}

/** The items of one page; beyond the last page that has a size, each has one of its own. */
export function onPage<Item>(items: readonly Item[], sizes: readonly number[], page: number): Item[] {
  const start = sizes.slice(0, page).reduce((sum, size) => sum + size, 0) + Math.max(0, page - sizes.length);
  return items.slice(start, start + (sizes[page] ?? 1));
}

/** The page that holds the item at this place of the list. */
export function pageOf(index: number, sizes: readonly number[]): number {
  let end = 0;
  const page = sizes.findIndex(size => {
    end += size;
    return index < end;
  });
  return page === -1 ? sizes.length + index - end : page;
}

export function joined(messages: readonly Message[]): Message {
  const text = messages.map(one => one.text).join('\n');
  return message(
    text,
    messages.flatMap((one, i) => (i === 0 ? one.blocks : [divider(), ...one.blocks])),
  );
}

/** Characters of all texts in it. */
function textLength(value: unknown): number {
  if (typeof value === 'string') return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + textLength(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [name, one]) => sum + (name === 'text' && typeof one === 'string' ? one.length : textLength(one)),
    0,
  );
}
