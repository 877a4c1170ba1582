// The page: a frame with a sidebar, a pane, and optionally a thread and a modal. Everything is rendered from the store.

import { createChannelPane } from './panes/channel.js';
import { createHomePane } from './panes/home.js';
import { updateModal } from './panes/modal.js';
import { renderSidebar, sidebarSignature } from './panes/sidebar.js';
import { createThreadPane } from './panes/thread.js';
import { currentRoute, navigate } from './route.js';
import { startSession } from './session.js';
import { currentState, currentWorld, isDisconnected, subscribe } from './store.js';
import { el, reconcile } from './ui/dom.js';

const sidebar = el('div', { class: 'sidebar' });
const main = el('main', { class: 'main' });
const lost = el('div', { class: 'lost', role: 'status', hidden: true });
const frame = el('div', { class: 'frame' }, sidebar, main);

const PHONE = window.matchMedia('(max-width: 720px)');

/** Panes by key. They are rebuilt when the person, the place or the channel changes. */
const panes = { pane: undefined, thread: undefined };

function showPane(slot, key, build) {
  const isNew = panes[slot]?.key !== key;
  if (isNew) panes[slot] = key === undefined ? undefined : { key, ...build() };
  return isNew;
}

function render() {
  const state = currentState();
  const world = currentWorld();
  const { place, thread } = placeOf(state);
  const channel = state.channels.find(one => one.id === place);
  const me = world.me.id;
  frame.dataset.view = place === '' ? 'list' : thread ? 'thread' : 'pane';
  document.title = `${channel?.name ? `#${channel.name}` : 'gke-auth'} · ${world.team.name}`;

  const paneKey = channel || place === 'home' ? JSON.stringify([me, place, channel]) : undefined;
  const paneIsNew = showPane('pane', paneKey, () =>
    place === 'home' || channel.is_im
      ? createHomePane(place === 'home' ? 'home' : 'messages')
      : createChannelPane(channel),
  );
  const threadIsNew = showPane('thread', channel && thread ? JSON.stringify([me, place, thread]) : undefined, () =>
    createThreadPane(channel, thread),
  );

  reconcile(
    main,
    [panes.pane, panes.thread]
      .filter(Boolean)
      .map(pane => ({ key: pane.node.localName, signature: pane.key, build: () => pane.node })),
  );
  panes.pane?.update();
  panes.thread?.update();
  if (!PHONE.matches) {
    if (threadIsNew && panes.thread) panes.thread.focus();
    else if (paneIsNew) panes.pane?.focus?.();
  }

  reconcile(sidebar, [{ key: 'sidebar', signature: sidebarSignature(), build: renderSidebar }]);
  updateModal();
  lost.hidden = !isDisconnected();
  lost.textContent = world.t.offline;
}

/** The place in the address; the first channel where the address names nothing that the person can see. */
function placeOf(state) {
  const route = currentRoute();
  if (route.place === 'home' || state.channels.some(channel => channel.id === route.place)) return route;
  if (route.place === '' && PHONE.matches && location.hash !== '') return route;
  const mine = state.channels.filter(channel => channel.is_member !== false && !channel.is_im);
  const place = (mine[0] ?? state.channels[0])?.id ?? 'home';
  navigate(place, undefined, { replace: true });
  return { place };
}

// Esc closes the thread, unless something open above it handles the key.
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
  if (document.querySelector('dialog[open], [popover="auto"]:popover-open')) return;
  const { place, thread } = currentRoute();
  if (thread) navigate(place);
});

document.body.append(frame, lost);
subscribe(render);
PHONE.addEventListener('change', render);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && render());
await startSession().catch(error => {
  document.body.append(
    el(
      'p',
      { class: 'fatal', role: 'alert' },
      `The simulated Slack server does not answer (${error.message}). Start it again, then reload this page.`,
    ),
  );
});
