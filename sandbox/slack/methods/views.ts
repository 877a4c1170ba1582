import { checkView, maxViewBytes } from '../blockkit/views.ts';
import { copyOf, isObject, type JsonObject, objectsOf, parseStructured, textOf } from '../json.ts';
import type { View } from '../model.ts';
import { app, team } from '../people.ts';
import type { World } from '../world.ts';
import { type Call, type Method, optional, refuseProblems, required, SlackError } from './method.ts';

/** One more is `push_limit_reached` (https://docs.slack.dev/reference/methods/views.push). */
const maxStack = 3;

/** Reads and checks a view; throws Slack's errors. */
export function readView(world: World, value: unknown, type: 'modal' | 'home'): View {
  const given = parseStructured(value);
  if (!isObject(given)) throw new SlackError('invalid_arguments');
  refuseProblems(checkView(given), 'invalid_arguments');
  if (given.type !== type) {
    const pointer = { message: `must be a ${type}`, pointer: '/view/type' };
    refuseProblems([pointer], 'invalid_arguments');
  }
  if (Buffer.byteLength(JSON.stringify(given)) > maxViewBytes) throw new SlackError('view_too_large');
  const id = world.workspace.nextId('V');
  return {
    id,
    team_id: team.id,
    type,
    ...(isObject(given.title) ? { title: given.title } : {}),
    submit: isObject(given.submit) ? given.submit : null,
    close: isObject(given.close) ? given.close : null,
    blocks: world.workspace.named(objectsOf(given.blocks)),
    private_metadata: textOf(given.private_metadata) ?? '',
    callback_id: textOf(given.callback_id) ?? '',
    external_id: textOf(given.external_id) ?? '',
    state: { values: {} },
    hash: newHash(world),
    clear_on_close: given.clear_on_close === true,
    notify_on_close: given.notify_on_close === true,
    root_view_id: id,
    previous_view_id: null,
    app_id: app.id,
    app_installed_team_id: team.id,
    bot_id: app.botId,
  };
}

function newHash(world: World): string {
  return `${Math.floor(world.now() / 1000)}.${world.workspace.nextId('').slice(0, 8).toLowerCase()}`;
}

/** Opens a view for `user`, in place of any open modal. */
export function openModal(world: World, user: string, view: View): void {
  refuseTwin(world, view);
  world.workspace.modals.set(user, [view]);
  world.workspace.emit({ kind: 'view_opened', user, view });
}

/** Puts a view on top of `user`'s modal. */
export function pushModal(world: World, user: string, view: View): void {
  const stack = world.workspace.modals.get(user) ?? [];
  const root = stack[0];
  const top = stack.at(-1);
  if (!root || !top) throw new SlackError('view_not_found');
  if (stack.length >= maxStack) throw new SlackError('push_limit_reached');
  refuseTwin(world, view);
  view.root_view_id = root.id;
  view.previous_view_id = top.id;
  stack.push(view);
  world.workspace.emit({ kind: 'view_opened', user, view });
}

/** Gives an open view new content under its old id. */
export function replaceModal(world: World, user: string, current: View, view: View): void {
  const { id, root_view_id, previous_view_id } = current;
  Object.assign(current, view, { id, root_view_id, previous_view_id });
  world.workspace.emit({ kind: 'view_updated', user, view: current });
}

/** The open view that matches, and the user who has it open. */
export function findModal(world: World, matches: (view: View) => boolean): { user: string; view: View } | undefined {
  for (const [user, stack] of world.workspace.modals) {
    const view = stack.find(matches);
    if (view) return { user, view };
  }
  return undefined;
}

function refuseTwin(world: World, view: View): void {
  if (view.external_id === '') return;
  if (findModal(world, open => open.external_id === view.external_id)) throw new SlackError('duplicate_external_ref');
}

function open(call: Call): JsonObject {
  const view = readView(call.world, call.args.view, 'modal');
  const trigger = call.world.triggers.exchange(required(call, 'trigger_id'));
  if ('error' in trigger) throw new SlackError(trigger.error);
  openModal(call.world, trigger.user, view);
  return { view: copyOf(view) };
}

function push(call: Call): JsonObject {
  const view = readView(call.world, call.args.view, 'modal');
  const trigger = call.world.triggers.exchange(required(call, 'trigger_id'));
  if ('error' in trigger) throw new SlackError(trigger.error);
  if (!trigger.fromModal) throw new SlackError('invalid_trigger_id');
  pushModal(call.world, trigger.user, view);
  return { view: copyOf(view) };
}

function update(call: Call): JsonObject {
  const id = optional(call, 'view_id');
  const externalId = optional(call, 'external_id');
  if (id === undefined && externalId === undefined) throw new SlackError('invalid_arguments');
  const found = findModal(call.world, view => (id === undefined ? view.external_id === externalId : view.id === id));
  if (!found) throw new SlackError('not_found');
  refuseStale(call, found.view);
  replaceModal(call.world, found.user, found.view, readView(call.world, call.args.view, 'modal'));
  return { view: copyOf(found.view) };
}

function publish(call: Call): JsonObject {
  const { workspace, switches } = call.world;
  const user = required(call, 'user_id');
  if (!workspace.users.has(user)) throw new SlackError('user_not_found');
  if (!switches.homeTab) throw new SlackError('not_enabled');
  const view = readView(call.world, call.args.view, 'home');
  const current = workspace.homes.get(user);
  if (current) {
    refuseStale(call, current);
    Object.assign(view, { id: current.id, root_view_id: current.id });
  }
  workspace.homes.set(user, view);
  workspace.emit({ kind: 'home', user, view });
  return { view: copyOf(view) };
}

function refuseStale(call: Call, view: View): void {
  const hash = optional(call, 'hash');
  if (hash !== undefined && hash !== view.hash) throw new SlackError('hash_conflict');
}

export const viewMethods: Record<string, Method> = {
  'views.open': { tier: 4, run: open },
  'views.push': { tier: 4, run: push },
  'views.update': { tier: 4, run: update },
  'views.publish': { tier: 4, run: publish },
};
