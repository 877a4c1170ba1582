/** The bot killed in the middle of an answer; Redis killed, frozen, away: told within 3 s, nothing lost, nothing twice. */
import { afterAll, expect, it } from 'vitest';
import { type CrashRow, table } from '../system/crashes.ts';
import { RedisProxy } from '../system/redis-proxy.ts';
import type { Button } from '../system/slack-hands.ts';
import { type System, startSystem, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenCluster, brokenMember, brokenProject, brokenProjects, nodeRole } from '../system/worlds.ts';

const rows: CrashRow[] = [];
afterAll(() => {
  process.stdout.write(`${table(rows)}\n`);
});

const options = { world: () => brokenProjects(8), rateLimits: false } as const;
const ONLY = '--only node-sa-permissions';
const ask = (here: System, n: number, channel: string) =>
  here.type(`diagnose ${brokenCluster(n)} ${ONLY}`, { channel });
const offer = (here: System, channel: string, ms?: number): Promise<Button> =>
  until(`the card in ${channel}`, () => here.buttons('approve', channel)[0], ms);

function grantedOnce(here: System, n: number): void {
  expect(here.holders(brokenProject(n), nodeRole).filter(member => member === brokenMember(n))).toHaveLength(1);
}

it('the bot killed -9 in the middle of a command or a click', async () => {
  const here = await startSystem({ ...options, start: ['diagnose', 'remediate'] });
  const proxy = await RedisProxy.start(here.redis.url);
  const bot = here.another('bot', 'bot-behind-a-proxy', { REDIS_URL: proxy.url });
  let keepLogs = true;
  try {
    await bot.start();
    const { approver } = here.people;
    const diesAt = async (
      step: string,
      command: RegExp,
      when: 'before' | 'after',
      act: () => Promise<unknown>,
      outcome: () => Promise<string>,
    ) => {
      const held = proxy.hold({ command, when });
      const acting = act();
      await Promise.race([held, until(`held: ${step}`, () => false, 15_000)]);
      await bot.kill();
      await bot.start();
      await acting;
      rows.push({ step, killed: 'bot', outcome: await outcome() });
    };

    const lost = here.addChannel('lost');
    await diesAt(
      'command not queued yet',
      /gke-auth:diagnose:/,
      'before',
      () => ask(here, 1, lost),
      async () => {
        await ask(here, 1, lost);
        await offer(here, lost);
        expect(here.parents(lost)).toHaveLength(1);
        return 'Slack says so to the person; typed again, it works';
      },
    );
    const queued = here.addChannel('queued');
    await diesAt(
      'command queued, no answer',
      /gke-auth:diagnose:/,
      'after',
      () => ask(here, 2, queued),
      async () => {
        await offer(here, queued);
        expect(here.parents(queued)).toHaveLength(1);
        return 'the report comes, once';
      },
    );

    const again = await offer(here, lost);
    await diesAt(
      'approval not decided yet',
      /"index":[^{}]*"move":"approve"/,
      'before',
      () => here.press(approver, again),
      async () => {
        expect((await here.approval(again.value)).state).toBe('pending');
        await here.press(approver, again);
        await here.reaches(again.value, 'verified');
        grantedOnce(here, 1);
        return 'still open; clicked again, granted once';
      },
    );
    const stranded = await offer(here, queued);
    await diesAt(
      'approved, not queued',
      new RegExp(`apply-${stranded.value}`),
      'before',
      () => here.press(approver, stranded),
      async () => {
        await here.reaches(stranded.value, 'verified');
        grantedOnce(here, 2);
        return 'the sweeper queues it; granted once';
      },
    );
    await here.audit();
    keepLogs = false;
  } finally {
    await here.stop({ keepLogs });
    await proxy.close();
  }
}, 90_000);

const system = useSystem(options);

