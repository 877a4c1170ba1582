import {
  choiceOption,
  confirm,
  conversationFilter,
  dispatchConfig,
  menuOption,
  optionGroup,
  overflowOption,
  plainText,
  slackFile,
} from './objects.ts';
import { richTextOnly } from './richtext.ts';
import {
  anything,
  boolean,
  byType,
  exactlyOne,
  type Fields,
  imageUrl,
  integer,
  list,
  object,
  oneOf,
  type Rule,
  string,
  url,
} from './rules.ts';

/** Block elements and their limits (https://docs.slack.dev/reference/block-kit/block-elements). */

const actionId: Fields = { action_id: string(255) };
const focus: Fields = { focus_on_load: boolean };
const placeholder: Fields = { placeholder: plainText(150) };
const several: Fields = { max_selected_items: integer(1, 100) };
const dispatch: Fields = { dispatch_action_config: dispatchConfig };
const responseUrl: Fields = { response_url_enabled: boolean };
const type: Fields = { type: anything };

function element(required: Fields, optional: Fields, more?: Parameters<typeof object>[2]): Rule {
  return object({ ...type, ...required }, { ...actionId, ...optional }, more);
}

/** A select menu and its multi-select variant. Both take the same fields; the variant's initial choice is a list. */
function select(own: Fields, initial: string, value: Rule, more?: Parameters<typeof object>[2]): [Rule, Rule] {
  const shared = { ...own, ...focus, ...placeholder, confirm };
  return [
    element({}, { ...shared, [initial]: value }, more),
    element({}, { ...shared, ...several, [`${initial}s`]: list(value, 100) }, more),
  ];
}

const [staticSelect, multiStaticSelect] = select(
  { options: list(menuOption, 100), option_groups: list(optionGroup, 100) },
  'initial_option',
  menuOption,
  exactlyOne('options', 'option_groups'),
);
const [externalSelect, multiExternalSelect] = select(
  { min_query_length: integer(0, 3000) },
  'initial_option',
  menuOption,
);
const [usersSelect, multiUsersSelect] = select({}, 'initial_user', string());
const [conversationsSelect, multiConversationsSelect] = select(
  { default_to_current_conversation: boolean, filter: conversationFilter, ...responseUrl },
  'initial_conversation',
  string(),
);
const [channelsSelect, multiChannelsSelect] = select(responseUrl, 'initial_channel', string());

const feedback = object({ text: plainText(75), value: string(2000) }, { accessibility_label: string(75) });

/** An image inside another block. */
export const image = object(
  { ...type, alt_text: string(2000) },
  { image_url: imageUrl, slack_file: slackFile },
  exactlyOne('image_url', 'slack_file'),
);

const rules: Record<string, Rule> = {
  image,
  button: element(
    { text: plainText(75) },
    {
      value: string(2000, 0),
      url: url(3000),
      style: oneOf('primary', 'danger'),
      accessibility_label: string(75),
      confirm,
    },
  ),
  workflow_button: element(
    { text: plainText(75), workflow: anything },
    { style: oneOf('primary', 'danger'), accessibility_label: string(75), confirm },
  ),
  icon_button: element(
    { icon: string(), text: plainText(75) },
    { value: string(2000), accessibility_label: string(75), visible_to_user_ids: list(string()), confirm },
  ),
  feedback_buttons: element({ positive_button: feedback, negative_button: feedback }, {}),
  overflow: element({ options: list(overflowOption, 5) }, { confirm }),
  checkboxes: element(
    { options: list(choiceOption, 10) },
    { initial_options: list(choiceOption, 10), ...focus, confirm },
  ),
  radio_buttons: element({ options: list(choiceOption, 10) }, { initial_option: choiceOption, ...focus, confirm }),
  datepicker: element({}, { initial_date: string(), ...focus, ...placeholder, confirm }),
  timepicker: element({}, { initial_time: string(), timezone: string(), ...focus, ...placeholder, confirm }),
  datetimepicker: element({}, { initial_date_time: integer(0, 9_999_999_999), ...focus, confirm }),
  static_select: staticSelect,
  multi_static_select: multiStaticSelect,
  external_select: externalSelect,
  multi_external_select: multiExternalSelect,
  users_select: usersSelect,
  multi_users_select: multiUsersSelect,
  conversations_select: conversationsSelect,
  multi_conversations_select: multiConversationsSelect,
  channels_select: channelsSelect,
  multi_channels_select: multiChannelsSelect,
  plain_text_input: element(
    {},
    {
      initial_value: string(3000, 0),
      multiline: boolean,
      min_length: integer(0, 3000),
      max_length: integer(1, 3000),
      ...focus,
      ...placeholder,
      ...dispatch,
    },
  ),
  email_text_input: element({}, { initial_value: string(), ...focus, ...placeholder, ...dispatch }),
  url_text_input: element({}, { initial_value: string(), ...focus, ...placeholder, ...dispatch }),
  number_input: element(
    { is_decimal_allowed: boolean },
    {
      initial_value: string(),
      min_value: string(),
      max_value: string(),
      ...focus,
      ...placeholder,
      ...dispatch,
    },
  ),
  rich_text_input: element({}, { initial_value: richTextOnly, ...focus, ...placeholder, ...dispatch }),
  file_input: element({}, { filetypes: list(string(), 100), max_files: integer(1, 10) }),
};

function only(...names: string[]): Rule {
  return byType(Object.fromEntries(Object.entries(rules).filter(([name]) => names.includes(name))));
}

const pickers = ['datepicker', 'timepicker', 'checkboxes', 'radio_buttons'];
const selects = Object.keys(rules).filter(name => name.endsWith('_select'));

/** The accessory of a section. */
export const accessory = only('button', 'workflow_button', 'image', 'overflow', ...pickers, ...selects);

/** The elements of an actions block. */
export const actionElement = only(
  'button',
  'workflow_button',
  'overflow',
  'datetimepicker',
  'rich_text_input',
  ...pickers,
  ...selects,
);

/** The element of an input block. */
export const inputElement = only(
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'rich_text_input',
  'file_input',
  'datetimepicker',
  ...pickers,
  ...selects,
);

export const contextAction = only('feedback_buttons', 'icon_button');
export const buttonOnly = only('button');
