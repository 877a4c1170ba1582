/**
 * Escapes untrusted text (names, members, error texts, reasons) for Slack's mrkdwn, so that it can't ping, link or format.
 * Control sequences are escaped (https://docs.slack.dev/messaging/formatting-message-text/), formatting characters are replaced
 * by look-alikes, characters that hide or reorder text are removed. Text is truncated before it is escaped.
 */

/** Bidirectional controls, zero-width and other invisible characters: they make a name look like another one. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u{fff9}-\u{fffc}]/gu;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const entities = (text: string) => text.replace(/[&<>]/g, sign => ENTITIES[sign] ?? sign);

/** One visible line for `plain_text` objects, at most `max` UTF-16 units long (Slack's count); a cut is marked with "…". */
export function oneLine(value: string, max = 300): string {
  // A huge value is cut before the patterns see it; invisible characters can't use up more than this head start.
  const head = value.slice(0, max * 4 + 100);
  const clean = head.replace(LONE_SURROGATE, '\ufffd').replace(INVISIBLE, '').replace(CONTROL, ' ').trim();
  if (clean.length <= max && head.length === value.length) return clean;
  return `${clean.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const LOOK_ALIKES: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': '′', _: 'ˍ' };

/**
 * Untrusted text inside a sentence. An underscore inside a word, as in `my_role`, stays because it can't format. The first colon
 * of `:fire:` becomes a look-alike; other colons stay.
 */
export function prose(value: string, max = 300): string {
  return entities(
    oneLine(value, max)
      .replace(/[*~`]/g, sign => LOOK_ALIKES[sign] ?? sign)
      .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, 'ˍ')
      .replace(/:(?=[\w+'-]*(?::|$))/g, '∶')
      .replace(/^[>•]/, '›'),
  );
}

/** A name in a code span, where Slack formats nothing. */
export function code(value: string, max = 200): string {
  const text = entities(oneLine(value, max).replaceAll('`', '′'));
  return text === '' ? '` `' : `\`${text}\``;
}

const CONFUSABLE_ID = /^[A-Z0-9]{1,40}$/;

/** A mention of one person by id (`U…`, `W…`); anything else is shown as text. */
export function person(id: string): string {
  return CONFUSABLE_ID.test(id) ? `<@${id}>` : code(id);
}

/** A time in the reader's time zone; clients without support show it in UTC. `iso`: RFC 3339. */
export function moment(iso: string, form: 'time' | 'date' = 'time'): string {
  const seconds = Math.floor(Date.parse(iso) / 1000);
  if (!Number.isFinite(seconds)) return prose(iso, 40);
  const format = form === 'time' ? '{time}' : '{date_short_pretty} {time}';
  return `<!date^${seconds}^${format}|${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC>`;
}
