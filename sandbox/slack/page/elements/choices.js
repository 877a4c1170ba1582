import { renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';

/** `checkboxes`. */
export function checkboxes(element, field) {
  const state = field.init({ selected_options: element.initial_options ?? [] });
  let chosen = new Set(state.selected_options.map(option => option.value));
  return group(element, field, 'checkbox', chosen, async (input, option) => {
    const before = chosen;
    chosen = new Set(chosen);
    if (input.checked) chosen.add(option.value);
    else chosen.delete(option.value);
    const selected = element.options.filter(o => chosen.has(o.value));
    if (await field.change(input, { selected_options: selected })) return;
    chosen = before;
    input.checked = !input.checked;
  });
}

/** `radio_buttons`. */
export function radioButtons(element, field) {
  const state = field.init({ selected_option: element.initial_option ?? null });
  let current = state.selected_option?.value;
  const node = group(element, field, 'radio', new Set([current]), async (input, option) => {
    if (await field.change(input, { selected_option: option })) current = option.value;
    else for (const other of node.querySelectorAll('input')) other.checked = other.value === current;
  });
  return node;
}

let groups = 0;

function group(element, field, type, chosen, onChange) {
  const name = `group-${groups++}`;
  const row = option => {
    const input = el('input', {
      type,
      name,
      value: option.value,
      checked: chosen.has(option.value),
      on: { change: () => onChange(input, option) },
    });
    const texts = el(
      'span',
      { class: 'choice-text' },
      el('span', {}, renderTextObject(option.text, field.world)),
      option.description && el('span', { class: 'choice-detail' }, renderTextObject(option.description, field.world)),
    );
    return el('label', { class: 'choice', data: { testid: `option:${option.value}` } }, input, texts);
  };
  return el(
    'div',
    {
      class: 'choices',
      role: type === 'radio' ? 'radiogroup' : 'group',
      'aria-labelledby': field.labelId,
      data: { testid: `field:${element.action_id}` },
    },
    element.options.map(row),
  );
}