it('Redis killed -9 and restarted: reports and grants that were under way end as they should, approvals are kept', async () => {
  const here = system();
  const { approver } = here.people;
  const [waiting, running, granting] = ['waiting', 'running', 'granting'].map(name => here.addChannel(name));
  if (!waiting || !running || !granting) throw new Error('no channels');
  await Promise.all([ask(here, 1, waiting), ask(here, 2, granting)]);
  const [pending, button] = await Promise.all([offer(here, waiting), offer(here, granting)]);
  await until('the mirrors', () => here.messages(here.approvalsChannel).length === 2);

  here.google.cloud.latency = 150;
  here.google.cloud.resetCalls();
  await Promise.all([here.press(approver, button), ask(here, 3, running)]);
  await until('both are under way', () => {
    const paths = here.google.cloud.calls().calls.map(({ path }) => path);
    return [2, 3].every(n => paths.some(path => path.includes(brokenProject(n))));
  });
  await here.redis.restart();
  await here.reaches(button.value, 'verified');
  grantedOnce(here, 2);
  await offer(here, running);
  expect(here.parents(running)).toHaveLength(1);
  here.google.cloud.latency = 0;
  rows.push({ step: 'diagnosing and applying', killed: 'redis', outcome: 'both end, once each' });

  await here.press(approver, pending);
  await here.reaches(pending.value, 'verified');
  rows.push({ step: 'approval pending', killed: 'redis', outcome: 'kept; approved and verified afterwards' });
  const keys = [waiting, running, granting, here.approvalsChannel].flatMap(channel => here.keys(channel));
  expect(new Set(keys).size).toBe(keys.length);
  await here.audit();
});

it('Redis frozen under a running diagnosis and a typed command', async () => {
  const here = system();
  const [running, typed] = [here.addChannel('under-way'), here.addChannel('typed')];
  here.google.cloud.latency = 100;
  here.google.cloud.resetCalls();
  await ask(here, 4, running);
  await until('it reads', () => here.google.cloud.calls().calls.length > 0);
  const thaw = here.redis.pause();
  const answer = await ask(here, 5, typed).finally(thaw);
  expect(answer).toMatchObject({ ok: true });
  expect(answer.tookMs).toBeLessThan(3_000);
  expect(JSON.stringify(answer)).toContain('queue');
  here.google.cloud.latency = 0;
  await Promise.all([
    offer(here, running),
    until('it works again', async () => {
      const { ack } = await ask(here, 6, typed);
      return JSON.stringify(ack).includes('Looking at');
    }),
  ]);
  await until('its report', () => JSON.stringify(here.messages(typed)).includes(brokenProject(6)));
  expect(here.parents(running)).toHaveLength(1);
  rows.push({ step: 'diagnosing', killed: 'redis frozen', outcome: 'told within 3 s; the report comes, once' });
});

it('Redis off: each is told within 3 s and nothing is started; back on, the bot recovers by itself', async () => {
  const here = system();
  const channel = here.addChannel('redis-off');
  const { requester, approver, japanese } = here.people;
  await ask(here, 7, channel);
  const button = await offer(here, channel);
  await here.redis.kill();
  const [english, inJapanese] = await Promise.all([
    ask(here, 8, channel),
    here.type(`diagnose ${brokenCluster(8)}`, { user: japanese, channel }),
  ]);
  expect(english.tookMs).toBeLessThan(3_000);
  expect(inJapanese.tookMs).toBeLessThan(3_000);
  expect(JSON.stringify(english.ack)).toContain('nothing was started');
  expect(JSON.stringify(inJapanese.ack)).toContain('何も開始していません');
  expect(await here.press(approver, button)).toMatchObject({ ok: true });
  await until('the approver is told', () =>
    here.whispers(approver).some(({ text, channel: where }) => where === channel && /Redis|queue/.test(text)),
  );
  await here.redis.restart();
  await until('commands work again', async () => {
    const { ack } = await here.type(`diagnose ${brokenCluster(8)} ${ONLY}`, { user: requester, channel });
    return JSON.stringify(ack ?? '').includes('Looking at');
  });
  await until('its report', () => here.parents(channel).filter(({ text }) => text.startsWith('❌')).length === 2);
  await here.press(approver, button);
  await here.reaches(button.value, 'verified');
  rows.push({ step: 'idle', killed: 'redis', outcome: 'told within 3 s, in both languages; recovers by itself' });
});
