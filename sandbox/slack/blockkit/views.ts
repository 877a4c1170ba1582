import { isObject, type JsonObject, objectsOf } from '../json.ts';
import { checkBlocks } from './blocks.ts';
import { plainText } from './objects.ts';
import { anything, boolean, byType, object, type Problem, problem, string } from './rules.ts';

/** Views (https://docs.slack.dev/reference/views). */

const shared = {
  private_metadata: string(3000, 0),
  callback_id: string(255, 0),
  external_id: string(255, 0),
};

const shape = byType({
  modal: object(
    { type: anything, title: plainText(24), blocks: anything },
    {
      ...shared,
      submit: plainText(24),
      close: plainText(24),
      clear_on_close: boolean,
      notify_on_close: boolean,
      submit_disabled: boolean,
    },
  ),
  home: object({ type: anything, blocks: anything }, shared),
});

/** Larger views are `view_too_large` (https://docs.slack.dev/reference/methods/views.open). */
export const maxViewBytes = 250_000;

/** The problems for which Slack rejects a view; empty for a valid one. */
export function checkView(view: unknown): Problem[] {
  const wrong = shape(view, '/view');
  if (!isObject(view)) return wrong;
  const surface = view.type === 'home' ? 'home' : 'modal';
  return [...wrong, ...checkBlocks(view.blocks, surface, '/view/blocks'), ...missingSubmit(view)];
}

function missingSubmit(view: JsonObject): Problem[] {
  if (view.type !== 'modal' || isObject(view.submit)) return [];
  const input = objectsOf(view.blocks).findIndex(block => block.type === 'input');
  if (input < 0) return [];
  return problem('must define `submit` to use an `input` block in modals', `/view/blocks/${input}/input`);
}
