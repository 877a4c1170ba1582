// Sends what people do to the server, and shows errors as toasts.

import { ApiError, post } from './api.js';
import { currentWorld } from './store.js';
import { toast } from './ui/toast.js';

/** Runs a request. Where it fails, shows the error and resolves to undefined. */
export async function tryRequest(request) {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    sayFailure(error);
    return undefined;
  }
}

/** Whether an error code means that the app did not answer in time. */
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
 * The surface of interactive elements (see elements/field.js). `where` identifies the container in requests; `previous`
 * are the values of the last rendering.
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
