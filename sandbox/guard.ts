/**
 * Who may call the sandbox's pages and control routes. A browser sends `Host`, `Origin` and `Sec-Fetch-Site`
 * (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site), so a page of another site, also one whose
 * name was rebound to 127.0.0.1, is told apart. Programs that are no browsers send neither of the last two and need only the
 * loopback host.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const COOKIE = 'gke-auth-sandbox';

/** Why a request is refused; undefined where it is not. */
export function refusalOf({ headers, socket }: IncomingMessage): string | undefined {
  const port = socket.localPort;
  const hosts = LOOPBACK.map(host => `${host}:${port}`);
  if (!hosts.includes(headers.host ?? '')) return 'the Host header names another server';
  if (headers.origin !== undefined && !hosts.some(host => headers.origin === `http://${host}`)) {
    return 'the request comes from a page of another origin';
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'the request comes from another site';
  return undefined;
}

/** Whether a browser sent it: programs send neither header. */
export function isFromBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}

/** Whether the browser has opened the page with the token of this start, or does so now. */
export function hasToken({ headers }: IncomingMessage, url: URL, token: string): 'now' | 'before' | undefined {
  if (same(url.searchParams.get('token') ?? '', token)) return 'now';
  const cookies = (headers.cookie ?? '').split(/;\s*/);
  return cookies.some(cookie => same(cookie, `${COOKIE}=${token}`)) ? 'before' : undefined;
}

/** Remembers the token in the browser for as long as it is open; no other site can make it send it. */
export const cookieOf = (token: string): string => `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/`;

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

export const TOKEN_NEEDED =
  '<!doctype html><meta charset="utf-8"><title>gke-auth sandbox</title><body style="font:16px sans-serif;margin:3em">' +
  '<p>Open the link that <code>npm start</code> printed: it contains the token of this start.</p>' +
  '<p lang="ja"><code>npm start</code> が表示したリンクを開いてください。今回の起動用のトークンが含まれています。</p>';
