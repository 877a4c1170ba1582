import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type JsonObject, parseJson } from './json.ts';

const maxBodyBytes = 16 * 1024 * 1024;

/** The answer to an HTTP request. `hang` never answers, `drop` closes the connection. */
export type Answer =
  | { status: number; headers?: Record<string, string>; body: string | Buffer; type?: string }
  | 'hang'
  | 'drop';

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: JSON.stringify(body), type: 'application/json; charset=utf-8' };
}

/** The whole body of a request. Throws where it is larger than 16 MB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBodyBytes) throw new Error('request body too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Query and body as one set of arguments. Values of a form are strings; values of a JSON body keep their types. */
export async function readArguments(request: IncomingMessage, url: URL, body: Buffer): Promise<JsonObject> {
  const query = Object.fromEntries(url.searchParams);
  if (body.length === 0) return query;
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) {
    const parsed = parseJson(body.toString('utf8'));
    return isObject(parsed) ? { ...query, ...parsed } : query;
  }
  if (type.startsWith('multipart/form-data')) return { ...query, ...(await readForm(type, body)) };
  return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) };
}

/** A multipart form; files become Buffers. */
export async function readForm(type: string, body: Buffer): Promise<JsonObject> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const fields: JsonObject = {};
  for (const [name, value] of form) {
    fields[name] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer());
  }
  return fields;
}

/** Sends an answer. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (answer === 'hang') return;
  if (answer === 'drop') {
    request.socket.destroy();
    return;
  }
  response.writeHead(answer.status, { ...(answer.type ? { 'content-type': answer.type } : {}), ...answer.headers });
  response.end(answer.body);
}
