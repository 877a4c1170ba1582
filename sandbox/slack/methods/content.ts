import { blocksTooLong, checkBlocks } from '../blockkit/blocks.ts';
import { isObject, type JsonObject, objectsOf, parseStructured } from '../json.ts';
import { type Call, optional, refuseProblems, SlackError } from './method.ts';

/** The content arguments of a message; undefined for one that is not given. */
export type Content = { text?: string; blocks?: JsonObject[]; attachments?: JsonObject[] };

/** Longer text is truncated, not rejected (https://docs.slack.dev/reference/methods/chat.postMessage). */
const maxText = 40_000;
const maxMarkdownText = 12_000;

/** Reads and checks text, blocks and attachments of a call (same page). Throws Slack's errors. */
export function contentOf(call: Call): Content {
  const markdown = optional(call, 'markdown_text');
  const text = optional(call, 'text') ?? markdown;
  const blocks = blocksOf(call.args.blocks);
  if (markdown !== undefined && (blocks || call.args.text !== undefined))
    throw new SlackError('markdown_text_conflict');
  if (markdown !== undefined && markdown.length > maxMarkdownText) throw new SlackError('msg_too_long');
  return { text: text?.slice(0, maxText), blocks, attachments: attachmentsOf(call.args.attachments) };
}

/** Whether there is nothing to show. */
export function isEmpty(content: Content): boolean {
  return !content.text && !content.blocks?.length && !content.attachments?.length;
}

function blocksOf(value: unknown): JsonObject[] | undefined {
  if (value === undefined || value === '') return undefined;
  const blocks = parseStructured(value);
  if (!Array.isArray(blocks)) throw new SlackError('invalid_blocks_format');
  refuseProblems(checkBlocks(blocks, 'message'), 'invalid_blocks');
  const objects = objectsOf(blocks);
  if (blocksTooLong(objects)) throw new SlackError('msg_blocks_too_long');
  return objects;
}

function attachmentsOf(value: unknown): JsonObject[] | undefined {
  if (value === undefined || value === '') return undefined;
  const attachments = parseStructured(value);
  if (!Array.isArray(attachments) || !attachments.every(isObject)) throw new SlackError('invalid_attachments');
  if (attachments.length > 100) throw new SlackError('too_many_attachments');
  for (const [index, attachment] of attachments.entries()) {
    const pointer = `/attachments/${index}/blocks`;
    if (attachment.blocks !== undefined) {
      refuseProblems(checkBlocks(attachment.blocks, 'message', pointer), 'invalid_blocks');
    }
  }
  return attachments;
}

/** Slack does not publish its limit; 8 kB is a choice of this simulator. */
const maxMetadataBytes = 8_000;

/** Reads and checks message metadata (https://docs.slack.dev/messaging/message-metadata). Undefined without the argument. */
export function metadataOf(value: unknown): JsonObject | undefined {
  if (value === undefined || value === '') return undefined;
  const metadata = parseStructured(value);
  if (!isObject(metadata)) throw new SlackError('invalid_metadata_format');
  if (Object.keys(metadata).length === 0) return {};
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== 'string' || type === '' || !isObject(payload)) throw new SlackError('invalid_metadata_schema');
  if (!Object.values(payload).every(value => isFlat(value) || isShallow(value))) {
    throw new SlackError('invalid_metadata_schema');
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxMetadataBytes) throw new SlackError('metadata_too_large');
  return metadata;
}

function isFlat(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** An object of flat values, or a list of flat values or of such objects. */
function isShallow(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(one => isFlat(one) || (isObject(one) && isShallow(one)));
  return isObject(value) && Object.values(value).every(isFlat);
}
