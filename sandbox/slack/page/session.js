// The current person of the page.

import { isMissingAnswer } from './act.js';
import { noticeInModal } from './panes/modal.js';
import { routeUser, setRouteUser } from './route.js';
import { currentWorld, requestRender, showAs } from './store.js';
import { toast } from './ui/toast.js';

const KEY = 'gke-auth-sandbox-person';

/** The person in the address, else the last one of this browser tab, else undefined: the server chooses. */
function rememberedPerson() {
  try {
    return routeUser() ?? sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return routeUser();
  }
}

function showNotice(notice) {
  const { t } = currentWorld();
  if (notice.error ? noticeInModal(t.submitFailed) : noticeInModal(notice.text)) return;
  toast(isMissingAnswer(notice.error) ? t.notResponding : notice.text, {
    kind: notice.level ?? 'info',
    closeLabel: t.close,
  });
}

/** Switches to `userId`: the page then shows what that person sees. */
export async function switchPerson(userId) {
  await showAs(userId, showNotice);
  const { me } = currentWorld();
  setRouteUser(me.id);
  try {
    sessionStorage.setItem(KEY, me.id);
  } catch {
    // Storage may be disabled in this browser. The address then keeps the person.
  }
  requestRender();
}

/** Starts with the remembered person; with the server's choice where that one does not exist. */
export async function startSession() {
  const remembered = rememberedPerson();
  await switchPerson(remembered).catch(error => {
    if (!remembered || error.code === 'no_connection') throw error;
    return switchPerson(undefined);
  });
}
