import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageText } from '../../src/bot/shortcuts/diagnose-message.ts';
import { HEALTH_KEY } from '../../src/store/worker-health.ts';
import { act, jobsOf, reportWithApproval, seen, startWorld, typeCommand, type World, whispers } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.store.flushall();
  world.slack.workspace.ephemerals.length = 0;
});

const last = (user?: string) => whispers(world, user).at(-1) ?? '';
const users = () => world.slack.slack.users;
const modalOf = (user: string) => world.slack.workspace.modals.get(user)?.at(-1);
const submit = (user: string, values: Record<string, unknown>) =>
  act(world, 'submit', { user, view_id: modalOf(user)?.id, values });

describe('/gke-auth', () => {
  it('diagnose: acknowledged, and on the queue with everything the worker needs', async () => {
    expect(await typeCommand(world, 'diagnose cluster-x --project prod-1 --ttl 8h')).toMatchObject({ ok: true });
    expect(last()).toBe("Looking at `cluster-x`. I'll post the report here.");
    const [job] = await jobsOf(world, 'diagnose');
    expect(job).toMatchObject({
      kind: 'diagnose',
      requester: { team: world.slack.slack.team, user: users().requester, email: 'alice@example.com' },
      place: {
        channel: world.slack.slack.channel,
        language: 'en',
        userLanguage: 'en',
        responseUrl: expect.stringContaining('http'),
      },
      request: { cluster: 'cluster-x', projects: ['prod-1'], grantMs: 8 * 3_600_000 },
    });
    await typeCommand(world, 'diagnose cluster-y');
    expect(last()).toContain('1 diagnosis is ahead of yours');
  });

  it('diagnose: for the one who asks, unless it says for whom', async () => {
    await typeCommand(world, 'diagnose cluster-x');
    await typeCommand(world, 'diagnose cluster-x --for kim@example.com');
    await typeCommand(world, `diagnose cluster-x --for <@${users().approver}|bob>`);
    const jobs = (await jobsOf(world, 'diagnose')) as { request: { principal?: string } }[];
    expect(jobs.map(({ request }) => request.principal).sort()).toEqual([
      'alice@example.com',
      'bob@example.com',
      'kim@example.com',
    ]);
  });

  it('speaks the language of the one who typed', async () => {
    await typeCommand(world, 'diagnose cluster-x', users().japanese);
    expect(last(users().japanese)).toBe('`cluster-x` を調べています。結果はここに投稿します。');
    expect(await jobsOf(world, 'diagnose')).toMatchObject([{ place: { language: 'en', userLanguage: 'ja' } }]);
    await typeCommand(world, 'help --lang en', users().japanese);
    expect(last(users().japanese)).toContain('finds out why');
  });

  it('takes a mention for that person, by their email', async () => {
    await typeCommand(world, 'diagnose cluster-x --for @bob');
    expect(await jobsOf(world, 'diagnose')).toMatchObject([{ request: { principal: 'bob@example.com' } }]);
  });

  it.each([
    ['diagnoze cluster-x', 'Did you mean diagnose?'],
    ['diagnose cluster-x --fro a@b.c', 'Did you mean --for?'],
    [`diagnose ${'x'.repeat(10_000)}`, 'characters long'],
    ['scan <!channel>', '&lt;!channel&gt;'],
  ])('%s is refused with the way out, and nothing starts', async (text, says) => {
    await typeCommand(world, text);
    expect(last()).toContain(says);
    expect(await jobsOf(world, 'diagnose')).toEqual([]);
  });

  it('diagnose without a cluster: a picker that knows the clusters seen, and takes a typed name', async () => {
    const user = users().requester;
    await world.bot.services.reports.rememberClusters(['prod-1/asia-northeast1/cluster-x', 'prod-2/us-central1/other']);
    await typeCommand(world, 'diagnose --project prod-1');
    const view = await seen(world, () => modalOf(user));
    expect(view).toMatchObject({ callback_id: 'diagnose' });
    const offered = await act(world, 'options', {
      user,
      view_id: view.id,
      block_id: 'cluster',
      action_id: 'cluster',
      value: 'CLUSTER-X',
    });
    expect(offered).toMatchObject({ ok: true, options: [{ value: 'prod-1/asia-northeast1/cluster-x' }] });
    expect(await submit(user, {})).toMatchObject({ errors: { typed: expect.stringContaining('Choose a cluster') } });
    expect(await submit(user, { typed: { typed: { type: 'plain_text_input', value: 'no cluster!' } } })).toMatchObject({
      errors: { typed: expect.stringContaining("can't be the name") },
    });
    const picked = {
      type: 'external_select',
      selected_option: { text: { type: 'plain_text', text: 'x' }, value: 'prod-1/asia-northeast1/cluster-x' },
    };
    expect(await submit(user, { cluster: { cluster: picked } })).toMatchObject({ ok: true });
    await seen(world, () => whispers(world).find(text => text.includes('Looking at')));
    expect(await jobsOf(world, 'diagnose')).toMatchObject([
      {
        request: { cluster: 'prod-1/asia-northeast1/cluster-x', projects: ['prod-1'] },
        place: { channel: world.slack.slack.channel },
      },
    ]);
  });

  it('scan: the project named, or all that are configured', async () => {
    await typeCommand(world, 'scan prod-9');
    await typeCommand(world, 'scan');
    expect(await jobsOf(world, 'scan')).toMatchObject([{ projects: ['prod-9'] }, { projects: ['prod-1', 'prod-2'] }]);
  });

  it('status: queue, workers and Google access, as the workers report it', async () => {
    await typeCommand(world, 'status');
    expect(last()).toContain('Diagnosing workers: none running');
    const at = new Date().toISOString();
    const google = { state: 'ok' as const, identity: 'diagnoser@ops.iam.gserviceaccount.com' };
    const health = { role: 'diagnoser', instance: 'a:1', startedAt: at, at, google };
    await world.store.hset(HEALTH_KEY, 'a:1', JSON.stringify(health));
    await typeCommand(world, 'status');
    const blocks = JSON.stringify(world.slack.workspace.ephemerals.at(-1)?.blocks);
    expect(blocks).toContain('Diagnosing workers: 1 up');
    expect(blocks).toContain('diagnoser@ops');
  });

  it('help, pending, history, cancel, watch and unwatch answer', async () => {
    await typeCommand(world, '');
    expect(last()).toContain('finds out why');
    await typeCommand(world, 'pending', users().approver);
    expect(last(users().approver)).toBe('No fix is waiting for your decision.');
    const approval = await reportWithApproval(world);
    await typeCommand(world, 'pending', users().approver);
    expect(last(users().approver)).toBe('1 fix waiting for your decision');
    await typeCommand(world, 'pending');
    expect(last()).toBe('No fix is waiting for your decision.');
    await typeCommand(world, 'history cluster-x');
    expect(last()).toContain('Past diagnoses of cluster-x');
    await typeCommand(world, `cancel ${approval.signed.plan.reportId}`);
    expect(last()).toContain('is running. A running diagnosis');
    await typeCommand(world, 'watch cluster-x --every 1d');
    const [, id = ''] = /unwatch `(\w+)`/.exec(last()) ?? [];
    await typeCommand(world, `unwatch ${id}`);
    expect(last()).toContain('Stopped watch');
  });

  it('explain: what it means, and a diagnosis where the error names the cluster', async () => {
    await typeCommand(world, 'explain something entirely unrelated happened');
    expect(last()).toContain("I don't know this one");
    const error =
      'ERROR: (gcloud.container.clusters.get-credentials) ResponseError: code=403, message=Required "container.clusters.get" permission(s) for "projects/prod-1/locations/asia-northeast1/clusters/cluster-x".';
    await typeCommand(world, `explain ${error}`);
    expect(await jobsOf(world, 'diagnose')).toMatchObject([
      { request: { cluster: 'prod-1/asia-northeast1/cluster-x', symptom: { problem: 'caller-clusters-get' } } },
    ]);
  });
});

