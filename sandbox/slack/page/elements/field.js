// One interactive element on a surface (a message, a modal or the Home tab): its value, and its reports to the app.

import { confirmDialog } from '../ui/confirm.js';

/**
 * Binds an element to its surface. With `inInput` it is in an input block, where a change is reported only with
 * `dispatch_action`.
 */
export function fieldOf(surface, block, element, { inInput = false, labelId } = {}) {
  const { block_id: blockId } = block;
  const { action_id: actionId, type } = element;
  const reports = !inInput || block.dispatch_action === true;
  const send = (source, state) =>
    busy(source, () => surface.act({ block_id: blockId, action_id: actionId, type, ...state }));

  return {
    world: surface.world,
    element,
    labelId,
    reports,
    testid: `${blockId}/${actionId}`,

    /** Sets the first value: what the person entered before an update of the view, else `initial`. */
    init(initial) {
      const state = surface.previous?.[blockId]?.[actionId] ?? { type, ...initial };
      this.store(state);
      return state;
    },

    /** Stores a value without reporting it. */
    store(state) {
      surface.values[blockId] = { ...surface.values[blockId], [actionId]: { type, ...state } };
      surface.clearError?.(blockId);
    },

    /** Stores a value, and reports it if this element does that. Resolves to whether the value is kept. */
    async change(source, state) {
      if (reports && !(await confirmed(element, surface.world))) return false;
      this.store(state);
      if (reports) await send(source, state);
      return true;
    },

    /** Reports a click without a value. */
    async click(source, state) {
      if (await confirmed(element, surface.world)) await send(source, state);
    },

    /** Requests the options of an external select for the typed text. */
    options: value => surface.options({ block_id: blockId, action_id: actionId, value }),
  };
}

const confirmed = async (element, world) => !element.confirm || confirmDialog(element.confirm, world);

/** Disables `source` while `work` runs, so that a second click does not send it again. */
async function busy(source, work) {
  source.disabled = true;
  source.setAttribute('aria-busy', 'true');
  try {
    await work();
  } finally {
    source.disabled = false;
    source.removeAttribute('aria-busy');
  }
}
