// How far each person has read each channel. It is stored in the browser, for all persons.

const KEY = 'gke-auth-sandbox-read';

const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
};

const storeKey = (user, channel) => `${user}:${channel}`;

/** The ts up to which `user` has read `channel`; '0' before the first visit. */
export const lastRead = (user, channel) => read()[storeKey(user, channel)] ?? '0';

/** Marks everything up to `ts` as read. */
export function markRead(user, channel, ts) {
  const all = read();
  if ((all[storeKey(user, channel)] ?? '0') >= ts) return;
  all[storeKey(user, channel)] = ts;
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // Storage may be disabled in this browser. A reload then forgets what was read.
  }
}

/** How many top-level messages of others in `channel` are newer than what `user` has read. */
export function unreadCount(user, channel, messages) {
  const since = lastRead(user, channel);
  return messages.filter(message => message.ts > since && message.user !== user && isTopLevel(message)).length;
}

/** Whether a message is shown in the channel, not only in a thread. */
export const isTopLevel = message =>
  !message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast';
