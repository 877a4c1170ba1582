/**
 * The chain as SVG, upright and narrow for a phone. Each link has its word and its own shape besides its colour: a whole one is a
 * line, a doubtful one dashed, an unknown one dotted, and a broken one is torn apart. Opaque, so that it reads on light and dark.
 */
import type { Language } from '../../contracts/text.ts';
import type { Box, Chain, Link } from './chain.ts';
import { type LinkState, STATES, TITLE, verdict } from './words.ts';

const WIDTH = 640;
const MARGIN = 28;
const HEAD = 96;
const BOX = 74;
const GAP = 70;
/** Where the chain's line runs. */
const LINE = 76;

const INK = '#0f172a';
const FADED = '#475569';
const FONT = "'Noto Sans CJK JP', 'Noto Sans JP', 'Hiragino Sans', 'Yu Gothic', Meiryo, sans-serif";

const COLORS: Readonly<Record<LinkState, { readonly line: string; readonly fill: string }>> = {
  whole: { line: '#15803d', fill: '#dcfce7' },
  doubtful: { line: '#b45309', fill: '#fef3c7' },
  broken: { line: '#b91c1c', fill: '#fee2e2' },
  unknown: { line: '#64748b', fill: '#f1f5f9' },
  unseen: { line: '#64748b', fill: '#f8fafc' },
};

export function drawChain(chain: Chain, language: Language, alt: string): string {
  const height = HEAD + chain.boxes.length * BOX + chain.links.length * GAP + MARGIN;
  const top = (index: number) => HEAD + index * (BOX + GAP);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(alt)}" font-family="${FONT}">`,
    `<title>${escaped(alt)}</title>`,
    `<rect x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14" fill="#ffffff" stroke="#cbd5e1" stroke-width="2"/>`,
    heading(chain, language),
    ...chain.links.map((link, index) => drawLink(link, top(index) + BOX, language)),
    ...chain.boxes.map((box, index) => drawBox(box, top(index), language)),
    '</svg>',
    '',
  ].join('\n');
}

function heading({ cluster, workload, links }: Chain, language: Language): string {
  const broken = links.filter(({ state }) => state === 'broken').length;
  const others = links.filter(({ state }) => state !== 'broken' && state !== 'whole').length;
  const color = broken > 0 ? COLORS.broken.line : others > 0 ? FADED : COLORS.whole.line;
  return [
    text(MARGIN, 42, 24, INK, cut(`${workload} · ${cluster}`, 44)),
    text(MARGIN, 72, 18, color, `${TITLE[language]}: ${verdict(broken, others)[language]}`),
  ].join('\n');
}

function drawBox({ label, value }: Box, y: number, language: Language): string {
  return [
    `<rect x="${MARGIN}" y="${y}" width="${WIDTH - 2 * MARGIN}" height="${BOX}" rx="10" fill="#f8fafc" stroke="#94a3b8" stroke-width="1.5"/>`,
    text(MARGIN + 20, y + 28, 16, FADED, label[language]),
    text(MARGIN + 20, y + 56, 20, INK, cut(value[language], 52)),
  ].join('\n');
}

function drawLink({ state, because }: Link, y: number, language: Language): string {
  const { line } = COLORS[state];
  const middle = y + GAP / 2;
  const why = cut(because.join(', '), 56);
  return [
    ...strokes(state, y),
    sign(state, middle),
    text(LINE + 44, middle + (why ? -3 : 7), 20, line, STATES[state][language]),
    ...(why ? [text(LINE + 44, middle + 20, 16, FADED, why)] : []),
  ].join('\n');
}

const DASHES: Readonly<Partial<Record<LinkState, string>>> = { doubtful: '9 6', unknown: '2 7', unseen: '2 7' };

function strokes(state: LinkState, y: number): string[] {
  const { line } = COLORS[state];
  const dash = DASHES[state];
  const style = `stroke="${line}" stroke-width="5"${dash ? ` stroke-dasharray="${dash}"` : ''}`;
  const stroke = (from: number, to: number) => `<path d="M${LINE} ${from}V${to}" ${style}/>`;
  // Torn apart: two stubs, and nothing between them but the sign.
  return state === 'broken' ? [stroke(y, y + 8), stroke(y + GAP - 8, y + GAP)] : [stroke(y, y + GAP)];
}

/** A tick, an exclamation mark in a triangle, a cross in a square, a question mark in a circle. */
function sign(state: LinkState, y: number): string {
  const { line, fill } = COLORS[state];
  const frame = `fill="${fill}" stroke="${line}" stroke-width="2.5"`;
  const pen = `fill="none" stroke="${line}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"`;
  const at = (path: string) => `<path d="${path}" transform="translate(${LINE} ${y})" ${pen}/>`;
  switch (state) {
    case 'whole':
      return `<circle cx="${LINE}" cy="${y}" r="17" ${frame}/>${at('M-8 1L-2 7L8 -6')}`;
    case 'doubtful':
      return `<path d="M0 -19L20 16H-20Z" transform="translate(${LINE} ${y})" stroke-linejoin="round" ${frame}/>${at('M0 -7V3M0 10V10.1')}`;
    case 'broken':
      return `<rect x="${LINE - 19}" y="${y - 19}" width="38" height="38" rx="4" ${frame}/>${at('M-9 -9L9 9M9 -9L-9 9')}`;
    case 'unknown':
      return `<circle cx="${LINE}" cy="${y}" r="17" ${frame}/>${at('M-5 -5A5 5 0 1 1 0 1V3M0 9V9.1')}`;
    case 'unseen':
      return `<circle cx="${LINE}" cy="${y}" r="13" ${frame}/>${at('M-5 0H5')}`;
  }
}

function text(x: number, y: number, size: number, color: string, content: string): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${color}">${escaped(content)}</text>`;
}

/** In the middle, because names differ at both ends. */
function cut(value: string, most: number): string {
  if (value.length <= most) return value;
  const half = (most - 1) / 2;
  return `${value.slice(0, Math.ceil(half))}…${value.slice(value.length - Math.floor(half))}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Names of Google Cloud and Kubernetes are ASCII; what an annotation holds instead may be anything. */
function escaped(value: string): string {
  const visible = value.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return visible.replace(/[&<>"]/g, character => ENTITIES[character] ?? character);
}
