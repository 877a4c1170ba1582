// Suggestions of the composer: slash commands at the start, people and groups after an @.

import { currentState, currentWorld } from '../store.js';
import { el } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { displayName, fullName, userAvatar } from '../ui/people.js';

/** The commands that start with the typed word; [] after a space, and in a thread. */
export function commandSuggestions(text, inThread) {
  if (inThread || !/^\/\S*$/.test(text)) return [];
  return currentState()
    .commands.filter(({ command }) => command.startsWith(text.toLowerCase()))
    .map(command => ({
      key: command.command,
      insert: `${command.command} `,
      from: 0,
      view: [
        el('span', { class: 'suggest-icon' }, icon('slash', 20)),
        el(
          'span',
          { class: 'choice-text' },
          el(
            'span',
            {},
            el('strong', { text: command.command }),
            ' ',
            el('span', { class: 'suggest-hint', text: command.usage_hint }),
          ),
          el('span', { class: 'choice-detail', text: command.description }),
        ),
      ],
    }));
}

/** The command in `text`, once its name is complete. */
export const activeCommand = text =>
  currentState().commands.find(({ command }) => text === command || text.startsWith(`${command} `));

const BROADCASTS = ['here', 'channel'];

/** People, groups and broadcasts that match the word with @ before `caret`. */
export function mentionSuggestions(text, caret) {
  const match = /(?:^|[\s(])@([\p{L}\p{N}._-]*)$/u.exec(text.slice(0, caret));
  if (!match) return [];
  const { users } = currentWorld();
  const typed = match[1].toLocaleLowerCase();
  const starts = (...names) => names.some(name => name.toLocaleLowerCase().startsWith(typed));
  const from = caret - match[1].length - 1;
  const people = [...users.values()]
    .filter(user => !user.deleted && starts(displayName(user), fullName(user)))
    .map(user => ({ name: displayName(user), view: [userAvatar(user, 24), fullName(user)] }));
  const groups = currentState()
    .userGroups.filter(group => starts(group.handle))
    .map(group => ({ name: group.handle, view: [icon('people'), group.name] }));
  const broadcasts = BROADCASTS.filter(name => starts(name)).map(name => ({ name, view: [icon('at'), ''] }));
  return [...people, ...groups, ...broadcasts].slice(0, 8).map(({ name, view: [sign, full] }) => ({
    key: name,
    insert: `@${name} `,
    from,
    view: [
      sign,
      el('span', {}, el('strong', { text: `@${name}` }), ' ', el('span', { class: 'suggest-hint', text: full })),
    ],
  }));
}

/** Encodes a typed message as Slack does: `@name` in Slack's syntax, and `&`, `<`, `>` escaped. */
export function encodeMessage(text) {
  const { users, groups } = currentWorld();
  const names = new Map();
  for (const user of users.values()) names.set(displayName(user), `<@${user.id}>`);
  for (const group of groups.values()) names.set(group.handle, `<!subteam^${group.id}>`);
  for (const name of [...BROADCASTS, 'everyone']) names.set(name, `<!${name}>`);
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replace(/(^|[\s(])@([\p{L}\p{N}_-]+)/gu, (all, before, name) =>
    names.has(name) ? before + names.get(name) : all,
  );
}
