// Short notices below the head of the window, where they cover neither new messages nor the composer. They appear above
// dialogs and disappear by themselves.

import { el } from './dom.js';
import { icon } from './icons.js';

const SHOWN_MS = 8000;
let region;

/** Shows a notice. `kind` is `info` or `error`. A text that is already shown is not shown again. */
export function toast(text, { kind = 'info', closeLabel = 'Close' } = {}) {
  region ??= document.body.appendChild(el('div', { class: 'toasts', role: 'status', popover: 'manual' }));
  // The top layer is ordered by opening time: reopening puts the notices above a dialog that was opened later.
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
