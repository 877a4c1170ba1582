import { menuOption, optionGroup } from '../blockkit/objects.ts';
import { list } from '../blockkit/rules.ts';
import { copyOf, isObject, type JsonObject, objectOf, objectsOf, textOf } from '../json.ts';
import { elementsOf } from '../markup.ts';
import { SlackError } from '../methods/method.ts';
import type { View } from '../model.ts';
import { app, type User } from '../people.ts';
import type { ResponseTarget } from '../tickets.ts';
import type { World } from '../world.ts';
import { actingChannel, actingUser, type Result, requireText } from './acting.ts';
import { ackResult } from './commands.ts';
import { actionTs, channelField, interaction, messageFields, viewFields } from './payloads.ts';

/** The message or view that holds the clicked element, and the fields of the payload that describe it. */
type Scene = { blocks: JsonObject[][]; fields: JsonObject; target?: ResponseTarget; view?: View };

/** A person uses a button, a menu or a picker. A confirm dialog has been accepted before. */
export async function performAction(world: World, body: JsonObject): Promise<Result> {
  const user = actingUser(world, body);
  const scene = sceneOf(world, user, body);
  const element = findElement(scene, requireText(body, 'block_id'), requireText(body, 'action_id'));
  if (!element) return { ok: false, error: 'action_not_found' };
  const { view, target } = scene;
  const values = objectOf(objectOf(body.state).values);
  if (view) view.state = { values };
  const ack = await world.delivery.send('interactive', {
    ...interaction('block_actions', user),
    ...(view ? viewFields(view) : scene.fields),
    trigger_id: world.triggers.issue(user.id, view?.type === 'modal'),
    ...(target
      ? {
          response_url: world.origin + world.responseUrls.issue('actions', target),
          state: { values },
        }
      : {}),
    actions: [actionOf(world, body, element)],
  });
  return ackResult(world, user, requireText(body, 'action_id'), ack);
}

/** A person types into a select whose options come from the app. */
export async function loadOptions(world: World, body: JsonObject): Promise<Result> {
  const user = actingUser(world, body);
  const scene = sceneOf(world, user, body);
  const blockId = requireText(body, 'block_id');
  const actionId = requireText(body, 'action_id');
  const element = findElement(scene, blockId, actionId);
  if (!textOf(element?.type)?.endsWith('external_select')) return { ok: false, error: 'action_not_found' };
  const ack = await world.delivery.send('interactive', {
    ...interaction('block_suggestion', user),
    ...(scene.view ? viewFields(scene.view) : scene.fields),
    action_id: actionId,
    block_id: blockId,
    value: textOf(body.value) ?? '',
  });
  if (!ack.ok) return ackResult(world, user, actionId, ack);
  const { options, option_groups: groups } = objectOf(ack.payload);
  const problems =
    groups === undefined
      ? list(menuOption, 100, 0)(options, '/options')
      : list(optionGroup, 100, 0)(groups, '/option_groups');
  if (problems.length === 0) return { ok: true, ...(groups === undefined ? { options } : { option_groups: groups }) };
  world.ledger.violated('invalid_options', JSON.stringify(problems), 'block_suggestion');
  return { ok: false, error: 'invalid_options' };
}

function sceneOf(world: World, user: User, body: JsonObject): Scene {
  if (body.view_id !== undefined) return viewScene(world, user, requireText(body, 'view_id'));
  const channel = actingChannel(world, user, body);
  const { workspace } = world;
  const id = textOf(body.ephemeral) ?? textOf(body.ephemeral_id) ?? requireText(body, 'message_ts');
  const ephemeral = workspace.ephemerals.find(one => one.id === id && one.to === user.id);
  if (ephemeral) {
    const thread = ephemeral.thread_ts === undefined ? {} : { thread_ts: ephemeral.thread_ts };
    return {
      blocks: [ephemeral.blocks ?? []],
      fields: {
        container: { type: 'message', message_ts: id, channel_id: channel.id, is_ephemeral: true, ...thread },
        channel: channelField(channel),
      },
      target: { user: user.id, channel: channel.id, ephemeral: id },
    };
  }
  const message = workspace.message(channel.id, id);
  if (!message || message.bot_id !== app.botId) throw new SlackError('message_not_found');
  return {
    blocks: [message.blocks ?? [], ...workspace.earlierBlocks(channel.id, id)],
    fields: messageFields(channel, message),
    target: { user: user.id, channel: channel.id, messageTs: id },
  };
}

function viewScene(world: World, user: User, id: string): Scene {
  const home = world.workspace.homes.get(user.id);
  const modal = world.workspace.modals.get(user.id)?.find(view => view.id === id);
  const view = home?.id === id ? home : modal;
  if (!view) throw new SlackError('view_not_found');
  return { blocks: [view.blocks], fields: {}, view };
}

/** Finds the element in the current blocks, or in earlier ones that an open client may still show. */
function findElement(scene: Scene, blockId: string, actionId: string): JsonObject | undefined {
  for (const version of scene.blocks) {
    const block = version.flatMap(withChildren).find(one => one.block_id === blockId);
    const element = block ? elementsOf(block).find(one => one.action_id === actionId) : undefined;
    if (element) return element;
  }
  return undefined;
}

function withChildren(block: JsonObject): JsonObject[] {
  return [block, ...objectsOf(block.child_blocks), ...(block.type === 'carousel' ? objectsOf(block.elements) : [])];
}

const carried = [
  'selected_option',
  'selected_options',
  'selected_user',
  'selected_users',
  'selected_conversation',
  'selected_conversations',
  'selected_channel',
  'selected_channels',
  'selected_date',
  'selected_time',
  'selected_date_time',
];

function actionOf(world: World, body: JsonObject, element: JsonObject): JsonObject {
  const chosen = Object.fromEntries(carried.filter(name => body[name] !== undefined).map(name => [name, body[name]]));
  const option = chosen.selected_option;
  if (option !== undefined) chosen.selected_option = offered(element, option);
  const shown = Object.fromEntries(['text', 'style', 'placeholder'].map(name => [name, copyOf(element[name])]));
  return {
    type: element.type,
    action_id: element.action_id,
    block_id: requireText(body, 'block_id'),
    ...Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined)),
    ...shownValue(body, element),
    ...chosen,
    action_ts: actionTs(world),
  };
}

/** The button's own value, unless the request has another one; or the text of an input that dispatches actions. */
function shownValue(body: JsonObject, element: JsonObject): JsonObject {
  const value = textOf(body.value) ?? textOf(element.value);
  return value === undefined ? {} : { value };
}

/** The whole option for a value in a menu. Options of external menus are passed on as they are. */
function offered(element: JsonObject, given: unknown): unknown {
  const value = isObject(given) ? given.value : given;
  const groups = objectsOf(element.option_groups).flatMap(group => objectsOf(group.options));
  const options = [...objectsOf(element.options), ...groups];
  if (options.length === 0) return given;
  const option = options.find(one => one.value === value);
  if (!option) throw new SlackError('option_not_found');
  return copyOf(option);
}
