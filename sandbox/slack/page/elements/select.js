// All select menus: for one or several values, with static options, options from the app, or people and channels.

import { renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { displayName, fullName, userAvatar } from '../ui/people.js';
import { openPopover } from '../ui/popover.js';

const TYPING_MS = 200;

const plain = text => ({ type: 'plain_text', text });
const filter = (options, query) =>
  options.filter(option => searchText(option).includes(query.trim().toLocaleLowerCase()));
const searchText = option => `${option.text.text} ${option.description?.text ?? ''}`.toLocaleLowerCase();

const userOption = user => ({
  value: user.id,
  text: plain(fullName(user)),
  description: plain(`@${displayName(user)}`),
  user,
});
const channelOption = channel => ({ value: channel.id, text: plain(`#${channel.name}`) });

const SOURCES = {
  static: element => ({
    find: async query =>
      element.option_groups
        ? element.option_groups
            .map(group => ({ ...group, options: filter(group.options, query) }))
            .filter(g => g.options.length > 0)
        : [{ options: filter(element.options ?? [], query) }],
  }),
  external: (element, field) => ({
    minimum: element.min_query_length ?? 3,
    find: async query => {
      const { options, option_groups: groups } = await field.options(query);
      return groups ?? [{ options: options ?? [] }];
    },
  }),
  users: (_, { world }) => workspace([...world.users.values()].filter(user => !user.deleted).map(userOption)),
  conversations: (_, { world }) => workspace(named(world).map(channelOption)),
  channels: (_, { world }) =>
    workspace(
      named(world)
        .filter(channel => !channel.is_private)
        .map(channelOption),
    ),
};
const workspace = options => ({ byId: true, all: options, find: async query => [{ options: filter(options, query) }] });
const named = world => [...world.channels.values()].filter(channel => channel.name);

// The names of a choice in the payload, for one value and for several.
const KEYS = {
  static: ['selected_option', 'selected_options', 'initial_option', 'initial_options'],
  external: ['selected_option', 'selected_options', 'initial_option', 'initial_options'],
  users: ['selected_user', 'selected_users', 'initial_user', 'initial_users'],
  conversations: ['selected_conversation', 'selected_conversations', 'initial_conversation', 'initial_conversations'],
  channels: ['selected_channel', 'selected_channels', 'initial_channel', 'initial_channels'],
};

/** `static_select`, `external_select`, `users_select`, `conversations_select`, `channels_select` and their `multi_` forms. */
export function select(element, field) {
  const [, many, kind] = /^(multi_)?(static|external|users|conversations|channels)_select$/.exec(element.type);
  const [oneKey, manyKey, oneInitial, manyInitial] = KEYS[kind];
  const source = SOURCES[kind](element, field);
  const { t } = field.world;
  const key = many ? manyKey : oneKey;
  const initial = many ? (element[manyInitial] ?? []) : (element[oneInitial] ?? null);
  const toOption = value => (source.byId ? source.all.find(option => option.value === value) : value);
  const toValue = option => (source.byId ? option.value : option);
  const stored = field.init({ [key]: initial })[key];
  let chosen = (many ? stored : [stored]).map(toOption).filter(Boolean);

  const label = el('span', { class: 'select-value' });
  const trigger = el(
    'button',
    {
      type: 'button',
      class: 'select',
      role: 'combobox',
      'aria-haspopup': 'listbox',
      'aria-expanded': 'false',
      'aria-labelledby': field.labelId,
      data: { testid: `field:${element.action_id}`, actionId: element.action_id },
      on: { click: () => openList() },
    },
    label,
    icon('down', 16),
  );
  const paint = () => {
    label.classList.toggle('placeholder', chosen.length === 0);
    if (chosen.length === 0) label.replaceChildren(element.placeholder?.text ?? t.selectOption);
    else
      label.replaceChildren(
        ...chosen.map(option => el('span', { class: many ? 'chip' : '' }, renderTextObject(option.text, field.world))),
      );
  };
  paint();

  async function pick(option, close) {
    const before = chosen;
    const has = chosen.some(c => c.value === option.value);
    if (many)
      chosen = has
        ? chosen.filter(c => c.value !== option.value)
        : [...chosen, option].slice(0, element.max_selected_items ?? 100);
    else chosen = [option];
    if (!many) close();
    paint();
    const value = many ? chosen.map(toValue) : toValue(option);
    if (!(await field.change(trigger, { [key]: value }))) {
      chosen = before;
      paint();
    }
  }

  function openList() {
    const search = el('input', {
      type: 'text',
      class: 'text-input',
      role: 'searchbox',
      placeholder: element.placeholder?.text ?? t.selectOption,
      'aria-label': element.placeholder?.text ?? t.selectOption,
      autocomplete: 'off',
      data: { testid: 'select-search' },
    });
    const list = el('div', { role: 'listbox', class: 'listbox', 'aria-multiselectable': many ? 'true' : undefined });
    const close = openPopover(trigger, el('div', { class: 'select-popup' }, search, list));
    const rows = () => [...list.querySelectorAll('[role=option]')];
    const row = option =>
      el(
        'div',
        {
          role: 'option',
          tabindex: -1,
          class: 'option',
          'aria-selected': chosen.some(c => c.value === option.value) ? 'true' : 'false',
          data: { testid: `option:${option.value}` },
          on: {
            click: async event => {
              const picked = pick(option, close);
              if (many)
                event.currentTarget.setAttribute('aria-selected', String(chosen.some(c => c.value === option.value)));
              await picked;
            },
          },
        },
        option.user && userAvatar(option.user, 20),
        el(
          'span',
          { class: 'choice-text' },
          el('span', {}, renderTextObject(option.text, field.world)),
          option.description &&
            el('span', { class: 'choice-detail' }, renderTextObject(option.description, field.world)),
        ),
        icon('check', 16),
      );

    let latest = 0;
    const note = text => list.replaceChildren(el('div', { class: 'listbox-note', role: 'presentation', text }));
    async function refresh() {
      const mine = ++latest;
      const query = search.value;
      if (query.length < (source.minimum ?? 0)) return note(t.typeMore(source.minimum));
      if (kind === 'external') note(t.searching);
      const groups = await source.find(query).catch(error => [{ error: error.message }]);
      if (mine !== latest) return undefined;
      if (groups[0]?.error) return note(`${t.failed} (${groups[0].error})`);
      if (groups.every(group => group.options.length === 0)) return note(t.noResults);
      list.replaceChildren(
        ...groups.flatMap(group => [
          ...(group.label ? [el('div', { class: 'listbox-group', text: group.label.text })] : []),
          ...group.options.map(row),
        ]),
      );
      return undefined;
    }

    let timer;
    search.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, kind === 'external' ? TYPING_MS : 0);
    });
    search.addEventListener('keydown', event => {
      if (event.isComposing) return;
      if (event.key === 'ArrowDown') rows()[0]?.focus();
      else if (event.key === 'Enter') rows()[0]?.click();
      else return;
      event.preventDefault();
    });
    list.addEventListener('keydown', event => {
      const all = rows();
      const at = all.indexOf(document.activeElement);
      if (event.key === 'ArrowDown') all[Math.min(at + 1, all.length - 1)]?.focus();
      else if (event.key === 'ArrowUp') (all[at - 1] ?? search).focus();
      else if (event.key === 'Enter' || event.key === ' ') document.activeElement.click();
      else return;
      event.preventDefault();
    });
    void refresh();
    search.focus();
  }

  return trigger;
}
