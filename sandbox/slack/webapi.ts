import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import { type Answer, json } from './http.ts';
import { type JsonObject, textOf } from './json.ts';
import { methods } from './methods/index.ts';
import { type Method, SlackError } from './methods/method.ts';
import { credentials } from './people.ts';
import type { World } from './world.ts';

/** Errors that the app causes by itself. They are counted as violations. */
const mistakes: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_attachments',
  'invalid_arguments',
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'invalid_thread_ts',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
  'view_too_large',
  'push_limit_reached',
  'duplicate_external_ref',
  'expired_trigger_id',
  'exchanged_trigger_id',
  'invalid_trigger_id',
  'missing_scope',
  'not_authed',
  'not_allowed_token_type',
]);

/**
 * Answers one Web API call: checks token, scope and rate limit, then runs the method. Errors have status 200 and
 * `ok: false` (https://docs.slack.dev/apis/web-api). A fault applies before or after the method.
 */
export async function answerCall(
  world: World,
  name: string,
  args: JsonObject,
  authorization: string | undefined,
): Promise<Answer> {
  const { ledger, faults, switches } = world;
  ledger.called(name);
  if (switches.latencyMs > 0) await delay(switches.latencyMs);
  const channel = textOf(args.channel);
  const fault = faults.take(name, channel);
  const early = fault?.when === 'before' ? faultAnswer(fault) : undefined;
  if (early) return early;
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) {
    ledger.violated('unknown_method', `${name} is not simulated`, name);
    return refusal(world, name, new SlackError('unknown_method', { req_method: name }));
  }
  try {
    authorize(world, method, args, authorization);
    const wait = switches.rateLimits ? world.limits.take(name, method.tier, channel) : 0;
    if (wait > 0) {
      ledger.violated('ratelimited', `retry after ${wait} s`, name);
      return rateLimited(wait);
    }
    const result = method.run({ world, args });
    return (fault ? faultAnswer(fault) : undefined) ?? json({ ok: true, ...result }, 200, scopeHeaders(world, method));
  } catch (error) {
    if (error instanceof SlackError) return refusal(world, name, error);
    throw error;
  }
}

/** The answer of a fault. */
export function faultAnswer(fault: Fault): Answer {
  switch (fault.kind) {
    case 'ratelimited':
      return rateLimited(fault.retryAfter ?? 1);
    case 'http_error':
      return { status: fault.status ?? 503, body: 'upstream error', type: 'text/plain' };
    case 'error':
      return json({ ok: false, error: fault.error ?? 'internal_error' });
    default:
      return fault.kind;
  }
}

function rateLimited(seconds: number): Answer {
  return json({ ok: false, error: 'ratelimited' }, 429, { 'retry-after': String(seconds) });
}

function refusal(world: World, name: string, error: SlackError): Answer {
  world.ledger.failed(error.code);
  if (mistakes.has(error.code)) {
    world.ledger.violated(error.code, JSON.stringify(error.more), name);
  }
  return json({ ok: false, error: error.code, ...error.more });
}

function authorize(world: World, method: Method, args: JsonObject, header: string | undefined): void {
  if (method.token === 'none') return;
  const bearer = /^Bearer (.+)$/.exec(header ?? '')?.[1];
  // https://docs.slack.dev/reference/methods/apps.connections.open: the app-level token is accepted in the header only.
  const token = bearer ?? (method.token === 'app' ? undefined : textOf(args.token));
  if (!token) throw new SlackError('not_authed');
  if (token !== credentials.botToken && token !== credentials.appToken) throw new SlackError('invalid_auth');
  const wanted = method.token === 'app' ? credentials.appToken : credentials.botToken;
  if (token !== wanted) throw new SlackError('not_allowed_token_type');
  const scopes = method.scopesFor?.({ world, args }) ?? method.scopes ?? [];
  if (scopes.length === 0 || scopes.some(scope => world.scopes.includes(scope))) return;
  throw new SlackError('missing_scope', { needed: scopes.join(','), provided: world.scopes.join(',') });
}

function scopeHeaders(world: World, method: Method): Record<string, string> {
  if (method.token !== undefined) return {};
  return {
    'x-oauth-scopes': world.scopes.join(','),
    'x-accepted-oauth-scopes': (method.scopes ?? []).join(','),
  };
}
