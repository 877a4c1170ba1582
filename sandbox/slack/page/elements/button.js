import { isSafeUrl } from '../text/mrkdwn.js';
import { renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { openMenu } from '../ui/popover.js';

/** `button` and `workflow_button`. A URL opens in a new tab, and the click is reported too. */
export function button(element, field) {
  const node = el(
    'button',
    {
      type: 'button',
      class: ['button', element.style],
      'aria-label': element.accessibility_label,
      data: { testid: `action:${element.action_id}`, actionId: element.action_id, value: element.value },
      on: {
        click: () => {
          if (element.url && isSafeUrl(element.url)) window.open(element.url, '_blank', 'noopener,noreferrer');
          return field.click(node, { value: element.value });
        },
      },
    },
    el('span', { class: 'button-text' }, renderTextObject(element.text, field.world)),
  );
  return node;
}

/** `overflow`: a button with three dots that opens a menu. */
export function overflow(element, field) {
  const node = el(
    'button',
    {
      type: 'button',
      class: 'button icon-only',
      'aria-label': field.world.t.moreActions,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      data: { testid: `action:${element.action_id}`, actionId: element.action_id },
      on: {
        click: () => openMenu(node, element.options.map(entry), { align: 'end', label: field.world.t.moreActions }),
      },
    },
    icon('dots'),
  );
  const entry = option => ({
    label: renderTextObject(option.text, field.world),
    detail: renderTextObject(option.description, field.world),
    testid: `option:${option.value}`,
    run: () => {
      if (option.url && isSafeUrl(option.url)) window.open(option.url, '_blank', 'noopener,noreferrer');
      return field.click(node, { selected_option: option });
    },
  });
  return node;
}

/** `feedback_buttons`: thumbs up and down. */
export function feedbackButtons(element, field) {
  const one = (choice, face) => {
    const node = el(
      'button',
      {
        type: 'button',
        class: 'button icon-only',
        'aria-label': choice.accessibility_label ?? choice.text.text,
        title: choice.text.text,
        data: { testid: `option:${choice.value}` },
        on: { click: () => field.click(node, { value: choice.value }) },
      },
      el('span', { class: 'emoji', text: face }),
    );
    return node;
  };
  return el('span', { class: 'feedback' }, one(element.positive_button, '👍'), one(element.negative_button, '👎'));
}

/** `icon_button`. Slack has the trash icon only. */
export function iconButton(element, field) {
  const node = el(
    'button',
    {
      type: 'button',
      class: 'button icon-only',
      'aria-label': element.accessibility_label ?? element.text.text,
      title: element.text.text,
      data: { testid: `action:${element.action_id}`, actionId: element.action_id },
      on: { click: () => field.click(node, { value: element.value }) },
    },
    el('span', { class: 'emoji', text: '🗑️' }),
  );
  return node;
}
