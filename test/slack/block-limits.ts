/** Slack's own limits (docs.slack.dev "Block Kit reference"), written down a second time, as the judge of our messages. */
interface Violation {
  readonly path: string;
  readonly what: string;
}

type Json = unknown;
const isRecord = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const lengthOf = (value: Json): number =>
  typeof value === 'string' ? value.length : isRecord(value) && typeof value.text === 'string' ? value.text.length : 0;

const BY_TYPE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  section: { text: 3000 },
  header: { text: 150 },
  button: { text: 75, value: 2000, accessibility_label: 75, action_id: 255 },
  input: { label: 2000, hint: 2000 },
  modal: { title: 24, submit: 24, close: 24, private_metadata: 3000 },
};

/** Everything in a message or view that Slack would refuse. */
export function violations(value: Json, path = ''): Violation[] {
  const found: Violation[] = [];
  const add = (what: string) => found.push({ path, what });
  if (Array.isArray(value)) return value.flatMap((item, index) => violations(item, `${path}/${index}`));
  if (!isRecord(value)) return found;
  const type = typeof value.type === 'string' ? value.type : '';
  for (const [key, max] of Object.entries(BY_TYPE[type] ?? {})) {
    if (lengthOf(value[key]) > max) add(`${type}.${key} is ${lengthOf(value[key])} long, at most ${max}`);
  }
  if (type === 'section' && lengthOf(value.text) === 0 && !Array.isArray(value.fields)) add('an empty section');
  if (
    type === 'context' &&
    Array.isArray(value.elements) &&
    (value.elements.length > 10 || value.elements.length === 0)
  )
    add(`${value.elements.length} context elements`);
  if (
    type === 'actions' &&
    Array.isArray(value.elements) &&
    (value.elements.length > 25 || value.elements.length === 0)
  )
    add(`${value.elements.length} action elements`);
  if (type === 'table' && Array.isArray(value.rows) && value.rows.length > 100) add('more than 100 rows');
  if ((type === 'mrkdwn' || type === 'plain_text') && lengthOf(value) === 0) add('an empty text');
  if (Array.isArray(value.options) && value.options.length > 100) add('more than 100 options');
  const most = type === 'modal' || type === 'home' ? 100 : 50;
  if (Array.isArray(value.blocks) && value.blocks.length > most) add(`${value.blocks.length} blocks`);
  if (type === '' && typeof value.text === 'string' && Array.isArray(value.blocks)) {
    if (value.text.length > 4000) add('a top-level text of more than 4,000');
    if (value.text.trim() === '') add('no top-level text');
  }
  if (isRecord(value.confirm)) {
    const confirm = value.confirm;
    for (const [key, max] of Object.entries({ title: 100, text: 300, confirm: 30, deny: 30 }))
      if (lengthOf(confirm[key]) > max) add(`confirm.${key} is longer than ${max}`);
  }
  for (const [key, item] of Object.entries(value)) found.push(...violations(item, `${path}/${key}`));
  return found;
}

/** Every text that Slack reads as mrkdwn: the top-level one and all mrkdwn objects. */
export function mrkdwnTexts(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnTexts);
  if (!isRecord(value)) return [];
  const own: string[] = [];
  if (value.type === 'mrkdwn' && typeof value.text === 'string') own.push(value.text);
  if (value.type === undefined && typeof value.text === 'string' && Array.isArray(value.blocks)) own.push(value.text);
  return [...own, ...Object.values(value).flatMap(mrkdwnTexts)];
}
