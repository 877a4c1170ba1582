import { checkBlocks } from '../blockkit/blocks.ts';
import { checkView } from '../blockkit/views.ts';
import { type JsonObject, objectOf, parseStructured } from '../json.ts';
import { app, team } from '../people.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import { type Call, type Method, SlackError } from './method.ts';
import { userMethods } from './users.ts';
import { viewMethods } from './views.ts';

function authTest(call: Call): JsonObject {
  return {
    url: `${call.world.origin}/`,
    team: team.name,
    user: 'gke-auth',
    team_id: team.id,
    user_id: app.botUser,
    bot_id: app.botId,
    is_enterprise_install: false,
  };
}

function openConnection(call: Call): JsonObject {
  return { url: `${call.world.origin.replace(/^http/, 'ws')}${call.world.socketMode.ticket()}` };
}

/** https://docs.slack.dev/reference/methods/blocks.validate: pointers are relative to the given argument. */
function validateBlocks(call: Call): JsonObject {
  const { blocks, view, message } = call.args;
  if ([blocks, view, message].filter(one => one !== undefined).length !== 1) {
    const messages = ['must provide exactly one of `blocks`, `view`, or `message`'];
    throw new SlackError('invalid_arguments', { response_metadata: { messages } });
  }
  const problems =
    view === undefined
      ? checkBlocks(
          blocks === undefined ? objectOf(parseStructured(message)).blocks : parseStructured(blocks),
          'message',
          '',
        )
      : checkView(parseStructured(view));
  if (problems.length === 0) return {};
  const errors = problems.map(problem => ({ code: 'failed_constraint', ...problem }));
  throw new SlackError('invalid_blocks', { errors });
}

/** The simulated Web API methods. Any other is `unknown_method`. */
export const methods: Record<string, Method> = {
  'auth.test': { tier: 'special', run: authTest },
  'api.test': { tier: 4, token: 'none', run: call => ({ args: call.args }) },
  'apps.connections.open': { tier: 3, token: 'app', run: openConnection },
  'team.info': {
    tier: 3,
    scopes: ['team:read'],
    run: () => ({ team: { ...team, email_domain: 'example.com', icon: {} } }),
  },
  'blocks.validate': { tier: 3, token: 'none', run: validateBlocks },
  ...chatMethods,
  ...conversationMethods,
  ...userMethods,
  ...viewMethods,
  ...fileMethods,
};
