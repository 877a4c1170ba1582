// Modals: a stack of views. The top one is shown.

import { postAsMe, surfaceOf, tryRequest } from '../act.js';
import { ApiError } from '../api.js';
import { renderBlocks } from '../blocks/index.js';
import { currentState, currentWorld, reload } from '../store.js';
import { renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { validate } from './validate.js';

/** Entered values by view id. They are kept when the stack goes back, and after updates. */
const entered = new Map();

let dialog;
let shown;

/** Shows the top view of the stack, or nothing. */
export function updateModal() {
  const { views } = currentState();
  const view = views.at(-1);
  const signature =
    view && JSON.stringify([view.id, view.hash, view.blocks, view.title, view.submit, view.close, views.length]);
  if (signature === shown) return;
  shown = signature;
  for (const id of entered.keys()) if (!views.some(one => one.id === id)) entered.delete(id);
  if (!view) {
    dialog?.close();
    dialog?.remove();
    dialog = undefined;
    return;
  }
  if (!dialog) {
    dialog = document.body.appendChild(
      el('dialog', { class: 'dialog modal', 'aria-labelledby': 'modal-title', data: { testid: 'modal' } }),
    );
    // The server decides which views close. Esc does the same as the close button.
    dialog.addEventListener('cancel', event => {
      event.preventDefault();
      dialog.querySelector('[data-testid="modal-close"]')?.click();
    });
  }
  const focused = dialog.contains(document.activeElement) ? document.activeElement.dataset.testid : undefined;
  dialog.replaceChildren(...viewContent(view));
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector('.dialog-body :is(input, textarea, select, [role=combobox])');
  const again = focused && [...dialog.querySelectorAll('[data-testid]')].find(node => node.dataset.testid === focused);
  (
    again ??
    dialog.querySelector('[autofocus]') ??
    first ??
    dialog.querySelector('[data-testid="modal-submit"]')
  )?.focus();
}

function viewContent(view) {
  const { t } = currentWorld();
  const surface = surfaceOf({ view_id: view.id }, entered.get(view.id));
  entered.set(view.id, surface.values);
  const body = el('div', { class: 'dialog-body' });
  surface.clearError = blockId => showErrors(body, { [blockId]: '' });
  body.append(...renderBlocks(view.blocks, surface));
  const stop = () => leave(view);
  const needsSubmit = view.submit ?? view.blocks.some(block => block.type === 'input');
  const submit =
    needsSubmit &&
    el(
      'button',
      { type: 'submit', class: 'button primary', data: { testid: 'modal-submit' } },
      el('span', { class: 'button-text' }, renderTextObject(view.submit, surface.world) ?? t.submit),
    );
  const notice = el('div', { class: 'modal-notice', role: 'alert', data: { testid: 'modal-notice' } });
  const form = el(
    'form',
    {
      class: 'modal-form',
      novalidate: true,
      on: { submit: event => onSubmit(event, { view, surface, body, submit, notice }) },
    },
    body,
    notice,
    el(
      'footer',
      { class: 'dialog-foot' },
      el(
        'button',
        { type: 'button', class: 'button', data: { testid: 'modal-close' }, on: { click: stop } },
        renderTextObject(view.close, surface.world) ?? (submit ? t.cancel : t.close),
      ),
      submit,
    ),
  );
  const head = el(
    'header',
    { class: 'dialog-head' },
    view.previous_view_id &&
      el('button', { type: 'button', class: 'icon-button', 'aria-label': t.back, on: { click: stop } }, icon('back')),
    el('h1', { id: 'modal-title' }, renderTextObject(view.title, surface.world)),
    el('button', { type: 'button', class: 'icon-button', 'aria-label': t.close, on: { click: stop } }, icon('close')),
  );
  return [head, form];
}

/** Shows a notice of the server in the open modal; `false` where none is open. */
export function noticeInModal(text) {
  const place = dialog?.querySelector('.modal-notice');
  if (place) place.textContent = text;
  return Boolean(place);
}

async function leave(view) {
  await tryRequest(() => postAsMe('close', { view_id: view.id }));
  await reload();
}

function showErrors(body, errors) {
  for (const [blockId, message] of Object.entries(errors)) {
    const block = [...body.children].find(node => node.dataset.blockId === blockId);
    const place = block?.querySelector('.input-error');
    if (!place) continue;
    place.textContent = message;
    block.classList.toggle('invalid', message !== '');
  }
}

/** Submits the entered values. The server closes or changes the view; only errors are handled here. */
async function onSubmit(event, { view, surface, body, submit, notice }) {
  event.preventDefault();
  if (!submit || submit.disabled) return;
  const wrong = validate(view.blocks, surface.values, surface.world.t);
  showErrors(body, wrong);
  if (Object.keys(wrong).length > 0) return focusFirst(body);
  submit.disabled = true;
  submit.setAttribute('aria-busy', 'true');
  notice.textContent = '';
  try {
    const answer = await postAsMe('submit', { view_id: view.id, values: surface.values });
    if (answer.errors) showErrors(body, answer.errors);
    else await reload();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.body.errors) showErrors(body, error.body.errors);
    else notice.textContent = surface.world.t.submitFailed;
  } finally {
    submit.disabled = false;
    submit.removeAttribute('aria-busy');
  }
  return focusFirst(body);
}

const focusFirst = body => body.querySelector('.invalid :is(input, textarea, [role=combobox])')?.focus();
