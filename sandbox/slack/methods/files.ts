import { copyOf, type JsonObject, objectsOf, parseStructured, textOf } from '../json.ts';
import type { SlackFile } from '../model.ts';
import { app } from '../people.ts';
import { contentOf } from './content.ts';
import { type Call, joinedChannel, type Method, optional, required, SlackError } from './method.ts';

const types: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  json: 'application/json',
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
};

function getUploadUrl(call: Call): JsonObject {
  const { workspace, origin, now } = call.world;
  const name = required(call, 'filename');
  const size = Number(required(call, 'length'));
  if (!Number.isInteger(size) || size <= 0) throw new SlackError('invalid_arguments');
  const id = workspace.nextId('F');
  const filetype = name.includes('.') ? (name.split('.').at(-1) ?? '').toLowerCase() : 'binary';
  const alt = optional(call, 'alt_txt') ?? optional(call, 'alt_text');
  const file: SlackFile = {
    id,
    created: Math.floor(now() / 1000),
    name,
    title: name,
    mimetype: types[filetype] ?? 'application/octet-stream',
    filetype,
    size,
    user: app.botUser,
    ...(alt === undefined ? {} : { alt_txt: alt }),
    url_private: `${origin}/files-pri/${id}/${encodeURIComponent(name)}`,
    permalink: `${origin}/files/${app.botUser}/${id}/${encodeURIComponent(name)}`,
  };
  workspace.files.set(id, { file, bytes: Buffer.alloc(0), shared: false });
  return { upload_url: `${origin}/upload/v1/${id}`, file_id: id };
}

function completeUpload(call: Call): JsonObject {
  const { workspace } = call.world;
  const wanted = objectsOf(parseStructured(call.args.files));
  if (wanted.length === 0) throw new SlackError('invalid_arguments');
  const files = wanted.map(({ id, title }) => {
    const stored = workspace.files.get(textOf(id) ?? '');
    if (!stored || stored.bytes.length === 0) throw new SlackError('file_not_found');
    stored.shared = true;
    stored.file.title = textOf(title) ?? stored.file.title;
    return copyOf(stored.file);
  });
  if (optional(call, 'channel_id') === undefined) return { files };
  const channel = joinedChannel(call, 'channel_id');
  const threadTs = optional(call, 'thread_ts');
  const { blocks } = contentOf(call);
  workspace.post(channel.id, {
    ...workspace.author,
    text: optional(call, 'initial_comment') ?? '',
    ...(blocks ? { blocks: workspace.named(blocks) } : {}),
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    files,
  });
  return { files };
}

const scopes = ['files:write'];

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': { tier: 4, scopes, run: getUploadUrl },
  'files.completeUploadExternal': { tier: 4, scopes, run: completeUpload },
};
