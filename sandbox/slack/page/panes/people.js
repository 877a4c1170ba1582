// The switcher between the people of the workspace.

import { switchPerson } from '../session.js';
import { currentState, currentWorld } from '../store.js';
import { el } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { displayName, fullName, roleOf, userAvatar } from '../ui/people.js';
import { openMenu } from '../ui/popover.js';

/** `@gke-admins · Guest`: groups and role of a person, or their handle without any. */
export function personDetail(user) {
  const { t, team } = currentWorld();
  const groups = currentState()
    .userGroups.filter(group => group.users?.includes(user.id))
    .map(group => `@${group.handle}`);
  const role = roleOf(user, team);
  return [...groups, ...(role ? [t[role]] : [])].join(' · ') || `@${displayName(user)}`;
}

/** Opens the list of people. Selecting one shows the workspace as they see it. */
export function openPeople(anchor) {
  const { me, t } = currentWorld();
  const people = currentState().users.filter(user => !user.is_bot && !user.deleted);
  openMenu(
    anchor,
    people.map(user => ({
      label: `${fullName(user)}${user.id === me.id ? ` (${t.you})` : ''}`,
      detail: personDetail(user),
      icon: userAvatar(user, 32),
      checked: user.id === me.id ? 'true' : 'false',
      after: user.id === me.id && icon('check', 16),
      testid: `person:${user.id}`,
      run: () => switchPerson(user.id),
    })),
    {
      label: t.switchPerson,
      header: el(
        'div',
        { class: 'menu-header' },
        el('strong', { text: t.switchPerson }),
        el('span', { text: t.switchHint }),
      ),
    },
  );
}
