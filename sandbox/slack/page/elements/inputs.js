import { el } from '../ui/dom.js';

const TYPES = { plain_text_input: 'text', number_input: 'text', email_text_input: 'email', url_text_input: 'url' };

/** `plain_text_input`, `number_input`, `email_text_input`, `url_text_input`. */
export function textInput(element, field) {
  const state = field.init({ value: element.initial_value ?? null });
  const node = el(element.multiline ? 'textarea' : 'input', {
    type: element.multiline ? undefined : TYPES[element.type],
    inputmode: element.type === 'number_input' ? 'decimal' : undefined,
    class: 'text-input',
    rows: element.multiline ? 5 : undefined,
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    autocomplete: 'off',
    autofocus: element.focus_on_load,
    'aria-labelledby': field.labelId,
    data: { testid: `field:${element.action_id}` },
  });
  node.value = state.value ?? '';
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const value = () => ({ value: node.value === '' ? null : node.value });
  let timer;
  node.addEventListener('input', () => {
    field.store(value());
    if (!field.reports || !triggers.includes('on_character_entered')) return;
    clearTimeout(timer);
    timer = setTimeout(() => field.change(document.createElement('input'), value()), 250);
  });
  node.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.isComposing || element.multiline) return;
    if (!field.reports || !triggers.includes('on_enter_pressed')) return;
    event.preventDefault();
    void field.change(node, value());
  });
  return node;
}

/** `rich_text_input`, as plain text: what is typed becomes one rich text section. */
export function richTextInput(element, field) {
  const textOf = value =>
    (value?.elements ?? [])
      .flatMap(part => part.elements ?? [])
      .map(part => part.text ?? '')
      .join('');
  const state = field.init({ rich_text_value: element.initial_value ?? null });
  const node = el('textarea', {
    class: 'text-input',
    rows: 5,
    placeholder: element.placeholder?.text,
    autofocus: element.focus_on_load,
    'aria-labelledby': field.labelId,
    data: { testid: `field:${element.action_id}` },
  });
  node.value = textOf(state.rich_text_value);
  node.addEventListener('input', () => {
    const section = { type: 'rich_text_section', elements: [{ type: 'text', text: node.value }] };
    field.store({ rich_text_value: node.value === '' ? null : { type: 'rich_text', elements: [section] } });
  });
  return node;
}

const PICKERS = {
  datepicker: { type: 'date', key: 'selected_date', initial: 'initial_date' },
  timepicker: { type: 'time', key: 'selected_time', initial: 'initial_time' },
};

/** `datepicker` (YYYY-MM-DD) and `timepicker` (HH:mm). */
export function picker(element, field) {
  const { type, key, initial } = PICKERS[element.type];
  let current = field.init({ [key]: element[initial] ?? null })[key];
  const node = pickerInput(type, element, field);
  node.value = current ?? '';
  node.addEventListener('change', async () => {
    if (await field.change(node, { [key]: node.value || null })) current = node.value || null;
    else node.value = current ?? '';
  });
  return node;
}

/** `datetimepicker`: seconds since the epoch, entered in the browser's time zone. */
export function dateTimePicker(element, field) {
  const toInput = seconds => {
    if (!seconds) return '';
    const date = new Date(seconds * 1000);
    return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  };
  let current = field.init({ selected_date_time: element.initial_date_time ?? null }).selected_date_time;
  const node = pickerInput('datetime-local', element, field);
  node.value = toInput(current);
  node.addEventListener('change', async () => {
    const seconds = node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null;
    if (await field.change(node, { selected_date_time: seconds })) current = seconds;
    else node.value = toInput(current);
  });
  return node;
}

const pickerInput = (type, element, field) =>
  el('input', {
    type,
    class: 'text-input picker',
    'aria-labelledby': field.labelId,
    'aria-label': field.labelId ? undefined : (element.placeholder?.text ?? field.world.t.chooseDate),
    data: { testid: `field:${element.action_id}` },
  });
