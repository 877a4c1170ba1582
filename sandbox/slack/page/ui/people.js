// Names and avatars of people and apps.

import { el } from './dom.js';

/** The name under which a person is shown. */
export const displayName = user =>
  user.profile?.display_name || user.profile?.real_name || user.real_name || user.name || user.id;

/** The full name of a person. */
export const fullName = user => user.profile?.real_name || user.real_name || displayName(user);

const COLOURS = [
  '#e8912d',
  '#2bac76',
  '#4a6fdc',
  '#c0397b',
  '#7c4dff',
  '#00897b',
  '#b5533c',
  '#5d6d7e',
  '#8e6c00',
  '#1c7cb0',
];

function colourOf(id) {
  let hash = 7;
  for (const char of id) hash = (hash * 31 + char.codePointAt(0)) % 9973;
  return COLOURS[hash % COLOURS.length];
}

/** `AA` for Alice Archer; one character for names without spaces. */
function initials(name) {
  const words = name.trim().split(/[\s_-]+/u);
  return [...words.slice(0, 2)]
    .map(word => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}

/** A rounded square with initials, or with the image of the person or app. `size` is in CSS pixels. */
export function avatar({ id, name, image, isApp }, size = 36) {
  const box = el('span', {
    class: ['avatar', isApp && 'avatar-app'],
    'aria-hidden': 'true',
    style: { '--size': `${size}px`, '--colour': colourOf(id) },
    data: { initials: initials(name) },
  });
  if (image) box.append(el('img', { src: image, alt: '', on: { error: event => event.target.remove() } }));
  return box;
}

/** The avatar of a user object. */
export const userAvatar = (user, size) =>
  avatar({ id: user.id, name: fullName(user), image: user.profile?.image_72, isApp: user.is_bot }, size);

/** The role of a person in this workspace, as a key of strings.js; `undefined` for a full member. */
export function roleOf(user, team) {
  if (user.deleted) return 'deactivated';
  if (user.is_bot) return 'bot';
  if (user.is_stranger || (user.team_id && team && user.team_id !== team.id)) return 'external';
  if (user.is_restricted || user.is_ultra_restricted) return 'guest';
  if (user.is_admin || user.is_owner) return 'admin';
  return undefined;
}
