// The state of the page: the workspace as one person sees it. Only this module changes it; other modules read it and
// subscribe to changes.

import { fetchState, listenForChanges } from './api.js';
import { displayName } from './ui/people.js';
import { stringsFor } from './ui/strings.js';

const listeners = new Set();
let state;
let world;
let stopListening = () => {};
let disconnected = false;
let scheduled = false;

/** The current state, in the form of the server's `state` answer. */
export const currentState = () => state;

/** What rendering needs of the workspace: people, channels and groups by id, the person, language and time zone. */
export const currentWorld = () => world;

/** Whether the connection to the server is down. */
export const isDisconnected = () => disconnected;

/** Calls `listener` once after all changes of a task. */
export function subscribe(listener) {
  listeners.add(listener);
}

/** Requests a rendering, for example after a change of the route. */
export function requestRender() {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    for (const listener of listeners) listener();
  });
}

/** Shows the workspace as `userId` sees it, or as the server's default person. `onNotice` is called with notices. */
export async function showAs(userId, onNotice) {
  stopListening();
  await load(userId);
  const me = world.me.id;
  stopListening = listenForChanges(me, {
    // The state was read before the stream opened, and a reconnection may have missed changes: read again.
    onOpen: () => {
      disconnected = false;
      void reload();
    },
    onLost: () => {
      disconnected = true;
      requestRender();
    },
    onChange: change => {
      if (change.kind === 'notice') return onNotice(change);
      journal?.push(change);
      if (!apply(change)) void reload();
      return requestRender();
    },
  });
}

let reloading = false;
let reloadAgain = false;

/** Reads the whole state again. A call during a read causes one more read after it. */
export async function reload() {
  reloadAgain = true;
  if (reloading) return;
  reloading = true;
  while (reloadAgain) {
    reloadAgain = false;
    await load(world.me.id).catch(() => {});
  }
  reloading = false;
  requestRender();
}

/** Changes that arrive during a read, because the answer may be older than they are. */
let journal;

async function load(userId) {
  const mine = [];
  journal = mine;
  const fresh = await fetchState(userId);
  state = {
    ephemerals: [],
    views: [],
    home: null,
    commands: [],
    shortcuts: [],
    userGroups: [],
    messages: {},
    ...fresh,
  };
  const users = new Map(state.users.map(user => [user.id, user]));
  const me = users.get(typeof state.user === 'string' ? state.user : state.user.id);
  world = {
    team: state.team,
    users,
    me,
    channels: new Map(state.channels.map(channel => [channel.id, { ...channel, name: channel.name || undefined }])),
    groups: new Map(state.userGroups.map(group => [group.id, group])),
    locale: me.locale ?? 'en-US',
    tz: me.tz,
    t: stringsFor(me.locale),
    nameOf: id => (users.has(id) ? displayName(users.get(id)) : id),
  };
  document.documentElement.lang = world.locale;
  for (const change of mine) apply(change);
  if (journal === mine) journal = undefined;
}

const CHANGES = {
  message: ({ channel, message }) => {
    state.messages[channel] ??= [];
    upsert(state.messages[channel], message, one => one.ts === message.ts);
  },
  message_deleted: ({ channel, ts }) => {
    state.messages[channel] = (state.messages[channel] ?? []).filter(message => message.ts !== ts);
  },
  ephemeral: ({ ephemeral }) => upsert(state.ephemerals, ephemeral, one => one.id === ephemeral.id),
  ephemeral_deleted: ({ id }) => {
    state.ephemerals = state.ephemerals.filter(ephemeral => ephemeral.id !== id);
  },
  // A view without a predecessor is the root of a new modal.
  view_opened: ({ view }) => {
    state.views = view.previous_view_id ? [...state.views.filter(one => one.id !== view.id), view] : [view];
  },
  view_updated: ({ view }) => upsert(state.views, view, one => one.id === view.id),
  view_closed: ({ view_id: id }) => {
    state.views = state.views.filter(view => view.id !== id);
  },
  home: ({ view }) => {
    state.home = view;
  },
};

/** Applies one change. Returns false where the whole state must be read again. */
function apply(change) {
  const known = CHANGES[change.kind];
  if (!known || (change.channel && !state.channels.some(channel => channel.id === change.channel))) return false;
  try {
    known(change);
  } catch {
    return false;
  }
  return true;
}

function upsert(list, item, same) {
  const index = list.findIndex(same);
  if (index >= 0) list[index] = item;
  else list.push(item);
}
