import { readFile } from 'node:fs/promises';
import { extname, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer } from './http.ts';

const folder = fileURLToPath(new URL('./page/', import.meta.url));

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** A file of the page; undefined for a missing file or a path outside the page's folder. */
export async function pageFile(path: string): Promise<Answer | undefined> {
  const relative = normalize(decodeURIComponent(path)).replace(/^[/\\]+/, '');
  const name = relative === '' ? 'index.html' : relative;
  const type = types[extname(name)];
  if (type === undefined || name.split(sep).includes('..')) return undefined;
  try {
    return {
      status: 200,
      body: await readFile(folder + name),
      type,
      headers: { 'cache-control': 'no-cache', 'x-frame-options': 'DENY' },
    };
  } catch {
    return undefined;
  }
}
