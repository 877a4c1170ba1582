import { isSafeUrl } from '../text/mrkdwn.js';
import { renderPlain } from '../text/render.js';
import { el } from '../ui/dom.js';
import { richTextParts } from './rich-text.js';

const STATUS = {
  pending: ['○', 'statusPending'],
  in_progress: ['', 'statusRunning'],
  complete: ['✓', 'statusDone'],
  error: ['!', 'statusError'],
};

const titleOf = (title, world) => renderPlain(typeof title === 'string' ? title : (title?.text ?? ''), true, world);

/** `task_card`: one step with its state, details, output and sources. */
export function taskCard(block, { world }) {
  const [sign, key] = STATUS[block.status] ?? STATUS.pending;
  const sources = (block.sources ?? []).filter(source => isSafeUrl(source.url));
  return el(
    'div',
    { class: ['task-card', `task-${block.status ?? 'pending'}`], data: { testid: `task:${block.task_id}` } },
    el('span', { class: 'task-sign', role: 'img', 'aria-label': world.t[key], text: sign }),
    el(
      'div',
      { class: 'task-main' },
      el('div', { class: 'task-title' }, titleOf(block.title, world)),
      block.details && el('div', { class: 'task-details' }, richTextParts(block.details, world)),
      block.output && el('div', { class: 'task-output' }, richTextParts(block.output, world)),
      sources.length > 0 &&
        el(
          'div',
          { class: 'task-sources' },
          `${world.t.sources}: `,
          sources.map(({ url, text }) =>
            el('a', { href: url, target: '_blank', rel: 'noopener noreferrer', text: text ?? url }),
          ),
        ),
    ),
  );
}

/** `plan`: a title above its task cards. */
export const plan = (block, surface) =>
  el(
    'div',
    { class: 'block-plan' },
    el('div', { class: 'plan-title' }, titleOf(block.title, surface.world)),
    (block.tasks ?? []).map(task => taskCard(task, surface)),
  );
