/** What people do and see in the simulated Slack, over the same interface that its page uses. */
import type { Fault } from '../../sandbox/slack/faults.ts';
import type { SlackSandbox } from '../../sandbox/slack/main.ts';
import type { Ephemeral, Message, View } from '../../sandbox/slack/model.ts';

type Json = Record<string, unknown>;

/** What Slack says to somebody's command, click or submission. */
export interface Answer extends Json {
  readonly ok: boolean;
  readonly error?: string;
  /** ms until Slack had its acknowledgement. */
  readonly tookMs: number;
}

export interface Button {
  readonly message: Message;
  readonly channel: string;
  readonly block_id: string;
  readonly action_id: string;
  readonly value: string;
}

export class SlackHands {
  readonly slack: SlackSandbox;

  constructor(slack: SlackSandbox) {
    this.slack = slack;
  }

  get people() {
    return this.slack.slack.users;
  }

  get channel(): string {
    return this.slack.slack.channel;
  }

  get approvalsChannel(): string {
    return this.slack.slack.approvalsChannel;
  }

  /** POST to the page's interface or to a switch. */
  async post(name: string, body: Json, method = 'POST'): Promise<Answer> {
    const started = performance.now();
    const response = await fetch(`${this.slack.page}_sandbox/slack/${name}`, {
      method,
      ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Json;
    return { ok: response.ok, ...answer, tookMs: performance.now() - started };
  }

  /** `/gke-auth …`, by the requester in the first channel unless said otherwise. */
  type(text: string, { user, channel }: { user?: string; channel?: string } = {}): Promise<Answer> {
    return this.post('command', {
      user: user ?? this.people.requester,
      channel: channel ?? this.channel,
      text: `/gke-auth ${text}`,
    });
  }

  press(user: string, { channel, message, block_id, action_id }: Button, over: Json = {}): Promise<Answer> {
    return this.post('action', { user, channel, message_ts: message.ts, block_id, action_id, ...over });
  }

  /** Submits the modal on top of this person's stack, each text field with the text of its action id. */
  submit(user: string, texts: Readonly<Record<string, string>>): Promise<Answer> {
    const view = this.modal(user);
    if (!view) throw new Error(`${user} has no open modal`);
    const state = view.blocks.flatMap(({ block_id, element }) => {
      const { type, action_id } = (element ?? {}) as { type?: string; action_id?: string };
      const value = texts[action_id ?? ''];
      return value === undefined ? [] : [[String(block_id), { [action_id ?? '']: { type, value } }]];
    });
    return this.post('submit', { user, view_id: view.id, values: Object.fromEntries(state) });
  }

  modal(user: string): View | undefined {
    return this.slack.workspace.modals.get(user)?.at(-1);
  }

  messages(channel = this.channel): Message[] {
    return this.slack.workspace.list(channel);
  }

  /** The messages that start a thread or stand alone. */
  parents(channel = this.channel): Message[] {
    return this.messages(channel).filter(({ ts, thread_ts }) => thread_ts === undefined || thread_ts === ts);
  }

  replies(parent: Pick<Message, 'ts'>, channel = this.channel): Message[] {
    return this.messages(channel).filter(({ ts, thread_ts }) => thread_ts === parent.ts && ts !== parent.ts);
  }

  /** What only this person was shown, oldest first. */
  whispers(user: string = this.people.requester): Ephemeral[] {
    return this.slack.workspace.ephemerals.filter(({ to }) => to === user);
  }

  /** The buttons of a channel's messages with this action id, newest message last. */
  buttons(action: string, channel = this.channel): Button[] {
    return this.messages(channel).flatMap(message =>
      (message.blocks ?? []).flatMap(block =>
        elementsOf(block)
          .filter(element => element.action_id === action)
          .map(element => ({
            message,
            channel,
            block_id: String(block.block_id),
            action_id: action,
            value: String(element.value ?? ''),
          })),
      ),
    );
  }

  /** A further public channel with the app, the requester and the approvers in it; its id. */
  addChannel(name: string): string {
    const { workspace } = this.slack;
    const like = workspace.channel(this.channel);
    if (!like) throw new Error('the first channel is gone');
    const id = workspace.nextId('C');
    workspace.channels.set(id, { ...structuredClone(like), id, name });
    return id;
  }

  /** What a message says, blocks and all. */
  shown(ref: { readonly channel: string; readonly ts: string } | undefined): string {
    return JSON.stringify(this.slack.workspace.message(ref?.channel ?? '', ref?.ts ?? '') ?? '');
  }

  /** Makes a call of the app fail, as `sandbox/slack/README.md`, "Switches". What is given says whether it has happened. */
  fault(fault: Partial<Fault> & Pick<Fault, 'method' | 'kind'>): () => boolean {
    const { faults } = this.slack.world;
    const { id, times } = faults.add({ when: 'before', times: 1, skip: 0, ...fault });
    return () => (faults.list().find(other => other.id === id)?.times ?? 0) < times;
  }

  /** Ids of the posts that carry a key of ours, by key: two of the same key are one message too many. */
  keys(channel = this.channel): string[] {
    return this.messages(channel).flatMap(({ metadata }) => {
      const payload = (metadata as { event_payload?: { key?: string } } | undefined)?.event_payload;
      return payload?.key ? [payload.key] : [];
    });
  }
}

function elementsOf(block: Json): Json[] {
  const elements = Array.isArray(block.elements) ? block.elements : [];
  const accessory = block.accessory ? [block.accessory] : [];
  return [...elements, ...accessory].filter(element => typeof element === 'object' && element !== null);
}
