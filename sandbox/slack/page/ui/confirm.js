// The confirm dialog of a Block Kit element.

import { renderTextObject } from '../text/render.js';
import { el } from './dom.js';
import { icon } from './icons.js';

/** Shows the dialog. Resolves to whether the person confirms; Esc, the cross and the deny button decline. */
export function confirmDialog(confirm, world) {
  const { promise, resolve } = Promise.withResolvers();
  const dialog = el(
    'dialog',
    { class: 'dialog confirm', 'aria-labelledby': 'confirm-title', data: { testid: 'confirm' } },
    el(
      'header',
      { class: 'dialog-head' },
      el('h1', { id: 'confirm-title' }, renderTextObject(confirm.title, world)),
      el(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': world.t.close, on: { click: () => dialog.close() } },
        icon('close'),
      ),
    ),
    el('div', { class: 'dialog-body' }, renderTextObject(confirm.text, world)),
    el(
      'footer',
      { class: 'dialog-foot' },
      el(
        'button',
        { type: 'button', class: 'button', data: { testid: 'confirm-deny' }, on: { click: () => dialog.close() } },
        renderTextObject(confirm.deny, world) ?? world.t.cancel,
      ),
      el(
        'button',
        {
          type: 'button',
          class: ['button', confirm.style === 'danger' ? 'danger' : 'primary'],
          autofocus: true,
          data: { testid: 'confirm-accept' },
          on: { click: () => dialog.close('accepted') },
        },
        renderTextObject(confirm.confirm, world) ?? world.t.yes,
      ),
    ),
  );
  dialog.addEventListener('close', () => {
    resolve(dialog.returnValue === 'accepted');
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
