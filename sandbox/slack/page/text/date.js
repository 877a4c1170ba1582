// Times as Slack writes them, in a person's locale and time zone. All timestamps are seconds since the epoch.

const format = (seconds, { locale, tz }, options) =>
  new Intl.DateTimeFormat(locale, { timeZone: tz, ...options }).format(new Date(seconds * 1000));

/** `12:03 PM`, or `12:03` where the locale has a 24-hour clock. */
export const timeOfDay = (seconds, world) => format(seconds, world, { hour: 'numeric', minute: '2-digit' });

const dayKey = (seconds, { tz }) =>
  format(seconds, { locale: 'en-CA', tz }, { year: 'numeric', month: '2-digit', day: '2-digit' });

/** The number of calendar days from `seconds` to `now` in the person's time zone. */
const daysAgo = (seconds, now, world) =>
  Math.round((Date.parse(dayKey(now, world)) - Date.parse(dayKey(seconds, world))) / 86_400_000);

/** The label of a day divider: `Today`, `Yesterday`, `Tomorrow`, or the date. */
export function dayLabel(seconds, now, world) {
  const ago = daysAgo(seconds, now, world);
  if (ago === 0) return world.t.today;
  if (ago === 1) return world.t.yesterday;
  if (ago === -1) return world.t.tomorrow;
  return format(seconds, world, { weekday: 'long', month: 'long', day: 'numeric' });
}

/** `today at 12:03 PM`, as in the summary below the first message of a thread. */
export function relativeTime(seconds, now, world) {
  const time = timeOfDay(seconds, world);
  return world.t.at(dayLabel(seconds, now, world).toLocaleLowerCase(world.locale), time);
}

const PRETTY = { date_pretty: 'date', date_short_pretty: 'date_short', date_long_pretty: 'date_long' };
const DATES = {
  date_num: (s, w) => dayKey(s, w),
  date_slash: (s, w) => dayKey(s, w).replaceAll('-', '/'),
  date: (s, w) => format(s, w, { year: 'numeric', month: 'long', day: 'numeric' }),
  date_short: (s, w) => format(s, w, { year: 'numeric', month: 'short', day: 'numeric' }),
  date_long: (s, w) => format(s, w, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }),
  time: timeOfDay,
  time_secs: (s, w) => format(s, w, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
};

function ago(seconds, now, { locale }) {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const delta = seconds - now;
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ]) {
    if (Math.abs(delta) >= size) return relative.format(Math.trunc(delta / size), unit);
  }
  return relative.format(Math.trunc(delta), 'second');
}

/**
 * Formats a time by Slack's date format (`{date_short_pretty} {time}`). Returns `undefined` for an unknown token or an
 * invalid time; the caller then shows the fallback. Source: https://docs.slack.dev/messaging/formatting-message-text
 */
export function formatDate(seconds, pattern, now, world) {
  if (!Number.isFinite(seconds)) return undefined;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_, token) => {
    if (token === 'ago') return ago(seconds, now, world);
    const days = daysAgo(seconds, now, world);
    if (token in PRETTY && Math.abs(days) <= 1) {
      return dayLabel(seconds, now, world).toLocaleLowerCase(world.locale);
    }
    const render = DATES[PRETTY[token] ?? token];
    known &&= render !== undefined;
    return render?.(seconds, world) ?? '';
  });
  return known ? text : undefined;
}
