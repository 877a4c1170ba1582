/** Deny with a reason, a grant that ends by itself, and the same in Japanese. */
import { expect, it } from 'vitest';
import { keys } from '../../src/store/keys.ts';
import { createProducer } from '../../src/store/queue.ts';
import { signingAs } from '../approvals/examples.ts';
import { PLAN_KEY, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenCluster, brokenMember, brokenProject, brokenProjects, nodeRole } from '../system/worlds.ts';

const system = useSystem({ world: () => brokenProjects(4), rateLimits: false });

it('Deny asks for a reason, tells the requester and the other approvers, and grants nothing', async () => {
  const here = system();
  const { approver } = here.people;
  const channel = here.addChannel('denied');
  const button = await here.offer(1, channel);
  const [deny] = here.buttons('deny', channel);
  if (!deny) throw new Error('no Deny button');
  await here.press(approver, deny);
  await until('the modal', () => here.modal(approver));
  const [field] = here.modal(approver)?.blocks ?? [];
  expect(await here.submit(approver, { reason: '   ' })).toMatchObject({
    ok: false,
    errors: { [String(field?.block_id)]: expect.any(String) },
  });
  expect(await here.submit(approver, { reason: 'Ask <!channel> for a *smaller* role' })).toMatchObject({ ok: true });
  await here.reaches(button.value, 'denied');
  await here.cardsSay(button.value, 'Denied by');
  const [parent] = here.parents(channel);
  if (!parent) throw new Error('no parent');
  const told = await until('the requester is told', () =>
    here
      .replies(parent, channel)
      .find(({ text }) => text.includes('Denied') && text.includes(`<@${here.people.requester}>`)),
  );
  await until('the other approvers are told', () =>
    here.messages(here.approvalsChannel).find(({ text, thread_ts }) => thread_ts && text.includes('Denied')),
  );
  expect(told.mentions.map(({ type }) => type)).not.toContain('channel');
  expect(here.buttons('approve', channel)).toEqual([]);
  expect(here.holders(brokenProject(1), nodeRole)).not.toContain(brokenMember(1));
  expect(await here.audit()).toContainEqual(
    expect.objectContaining({ action: 'approval.deny', reason: 'Ask <!channel> for a *smaller* role' }),
  );
});

it('a grant for a time ends by itself: the end is on record before the grant, and in its condition', async () => {
  const here = system();
  const channel = here.addChannel('for-a-time');
  // Shorter than `--ttl` takes: put on the queue as the bot does it.
  const queue = createProducer(here.redis.url, signingAs('bot', PLAN_KEY));
  await queue.enqueueDiagnosis({
    kind: 'diagnose',
    id: 'for-a-time',
    requestedAt: new Date().toISOString(),
    requester: { team: here.slack.slack.team, user: here.people.requester, id: here.people.requester },
    place: { team: here.slack.slack.team, channel, language: 'en', userLanguage: 'en' },
    request: { cluster: brokenCluster(2), projects: [], only: ['node-sa-permissions'], grantMs: 6_000 },
  });
  await queue.close();
  const button = await until('the card', () => here.buttons('approve', channel).at(-1));
  expect(here.shown({ channel, ts: button.message.ts })).toContain('Ends automatically after');
  await here.press(here.people.approver, button);
  await here.reaches(button.value, 'verified');
  const binding = here.google.cloud.world.projects[brokenProject(2)]?.policy.bindings.find(({ members }) =>
    members.includes(brokenMember(2)),
  );
  expect(binding?.condition?.expression).toMatch(/^request\.time < timestamp\(/);
  const moves = (await here.approval(button.value)).events.map(({ move }) => move);
  expect(moves.indexOf('claim')).toBeLessThan(moves.indexOf('apply'));
  // Not before its time, whatever somebody writes into the index that the sweeper goes by.
  await here.store.zadd(keys.index.ends, 'XX', 1, button.value);
  const { endsAt, events } = await here.reaches(button.value, 'revoked');
  expect(events.find(({ move }) => move === 'revoke')?.at).toBeGreaterThanOrEqual(endsAt ?? Infinity);
  expect(here.holders(brokenProject(2), nodeRole)).not.toContain(brokenMember(2));
  await here.cardsSay(button.value, 'Ended');
});

it('in Japanese: what one person sees follows their Slack, a report follows --lang', async () => {
  const here = system();
  const { japanese, approver } = here.people;
  const channel = here.addChannel('nihongo');
  const typed = await here.type(`diagnose ${brokenCluster(3)} --only node-sa-permissions --lang ja`, {
    user: japanese,
    channel,
  });
  expect(JSON.stringify(typed.ack)).toMatch(/確認|調べ|診断/);
  const button = await until('the card', () => here.buttons('approve', channel)[0]);
  expect(here.shown({ channel, ts: button.message.ts })).toContain('承認');
  await here.press(approver, button);
  await here.reaches(button.value, 'verified');
  await until('the card says so', () => here.shown({ channel, ts: button.message.ts }).includes('確認済み'));
  await until('the mirror keeps to the language of channels', () =>
    here.messages(here.approvalsChannel).some(({ text }) => text.includes('Verified')),
  );
});
