// Who the person at the page is.

import { isMissingAnswer } from './act.js';
import { noticeInModal } from './panes/modal.js';
import { routeUser, setRouteUser } from './route.js';
import { currentWorld, requestRender, showAs } from './store.js';
import { toast } from './ui/toast.js';

const KEY = 'gke-auth-sandbox-person';

/** The person of the address, else the one of this browser tab before, else whoever the server picks. */
function rememberedPerson() {
  try {
    return routeUser() ?? sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return routeUser();
  }
}

function sayNotice(notice) {
  const { t } = currentWorld();
  if (notice.error ? noticeInModal(t.submitFailed) : noticeInModal(notice.text)) return;
  toast(isMissingAnswer(notice.error) ? t.notResponding : notice.text, {
    kind: notice.level ?? 'info',
    closeLabel: t.close,
  });
}

/** Becomes `userId`: everything on the page is then as that person sees it. */
export async function switchPerson(userId) {
  await showAs(userId, sayNotice);
  const { me } = currentWorld();
  setRouteUser(me.id);
  try {
    sessionStorage.setItem(KEY, me.id);
  } catch {
    // Storage may be off in this browser; then the address alone remembers.
  }
  requestRender();
}

/** Starts as the remembered person; as whoever the server picks if that one is gone. */
export async function startSession() {
  const remembered = rememberedPerson();
  await switchPerson(remembered).catch(error => {
    if (!remembered || error.code === 'no_connection') throw error;
    return switchPerson(undefined);
  });
}
