// One interactive element on a surface (a message, a modal or the Home tab): its value, and how it reports to the app.

import { confirmDialog } from '../ui/confirm.js';

/**
 * Binds an element to its surface. `inInput` says that it stands in an input block, where a change is reported only with
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

    /** Registers the value at the start: what the person had already entered if the view was updated, else `initial`. */
    init(initial) {
      const state = surface.previous?.[blockId]?.[actionId] ?? { type, ...initial };
      this.store(state);
      return state;
    },

    /** Keeps a value without telling the app. */
    store(state) {
      surface.values[blockId] = { ...surface.values[blockId], [actionId]: { type, ...state } };
      surface.clearError?.(blockId);
    },

    /** Keeps a value and tells the app, where this element does that; resolves to whether the value stands. */
    async change(source, state) {
      if (reports && !(await confirmed(element, surface.world))) return false;
      this.store(state);
      if (reports) await send(source, state);
      return true;
    },

    /** Reports a click; nothing is kept. */
    async click(source, state) {
      if (await confirmed(element, surface.world)) await send(source, state);
    },

    /** The options of an external select for what was typed. */
    options: value => surface.options({ block_id: blockId, action_id: actionId, value }),
  };
}

const confirmed = async (element, world) => !element.confirm || confirmDialog(element.confirm, world);

/** Disables `source` while `work` runs, so that a second click can't send the same again. */
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
