import type { App } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { SlackSandbox } from '../../../sandbox/slack/main.ts';
import { type Answer, clientOf, control, first, socketApp, start } from './simulated.ts';

/** A plain_text object. */
export const plain = (text: string) => ({ type: 'plain_text' as const, text });
/** A modal with one required input. */
export const modal = (title: string, more: object = {}) => ({
  type: 'modal' as const,
  callback_id: 'reason',
  title: plain(title),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: plain('Why'),
      element: { type: 'plain_text_input' as const, action_id: 'text', max_length: 20 },
    },
  ],
  ...more,
});

/** A message with two buttons and a menu. */
export const card: { text: string; blocks: KnownBlock[] } = {
  text: 'card',
  blocks: [
    {
      type: 'actions',
      block_id: 'decide',
      elements: [
        { type: 'button', action_id: 'approve', value: 'a-1', text: plain('Approve'), style: 'primary' },
        { type: 'button', action_id: 'deny', value: 'a-1', text: plain('Deny') },
        { type: 'overflow', action_id: 'menu', options: [{ text: plain('gcloud'), value: 'gcloud' }] },
      ],
    },
  ],
};

/** The body of something that the app got. */
export type Received = { [name: string]: unknown };

/** A workspace with an app in it that notes what it gets and answers by simple rules; its clock stands still. */
export type Echo = {
  slack: SlackSandbox;
  people: SlackSandbox['slack']['users'];
  /** What the app got, newest last. */
  received: Received[];
  last(): Received;
  /** Moves the workspace's clock. */
  advance(ms: number): void;
  /** The requester types a command in the main channel. */
  command(text: string, more?: object): Promise<Answer>;
  /** Posts `card`; returns its ts. */
  postCard(channel?: string): Promise<string>;
  /** Someone uses an element of the card. */
  click(user: string, ts: string, actionId: string, more?: object): Promise<Answer>;
  /** Forgets everything between two tests. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

export async function startEcho(): Promise<Echo> {
  let clock = 1_790_000_000_000;
  const received: Received[] = [];
  const slack = await start({ now: () => clock });
  const { app } = await socketApp(slack, bolt => configure(bolt, received));
  const { channel, users } = slack.slack;
  return {
    slack,
    people: users,
    received,
    last: () => first(received.slice(-1)),
    advance: ms => {
      clock += ms;
    },
    command: (text, more = {}) => control(slack, 'command', { user: users.requester, channel, text, ...more }),
    postCard: async (where = channel) => {
      const posted = await clientOf(slack).chat.postMessage({ channel: where, ...card });
      return posted.ts ?? '';
    },
    click: (user, ts, actionId, more = {}) => {
      const where = { channel, message_ts: ts, block_id: 'decide', action_id: actionId };
      return control(slack, 'action', { user, ...where, ...more });
    },
    reset: async () => {
      received.length = 0;
      await control(slack, 'reset', {});
    },
    close: async () => {
      await app.stop();
      await slack.close();
    },
  };
}

function configure(bolt: App, received: Received[]): void {
  bolt.command('/gke-auth', async ({ ack, body, command, respond }) => {
    received.push({ ...body });
    if (command.text === 'respond') {
      await ack();
      await respond({ text: 'from the response_url' });
      return;
    }
    await ack(
      command.text === 'broken'
        ? { text: 'x', blocks: [{ type: 'header', text: plain('') }] }
        : `Looking at ${command.text}`,
    );
  });
  bolt.action(/^(approve|menu|pick)$/, async ({ ack, body, respond }) => {
    received.push({ ...body });
    await ack();
    if ('response_url' in body) await respond({ text: 'replaced', replace_original: true });
  });
  bolt.action('deny', async ({ ack, body, client }) => {
    received.push({ ...body });
    await ack();
    if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view: modal('Deny') });
  });
  bolt.options('cluster', async ({ ack, body }) => {
    received.push({ ...body });
    await ack({ options: [{ text: plain(`${body.value}-1`), value: `${body.value}-1` }] });
  });
  bolt.view('reason', async ({ ack, body, view }) => {
    received.push({ ...body });
    const why = view.state.values.why?.text?.value;
    if (why === 'no') await ack({ response_action: 'errors', errors: { why: 'Say more.' } });
    else if (why === 'update') await ack({ response_action: 'update', view: modal('Updated') });
    else if (why === 'push') await ack({ response_action: 'push', view: modal('Pushed') });
    else if (why === 'clear') await ack({ response_action: 'clear' });
    else await ack();
  });
  bolt.view({ type: 'view_closed', callback_id: 'reason' }, async ({ ack, body }) => {
    received.push({ ...body });
    await ack();
  });
  bolt.shortcut('diagnose_message', async ({ ack, body }) => {
    received.push({ ...body });
    await ack();
  });
  bolt.event('app_home_opened', async ({ event, client }) => {
    received.push({ ...event });
    const blocks = [{ type: 'section' as const, text: plain('home') }];
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
  });
}