describe('Diagnose this error', () => {
  it('explains the message and answers into its thread', async () => {
    const { channel } = world.slack.slack;
    const text =
      'Required "container.clusters.get" permission(s) for "projects/prod-1/locations/eu/clusters/cluster-x".';
    const { ts } = await act(world, 'message', { user: users().approver, channel, text });
    await act(world, 'shortcut', { user: users().requester, channel, message_ts: ts, callback_id: 'diagnose_message' });
    await seen(world, () => whispers(world).find(said => said.includes('cluster-x')));
    expect(await jobsOf(world, 'diagnose')).toMatchObject([{ place: { threadTs: ts } }]);
  });
});

it('an alert of another app: its words are in blocks and attachments', () => {
  const block = { type: 'section', text: { type: 'mrkdwn', text: 'Error: <http://x.example|denied> &lt;1&gt;' } };
  const message = {
    text: '',
    blocks: [block],
    attachments: [{ color: 'red', fallback: 'it failed', fields: [{ title: 'why', value: 'quota' }] }],
  };
  expect(messageText(message)).toBe('Error: <http://x.example|denied> &lt;1&gt;\nit failed\nwhy\nquota');
  expect(messageText(undefined)).toBe('');
});

describe('the Home tab', () => {
  it('shows what waits for this person', async () => {
    await reportWithApproval(world);
    const user = users().approver;
    await act(world, 'home', { user });
    const home = await seen(world, () => world.slack.workspace.homes.get(user));
    expect(JSON.stringify(home.blocks)).toContain('Waiting for me');
  });
});

