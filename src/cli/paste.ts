/** A paste from standard input, however much there is of it. */
import type { Readable } from 'node:stream';

/** What is kept of both ends (bytes): far more than a recogniser reads. */
const END = 512 * 1024;
/** Where reading stops (bytes): what never ends is answered all the same. */
const MOST = 64 * 1024 * 1024;

/** The text of a stream; of a long one its beginning and its end, with a line break between. Bytes that are no UTF-8 become �. */
export async function readPaste(input: Readable): Promise<string> {
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  let kept = 0;
  let behind = 0;
  let read = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    read += bytes.length;
    if (kept < END) {
      head.push(bytes);
      kept += bytes.length;
    } else {
      tail.push(bytes);
      behind += bytes.length;
      while (behind - (tail[0]?.length ?? 0) >= END) behind -= tail.shift()?.length ?? 0;
    }
    if (read >= MOST) break;
  }
  const texts = [Buffer.concat(head), Buffer.concat(tail)].map(part => part.toString('utf8'));
  return read > kept + behind ? texts.join('\n') : texts.join('');
}
