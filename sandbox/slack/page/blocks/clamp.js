// Collapses long text, with a button that shows the rest, as Slack does.

import { el } from '../ui/dom.js';

const MAX_CHARACTERS = 1200;
const MAX_LINES = 24;

const isLong = text => text.length > MAX_CHARACTERS || text.split('\n').length > MAX_LINES;

/** Wraps `content` so that it can be expanded, if its `text` is long. */
export function clamp(content, text, t) {
  if (!isLong(text)) return content;
  const body = el('div', { class: 'clamped' }, content);
  const more = el('button', {
    type: 'button',
    class: 'link-button',
    'aria-expanded': 'false',
    text: t.seeMore,
    on: {
      click: () => {
        const open = body.classList.toggle('open');
        more.textContent = open ? t.seeLess : t.seeMore;
        more.setAttribute('aria-expanded', String(open));
      },
    },
  });
  return el('div', {}, body, more);
}
