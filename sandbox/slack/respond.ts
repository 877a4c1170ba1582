import { type Answer, json } from './http.ts';
import { flagOf, type JsonObject, textOf } from './json.ts';
import { type Content, contentOf, isEmpty, metadataOf } from './methods/content.ts';
import { SlackError } from './methods/method.ts';
import { app } from './people.ts';
import type { ResponseTarget } from './tickets.ts';
import { faultAnswer } from './webapi.ts';
import type { World } from './world.ts';

/**
 * Answers a POST to a response_url (https://docs.slack.dev/interactivity/handling-user-interaction, message responses).
 * An expired or used-up URL is a 404. Content that Slack rejects is a 200 with `ok: false`.
 */
export function answerResponseUrl(world: World, path: string, body: JsonObject): Answer {
  world.ledger.called('response_url');
  const fault = world.faults.take('response_url', undefined);
  if (fault?.when === 'before') return faultAnswer(fault);
  const target = world.responseUrls.use(path);
  if (!target) return json({ ok: false, error: 'invalid_url' }, 404);
  if ('error' in target) {
    world.ledger.violated(target.error, path, 'response_url');
    return json({ ok: false, error: target.error }, 404);
  }
  try {
    respond(world, target, body);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    world.ledger.violated(error.code, JSON.stringify(error.more), 'response_url');
    return json({ ok: false, error: error.code, ...error.more });
  }
  return fault ? faultAnswer(fault) : json({ ok: true });
}

/** Posts, replaces or deletes as the body of a response_url or an acknowledged command asks. Throws Slack's errors. */
export function respond(world: World, target: ResponseTarget, body: JsonObject): void {
  const content = contentOf({ world, args: body });
  if (flagOf(body.delete_original)) {
    deleteOriginal(world, target);
    return;
  }
  if (isEmpty(content)) throw new SlackError('no_text');
  if (flagOf(body.replace_original) && replaceOriginal(world, target, content)) return;
  const { workspace } = world;
  const threadTs = textOf(body.thread_ts) ?? target.threadTs;
  const shared = {
    text: content.text ?? '',
    ...(content.blocks ? { blocks: workspace.named(content.blocks) } : {}),
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
  };
  if (body.response_type !== 'in_channel') {
    workspace.whisper({ ...shared, to: target.user, user: app.botUser, channel: target.channel });
    return;
  }
  const metadata = metadataOf(body.metadata);
  workspace.post(target.channel, { ...workspace.author, ...shared, ...(metadata ? { metadata } : {}) });
}

function replaceOriginal(world: World, target: ResponseTarget, content: Content): boolean {
  const { workspace } = world;
  const blocks = content.blocks ? workspace.named(content.blocks) : undefined;
  const ephemeral = workspace.ephemerals.find(one => one.id === target.ephemeral);
  if (ephemeral) {
    workspace.editEphemeral(ephemeral, content.text ?? '', blocks);
    return true;
  }
  const message = target.messageTs === undefined ? undefined : workspace.message(target.channel, target.messageTs);
  if (!message) return false;
  workspace.edit(target.channel, message, { text: content.text ?? message.text, blocks });
  return true;
}

function deleteOriginal(world: World, target: ResponseTarget): void {
  const { workspace } = world;
  const ephemeral = workspace.ephemerals.find(one => one.id === target.ephemeral);
  const message = target.messageTs === undefined ? undefined : workspace.message(target.channel, target.messageTs);
  if (ephemeral) workspace.removeEphemeral(ephemeral);
  else if (message) workspace.remove(target.channel, message);
}
