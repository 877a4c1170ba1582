import { App, SocketModeReceiver, type ViewOutput } from '@slack/bolt';
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import { type SlackSandbox, startSlack } from '../../../sandbox/slack/main.ts';

/** A workspace with a small app of its own behind it; `actions` are the clicks that reached the app. */
export type Fixture = {
  sandbox: SlackSandbox;
  actions: { id: string; user: string; value: string | undefined }[];
  submissions: ViewOutput['state'][];
  post(blocks: KnownBlock[] | object[], more?: { text?: string; thread_ts?: string }): Promise<string>;
  update(ts: string, blocks: KnownBlock[]): Promise<void>;
  close(): Promise<void>;
};

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string): PlainTextOption => ({ text: plain(value), value });

function modal(depth: number): ModalView {
  return {
    type: 'modal',
    callback_id: 'diagnose',
    title: plain(`Diagnose ${depth}`),
    submit: plain('Diagnose'),
    blocks: [
      {
        type: 'input',
        block_id: 'cluster',
        label: plain('Cluster'),
        element: {
          type: 'external_select',
          action_id: 'cluster',
          min_query_length: 1,
          placeholder: plain('Type a name'),
        },
      },
      {
        type: 'input',
        block_id: 'reason',
        label: plain('Reason'),
        element: { type: 'plain_text_input', action_id: 'reason', multiline: true },
      },
      { type: 'actions', block_id: 'more', elements: [{ type: 'button', action_id: 'push', text: plain('One more') }] },
    ],
  };
}

/** Starts the sandbox and a real Bolt app on it. The app never acknowledges the action `silent`. */
export async function startFixture(): Promise<Fixture> {
  const sandbox = await startSlack({ manifest: null });
  const { slackApi: slackApiUrl, slack } = sandbox;
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    installerOptions: { clientOptions: { slackApiUrl } },
  });
  const app = new App({ token: slack.botToken, receiver, clientOptions: { slackApiUrl } });
  const actions: Fixture['actions'] = [];
  const submissions: Fixture['submissions'] = [];

  app.command('/gke-auth', async ({ ack, command, client, respond }) => {
    await ack();
    if (command.text === 'pick') await client.views.open({ trigger_id: command.trigger_id, view: modal(1) });
    else await respond({ text: `You typed ${command.text}.` });
  });
  app.shortcut('diagnose_message', async ({ ack, shortcut, client }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: modal(1) });
  });
  app.action('push', async ({ ack, body, client }) => {
    await ack();
    if ('trigger_id' in body) await client.views.push({ trigger_id: body.trigger_id, view: modal(2) });
  });
  app.action('silent', async () => {});
  app.action(/^(?!silent$|push$)/, async ({ ack, body, action }) => {
    if (!('action_id' in action)) return;
    const value = 'value' in action ? action.value : undefined;
    const chosen = 'selected_option' in action ? action.selected_option?.value : undefined;
    actions.push({ id: action.action_id, user: body.user.id, value: value ?? chosen });
    await ack();
  });
  app.options('cluster', async ({ ack, options }) => {
    const found = ['cluster-x', 'cluster-y', 'staging'].filter(name => name.includes(options.value));
    await ack({ options: found.map(option) });
  });
  app.view('diagnose', async ({ ack, view }) => {
    const reason = view.state.values.reason?.reason?.value;
    if (reason === 'bad') return ack({ response_action: 'errors', errors: { reason: 'Say more than that.' } });
    submissions.push(view.state);
    return ack();
  });
  app.event('app_home_opened', async ({ event, client }) => {
    const text = { type: 'mrkdwn' as const, text: `Nothing waits for <@${event.user}>.` };
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'section', text }] } });
  });
  await app.start();

  const { channel } = slack;
  return {
    sandbox,
    actions,
    submissions,
    async post(blocks, more = {}) {
      const posted = await app.client.chat.postMessage({
        channel,
        text: 'A message',
        ...more,
        blocks: blocks as KnownBlock[],
      });
      return posted.ts ?? '';
    },
    async update(ts, blocks) {
      await app.client.chat.update({ channel, ts, text: 'A message', blocks });
    },
    async close() {
      await app.stop();
      await sandbox.close();
    },
  };
}
