/** Uploads files in two steps: send the bytes, then share the file (https://docs.slack.dev/messaging/working-with-files/). */
import type { WebClient } from '@slack/web-api';
import { callError, failureOf, repeatedCall, SlackRefusedError, SlackUnavailableError } from './answers.ts';
import { slackFetch } from './fetch.ts';

export interface Upload {
  readonly channel: string;
  readonly threadTs?: string;
  readonly name: string;
  readonly title: string;
  readonly content: string | Buffer;
  /** Text alternative of a picture. */
  readonly altText?: string;
}

/** Sends the bytes; the file isn't visible yet. @returns the file's id. */
export async function sendFile(client: WebClient, { name, content, altText }: Upload): Promise<string> {
  const bytes = Buffer.from(content);
  const target = await repeatedCall(() =>
    client.files.getUploadURLExternal({ filename: name, length: bytes.length, ...(altText && { alt_txt: altText }) }),
  ).catch(error => {
    throw callError('files.getUploadURLExternal', error);
  });
  const { upload_url: url, file_id: id } = target;
  if (!url || !id) throw new SlackRefusedError('files.getUploadURLExternal', 'no_url');
  const sent = await slackFetch(url, {
    method: 'POST',
    body: bytes,
    signal: AbortSignal.timeout(30_000),
  }).catch(error => {
    throw new SlackUnavailableError('the upload', error);
  });
  if (!sent.ok) throw new SlackUnavailableError('the upload', new Error(`HTTP ${sent.status}`));
  return id;
}

/** Shares the file in the thread. `isThere` is called after an ambiguous answer. */
export async function shareFile(
  client: WebClient,
  file: Upload,
  id: string,
  isThere: () => Promise<boolean>,
): Promise<void> {
  const thread = file.threadTs ? { thread_ts: file.threadTs } : {};
  try {
    await client.files.completeUploadExternal({
      files: [{ id, title: file.title }],
      channel_id: file.channel,
      ...thread,
    });
  } catch (error) {
    if (failureOf(error).kind === 'ambiguous' && (await isThere())) return;
    throw callError('files.completeUploadExternal', error);
  }
}
