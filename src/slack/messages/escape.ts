/**
 * What comes from outside (names, members, error texts, reasons) on its way into Slack's mrkdwn. It can't ping, link or
 * format: control sequences are escaped (docs.slack.dev "Formatting message text"), what would format is replaced by
 * a look-alike, what would hide or reorder text is removed. Truncated before it is escaped; limits are measured after.
 */

/** Bidirectional controls, zero-width and other invisible characters: they make a name look like another one. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u{fff9}-\u{fffc}]/gu;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const entities = (text: string) => text.replace(/[&<>]/g, sign => ENTITIES[sign] ?? sign);

/** One visible line, at most `max` UTF-16 units long (Slack's count); what is cut off leaves "…". */
export function oneLine(value: string, max = 300): string {
  // A huge value is cut before the patterns see it; invisible characters can't use up more than this head start.
  const head = value.slice(0, max * 4 + 100);
  const clean = head.replace(LONE_SURROGATE, '\ufffd').replace(INVISIBLE, '').replace(CONTROL, ' ').trim();
  if (clean.length <= max && head.length === value.length) return clean;
  return `${clean.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const LOOK_ALIKES: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': '′', _: 'ˍ' };

/**
 * Foreign text inside a sentence of ours. An underscore stays where it can't format: inside a word, as in
 * `my_role`. A colon of `:fire:` becomes a look-alike, others stay.
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

/** For `plain_text` objects, which neither escape nor format. */
export function plain(value: string, max: number): string {
  return oneLine(value, max);
}

const CONFUSABLE_ID = /^[A-Z0-9]{1,40}$/;

/** A mention of one person by id (`U…`, `W…`); anything else is shown as text. */
export function person(id: string): string {
  return CONFUSABLE_ID.test(id) ? `<@${id}>` : code(id);
}

/** A moment in the reader's own time zone; `iso` (RFC 3339) is what clients without support show. */
export function moment(iso: string, form: 'time' | 'date' = 'time'): string {
  const seconds = Math.floor(Date.parse(iso) / 1000);
  if (!Number.isFinite(seconds)) return prose(iso, 40);
  const format = form === 'time' ? '{time}' : '{date_short_pretty} {time}';
  return `<!date^${seconds}^${format}|${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC>`;
}
