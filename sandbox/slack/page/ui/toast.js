// Short notices below the head of the window, where they hide neither messages that arrive nor the composer. They stand above dialogs, and go away by themselves.

import { el } from './dom.js';
import { icon } from './icons.js';

const SHOWN_MS = 8000;
let region;

/** Shows a notice. `kind` is `info` or `error`. The same text is not shown twice at a time. */
export function toast(text, { kind = 'info', closeLabel = 'Close' } = {}) {
  region ??= document.body.appendChild(el('div', { class: 'toasts', role: 'status', popover: 'manual' }));
  // The top layer is ordered by time of opening: open again to come before a dialog that opened since.
  if (region.matches(':popover-open')) region.hidePopover();
  region.showPopover();
  for (const shown of region.children) if (shown.dataset.text === text) shown.remove();
  const remove = () => {
    note.remove();
    if (region.childElementCount === 0 && region.matches(':popover-open')) region.hidePopover();
  };
  const note = el(
    'div',
    { class: `toast toast-${kind}`, data: { testid: 'toast', text } },
    el('span', { text }),
    el(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': closeLabel, on: { click: remove } },
      icon('close', 16),
    ),
  );
  region.append(note);
  setTimeout(remove, SHOWN_MS);
}
