import { el } from '../ui/dom.js';
import { button, feedbackButtons, iconButton, overflow } from './button.js';
import { checkboxes, radioButtons } from './choices.js';
import { fieldOf } from './field.js';
import { dateTimePicker, picker, richTextInput, textInput } from './inputs.js';
import { select } from './select.js';

const SELECTS = ['static', 'external', 'users', 'conversations', 'channels'].flatMap(kind => [
  `${kind}_select`,
  `multi_${kind}_select`,
]);

const ELEMENTS = {
  button,
  workflow_button: button,
  overflow,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  checkboxes,
  radio_buttons: radioButtons,
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  rich_text_input: richTextInput,
  datepicker: picker,
  timepicker: picker,
  datetimepicker: dateTimePicker,
  ...Object.fromEntries(SELECTS.map(type => [type, select])),
};

/** Renders an interactive element. An unknown type is shown as a box with its name. */
export function renderElement(element, block, surface, options) {
  const build = ELEMENTS[element.type];
  if (!build) return el('span', { class: 'unsupported', text: surface.world.t.unsupported(element.type) });
  return build(element, fieldOf(surface, block, element, options));
}
