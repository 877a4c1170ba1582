// The pane of the app: its Home tab and its direct messages.

import { postAsMe, surfaceOf } from '../act.js';
import { renderBlocks } from '../blocks/index.js';
import { navigate } from '../route.js';
import { currentState, currentWorld } from '../store.js';
import { el, reconcile } from '../ui/dom.js';
import { hrefOf } from '../ui/href.js';
import { fullName, userAvatar } from '../ui/people.js';
import { paneHead, updateMessages } from './channel.js';
import { createComposer } from './composer.js';
import { createList } from './list.js';
import { appChannel, appUser } from './sidebar.js';

/** Builds the app's pane with `tab` `home` or `messages`; `update()` brings it up to date. */
export function createHomePane(tab) {
  const { t } = currentWorld();
  const app = appUser(currentState());
  const direct = appChannel(currentState());
  const tabLink = (name, href) =>
    el('a', {
      role: 'tab',
      class: 'tab',
      href,
      'aria-selected': String(tab === name),
      data: { testid: `tab:${name}` },
      text: t[name],
    });
  const head = el(
    'div',
    { class: 'pane-title' },
    el(
      'h1',
      {},
      userAvatar(app, 24),
      el('span', { text: fullName(app) }),
      el('span', { class: 'app-badge', text: t.app }),
    ),
  );
  const tabs = el('div', { class: 'tabs', role: 'tablist' });
  // The server creates the direct message when the app's pane is first opened.
  const updateTabs = () => {
    const links = [
      ['home', 'home'],
      ['messages', appChannel(currentState())?.id],
    ].filter(([, place]) => place);
    reconcile(
      tabs,
      links.map(([name, place]) => ({ key: name, signature: place, build: () => tabLink(name, hrefOf(place)) })),
    );
  };
  const body = tab === 'home' ? homeBody() : directBody(direct);
  // As in Slack, there is no error message when the app can't be reached.
  if (tab === 'home') void postAsMe('home', {}).catch(() => {});
  return {
    node: el(
      'section',
      { class: 'pane', 'aria-label': fullName(app) },
      paneHead(head, () => navigate('')),
      tabs,
      body.nodes,
    ),
    update() {
      updateTabs();
      body.update();
    },
  };
}

function homeBody() {
  const area = el('div', { class: 'home', role: 'tabpanel', data: { testid: 'home' } });
  let values;
  return {
    nodes: [el('div', { class: 'scroller home-scroller' }, area)],
    update() {
      const { home } = currentState();
      const { t } = currentWorld();
      const build = () => {
        if (!home) return el('p', { class: 'home-empty', text: t.homeEmpty });
        const surface = surfaceOf({ view_id: home.id }, values);
        values = surface.values;
        return el('div', {}, renderBlocks(home.blocks, surface));
      };
      reconcile(area, [{ key: home?.id ?? 'empty', signature: JSON.stringify(home ?? null), build }]);
    },
  };
}

function directBody(direct) {
  const { t } = currentWorld();
  const app = fullName(appUser(currentState()));
  const list = createList({ label: app, empty: el('div', { class: 'channel-intro' }, el('h2', { text: app })) });
  const composer = createComposer({ channel: direct.id, placeholder: t.messageTo(app), onSent: () => list.toEnd() });
  return { nodes: [list.node, composer.node], update: () => updateMessages(list, direct.id) };
}
