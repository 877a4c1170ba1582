// What people do, sent to the server; what goes wrong is said in a toast.

import { ApiError, post } from './api.js';
import { currentWorld } from './store.js';
import { toast } from './ui/toast.js';

/** Runs a request; says what went wrong and resolves to undefined where it fails. */
export async function tryRequest(request) {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    sayFailure(error);
    return undefined;
  }
}

/** Slack's words for an app that gave no answer in time. */
export const isMissingAnswer = code => code === 'operation_timeout' || code === 'dispatch_failed';

function sayFailure(error) {
  const { t } = currentWorld();
  toast(failureText(error, t), { kind: 'error', closeLabel: t.close });
}

function failureText({ code, body }, t) {
  if (code === 'no_connection') return t.offline;
  if (isMissingAnswer(code)) return t.notResponding;
  return body.message ?? `${t.failed} (${code})`;
}

/** Posts as the current person. Throws ApiError. */
export const postAsMe = (method, body) => post(method, { user: currentWorld().me.id, ...body });

/**
 * What interactive elements work with (see elements/field.js). `where` names the container in requests; `previous` are the
 * values of the rendering before.
 */
export function surfaceOf(where, previous) {
  const surface = {
    world: currentWorld(),
    values: {},
    previous,
    act: action => tryRequest(() => postAsMe('action', { ...where, ...action, state: { values: surface.values } })),
    options: query => postAsMe('options', { ...where, ...query }),
  };
  return surface;
}
