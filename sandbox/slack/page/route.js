// The place in the address: `?user=U…#/C…`, `#/C…/thread/TS`, `#/home`, and `#/` for the list of channels on a phone.

import { requestRender } from './store.js';
import { hrefOf } from './ui/href.js';

/** {place: channel id, 'home' or '', thread?: ts} */
export function currentRoute() {
  const [place = '', kind, thread] = location.hash.replace(/^#\/?/, '').split('/');
  return kind === 'thread' && thread ? { place, thread } : { place };
}

/** The person in the address, if any. */
export const routeUser = () => new URLSearchParams(location.search).get('user') ?? undefined;

/** Goes to a place. `replace` adds no entry to the browser's history. */
export function navigate(place, thread, { replace = false } = {}) {
  const href = hrefOf(place, thread);
  if (href === location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  requestRender();
}

/** Puts the person into the address, so that a reload or a shared link keeps them. */
export function setRouteUser(user) {
  history.replaceState(null, '', `?user=${encodeURIComponent(user)}${location.hash}`);
}

window.addEventListener('popstate', requestRender);
window.addEventListener('hashchange', requestRender);
