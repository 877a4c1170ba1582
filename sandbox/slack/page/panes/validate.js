// The checks of a modal before it is sent to the app.

const EMPTY_KEYS = [
  'value',
  'selected_option',
  'selected_options',
  'selected_date',
  'selected_time',
  'selected_date_time',
  'selected_user',
  'selected_users',
  'selected_conversation',
  'selected_conversations',
  'selected_channel',
  'selected_channels',
  'rich_text_value',
];

const isEmpty = state =>
  EMPTY_KEYS.every(key => state?.[key] === undefined || state[key] === null || state[key].length === 0);

const FORMS = {
  number_input: ({ value }, t) => (/^-?\d+(?:\.\d+)?$/.test(value) ? '' : t.notNumber),
  url_text_input: ({ value }, t) => (/^https?:\/\/\S+$/.test(value) ? '' : t.notUrl),
  email_text_input: ({ value }, t) => (/^\S+@\S+\.\S+$/.test(value) ? '' : t.notEmail),
};

/** Errors by block id of the input blocks with an invalid value; {} without errors. */
export function validate(blocks, values, t) {
  const errors = {};
  for (const block of blocks.filter(({ type }) => type === 'input')) {
    const error = problemOf(block, values[block.block_id]?.[block.element.action_id], t);
    if (error) errors[block.block_id] = error;
  }
  return errors;
}

function problemOf({ optional, element }, state, t) {
  if (isEmpty(state)) return optional ? '' : t.required;
  if (element.min_length && state.value?.length < element.min_length) return t.tooShort(element.min_length);
  if (element.max_length && state.value?.length > element.max_length) return t.tooLong(element.max_length);
  return FORMS[element.type]?.(state, t) ?? '';
}
