import type { Ack } from '../delivery.ts';
import { copyOf, isObject, type JsonObject, objectOf, textOf } from '../json.ts';
import { SlackError } from '../methods/method.ts';
import { pushModal, readView, replaceModal } from '../methods/views.ts';
import type { View } from '../model.ts';
import type { User } from '../people.ts';
import type { World } from '../world.ts';
import { actingUser, type Result, requireText } from './acting.ts';
import { interaction } from './payloads.ts';

const trouble = 'We had some trouble connecting. Try again?';

/** A person submits a modal. `errors` come from Slack (an empty required input) or from the app. */
export async function submitView(world: World, body: JsonObject): Promise<Result> {
  const user = actingUser(world, body);
  const view = openView(world, user, body);
  view.state = { values: objectOf(body.values) };
  const incomplete = inputErrors(view);
  if (Object.keys(incomplete).length > 0) return { ok: false, errors: incomplete };
  const ack = await world.delivery.send('interactive', {
    ...interaction('view_submission', user),
    trigger_id: world.triggers.issue(user.id, true),
    view: copyOf(view),
    response_urls: [],
  });
  try {
    return applyResponse(world, user, view, ack);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    world.ledger.violated(error.code, JSON.stringify(error.more), 'ack');
    return failed(error.code);
  }
}

/** A person closes a modal: the top view, or with `clear_on_close` all views. */
export async function closeView(world: World, body: JsonObject): Promise<Result> {
  const user = actingUser(world, body);
  const view = openView(world, user, body);
  const stack = world.workspace.modals.get(user.id) ?? [];
  const closed = view.clear_on_close || body.clear === true ? [...stack] : [view];
  for (const one of closed) remove(world, user, one);
  if (!view.notify_on_close) return { ok: true };
  const payload = { ...interaction('view_closed', user), view: copyOf(view), is_cleared: closed.length > 1 };
  const ack = await world.delivery.send('interactive', payload);
  return ack.ok ? { ok: true } : { ok: false, error: ack.error };
}

function openView(world: World, user: User, body: JsonObject): View {
  const id = requireText(body, 'view_id');
  const view = world.workspace.modals.get(user.id)?.find(one => one.id === id);
  if (!view) throw new SlackError('view_not_found');
  return view;
}

/** Applies the `response_action` of an acknowledged submission (https://docs.slack.dev/surfaces/modals). */
function applyResponse(world: World, user: User, view: View, ack: Ack): Result {
  if (!ack.ok) {
    world.ledger.violated(ack.error, view.callback_id, 'ack');
    return failed(ack.error);
  }
  const answer = objectOf(ack.payload);
  switch (answer.response_action) {
    case undefined:
      remove(world, user, view);
      return { ok: true };
    case 'clear':
      for (const one of [...(world.workspace.modals.get(user.id) ?? [])]) remove(world, user, one);
      return { ok: true };
    case 'errors':
      return { ok: false, errors: appErrors(view, answer.errors) };
    case 'update':
      replaceModal(world, user.id, view, readView(world, answer.view, 'modal'));
      return { ok: true };
    case 'push':
      pushModal(world, user.id, readView(world, answer.view, 'modal'));
      return { ok: true };
    default:
      throw new SlackError('invalid_response_action');
  }
}

function failed(error: string): Result {
  return { ok: false, error, message: trouble };
}

function remove(world: World, user: User, view: View): void {
  const stack = (world.workspace.modals.get(user.id) ?? []).filter(one => one !== view);
  if (stack.length === 0) world.workspace.modals.delete(user.id);
  else world.workspace.modals.set(user.id, stack);
  world.workspace.emit({ kind: 'view_closed', user: user.id, view_id: view.id });
}

/** The app's errors; Slack shows them only below input blocks of this view. */
function appErrors(view: View, errors: unknown): JsonObject {
  const inputs = view.blocks.filter(block => block.type === 'input').map(block => block.block_id);
  const given = objectOf(errors);
  const names = Object.keys(given);
  if (names.length === 0 || !names.every(name => inputs.includes(name))) throw new SlackError('invalid_errors');
  return given;
}

/** The errors that Slack's client reports by itself: empty required inputs, and text that is too short or too long. */
function inputErrors(view: View): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of view.blocks.filter(one => one.type === 'input')) {
    const element = objectOf(block.element);
    const blockId = textOf(block.block_id) ?? '';
    const entered = enteredIn(view, blockId);
    if (entered === undefined && block.optional !== true) errors[blockId] = 'Please complete this required field.';
    if (typeof entered !== 'string') continue;
    const [min, max] = [Number(element.min_length ?? 0), Number(element.max_length ?? 3000)];
    if (entered.length < min) errors[blockId] = `Must be at least ${min} characters.`;
    if (entered.length > max) errors[blockId] = `Must be at most ${max} characters.`;
  }
  return errors;
}

/** The content of one input, undefined where it is empty. */
function enteredIn(view: View, blockId: string): unknown {
  const state = Object.values(objectOf(view.state.values[blockId])).find(isObject);
  if (!state) return undefined;
  const key = Object.keys(state).find(name => name === 'value' || name.startsWith('selected_') || name === 'files');
  const entered = key === undefined ? undefined : state[key];
  const isEmpty = entered === null || entered === '' || (Array.isArray(entered) && entered.length === 0);
  return isEmpty ? undefined : entered;
}