describe('bad days', () => {
  it('the same envelope twice: one job', async () => {
    const { delivery } = world.slack.world;
    const payload = {
      user_id: users().requester,
      team_id: world.slack.slack.team,
      channel_id: world.slack.slack.channel,
      command: '/gke-auth',
      text: 'diagnose cluster-x',
      trigger_id: 'twice.1',
      response_url: '',
    };
    await Promise.all([delivery.send('slash_commands', payload), delivery.send('slash_commands', payload)]);
    expect(await jobsOf(world, 'diagnose')).toHaveLength(1);
  });

  it('a workspace that is not ours is turned away', async () => {
    const payload = {
      user_id: 'U1',
      team_id: 'T0OTHER',
      channel_id: 'C1',
      command: '/gke-auth',
      text: 'status',
      trigger_id: 'x.1',
    };
    const ack = await world.slack.world.delivery.send('slash_commands', payload);
    expect(JSON.stringify(ack)).toContain('slack.teams');
  });

  it('Slack does not tell who it is: answered all the same, in the language of the channel', async () => {
    await act(world, 'faults', { method: 'users.info', kind: 'http_error', status: 500, times: 20 });
    await typeCommand(world, 'diagnose cluster-x', users().withoutRights);
    expect(last(users().withoutRights)).toContain('Looking at');
    await fetch(`${world.slack.page}_sandbox/slack/faults`, { method: 'DELETE' });
  });

  it('no log line holds a token, a trigger or a response URL', () => {
    const lines = world.logged.join('\n');
    expect(lines).toContain('"trace":"d');
    expect(lines).not.toMatch(/xoxb-|xapp-|\/commands\/T|trigger_id":"\d/);
  });
});

describe('Redis away', () => {
  it('killed: told within 3 s, nothing started; recovers by itself', async () => {
    await world.redis.kill();
    const before = Date.now();
    expect(await typeCommand(world, 'diagnose cluster-x')).toMatchObject({ ok: true });
    expect(Date.now() - before).toBeLessThan(3_000);
    expect(last()).toContain('nothing was started');
    await typeCommand(world, 'status');
    expect(last()).toContain("Redis isn't answering");
    await world.redis.restart();
    await world.bot.services.queue.counts().catch(() => world.bot.services.queue.counts());
    await typeCommand(world, 'diagnose cluster-x');
    expect(last()).toContain('Looking at');
  });

  it('frozen: told within 3 s that nobody knows', async () => {
    const thaw = world.redis.pause();
    const before = Date.now();
    expect(await typeCommand(world, 'diagnose cluster-z')).toMatchObject({ ok: true });
    expect(Date.now() - before).toBeLessThan(3_000);
    expect(last()).toMatch(/didn't answer in time|Working on it/);
    thaw();
  });
});
