/** The diagnosing worker killed between any two of its steps: the job finishes elsewhere, and every message is there once. */
import { afterAll, expect, it } from 'vitest';
import { type CrashRow, table } from '../system/crashes.ts';
import { RedisProxy } from '../system/redis-proxy.ts';
import { type System, startSystem, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenCluster, brokenProject, brokenProjects } from '../system/worlds.ts';

/** One problem, one card: what is counted here is messages, not checks. */
const ONLY = '--only node-sa-permissions';
const rows: CrashRow[] = [];
afterAll(() => {
  process.stdout.write(`${table(rows)}\n`);
});

/** Arms a hold in this channel and project; gives whether it has been reached. */
type Arm = (here: System, where: { channel: string; project: string }) => () => boolean;

const google =
  (service: string, path: (project: string) => string): Arm =>
  (here, { project }) =>
    here.googleFault({ service, path: path(project), kind: 'hang', times: 1 });
const slack =
  (method: string, when: 'before' | 'after', skip: number): Arm =>
  (here, { channel }) =>
    here.fault({ method, channel, kind: 'hang', when, skip });
const mirror =
  (when: 'before' | 'after'): Arm =>
  here =>
    here.fault({ method: 'chat.postMessage', channel: here.approvalsChannel, kind: 'hang', when });

/** Takes long enough to have its progress shown, so that the verdict is an edit. */
const long =
  (arm: Arm): Arm =>
  (here, where) => {
    here.googleFault({
      service: 'cloudresourcemanager',
      path: `/projects/${where.project}:getIamPolicy`,
      delay: 4_000,
    });
    return arm(here, where);
  };

/** In the order of a diagnosis. Each of the two lists is killed at once: the approvals channel is one. */
const HELD_OUTSIDE: readonly (readonly (readonly [step: string, arm: Arm])[])[] = [
  [
    ['progress shown, verdict not yet', long(slack('chat.update', 'before', 0))],
    ['verdict shown, no answer', long(slack('chat.update', 'after', 0))],
    ['reading the cluster', google('container', project => `/projects/${project}/`)],
    ['reading the policy', google('cloudresourcemanager', project => `/projects/${project}:getIamPolicy`)],
    ['verdict not posted yet', slack('chat.postMessage', 'before', 0)],
    ['verdict posted, no answer', slack('chat.postMessage', 'after', 0)],
    ['finding not posted yet', slack('chat.postMessage', 'before', 1)],
    ['finding posted, no answer', slack('chat.postMessage', 'after', 1)],
    ['mirror not posted yet', mirror('before')],
  ],
  [['mirror posted, no answer', mirror('after')]],
];

const HELD_AT_REDIS: readonly (readonly [step: string, command: RegExp, when: 'before' | 'after'])[] = [
  ['job taken, nothing done', /\r\n\{gke-auth\}:report:d/, 'before'],
  ['approval not opened yet', /\{gke-auth\}:opened:/, 'before'],
  ['approval opened, no answer', /\{gke-auth\}:opened:/, 'after'],
  ['report not stored yet', /\{gke-auth\}:past:d/, 'before'],
  ['report stored, no answer', /\{gke-auth\}:past:d/, 'after'],
  ['handed over, delivery not queued', /\r\n\{"channel":"C/, 'before'],
  ['finding posted, card not noted', /:cards\r\n\$6\r\nthread/, 'before'],
  ['mirror posted, card not noted', /:cards\r\n\$16\r\napprovalsChannel/, 'before'],
  ['all posted, job not completed', /gke-auth:diagnose:completed/, 'before'],
];

const COUNT = Math.max(HELD_OUTSIDE.flat().length, HELD_AT_REDIS.length);
const options = { world: () => brokenProjects(COUNT), rateLimits: false, start: ['bot', 'diagnose'] } as const;
const outside = useSystem(options);

it('held by Slack or Google, killed -9, taken over by another process', async () => {
  const here = outside();
  const all: string[] = [];
  for (const steps of HELD_OUTSIDE) {
    const held = steps.map(([step, arm]) => {
      const n = all.length + 1;
      const channel = here.addChannel(`crash-${n}`);
      all.push(channel);
      return { step, channel, n, reached: arm(here, { channel, project: brokenProject(n) }) };
    });
    for (const { channel, n } of held) await here.type(`diagnose ${brokenCluster(n)} ${ONLY}`, { channel });
    await Promise.all(held.map(({ step, reached }) => until(`held: ${step}`, reached)));
    await here.services.diagnose.kill();
    here.slack.world.faults.clear();
    here.google.cloud.faults.clear();
    await here.services.diagnose.start();
    const outcomes = await Promise.all(held.map(({ channel }) => finished(here, channel)));
    rows.push(...held.map(({ step }, i) => ({ step, killed: 'worker', outcome: outcomes[i] ?? '' })));
  }
  everythingOnce(here, all);
  await here.audit();
}, 60_000);

it('held at Redis, killed -9, taken over by another process', async () => {
  let proxy: RedisProxy | undefined;
  const here = await startSystem({
    ...options,
    start: ['bot'],
    redisUrl: async url => {
      proxy = await RedisProxy.start(url);
      return proxy.url;
    },
  });
  const channels: string[] = [];
  let keepLogs = true;
  try {
    for (const [i, [step, command, when]] of HELD_AT_REDIS.entries()) {
      const channel = here.addChannel(`crash-${i + 1}`);
      channels.push(channel);
      // What earlier rows left behind may be finished meanwhile; only the new job is held.
      const unless = await here.store
        .keys('{gke-auth}:*')
        .then(keys => keys.flatMap(key => key.match(/d[0-9a-f]{12}|[0-9a-f]{20}/g) ?? []));
      const held = proxy?.hold({ command, when, unless });
      await here.services.diagnose.start();
      await here.type(`diagnose ${brokenCluster(i + 1)} ${ONLY}`, { channel });
      await Promise.race([held, until(`held: ${step}`, () => false, 15_000)]);
      await here.services.diagnose.kill();
    }
    await here.services.diagnose.start();
    const outcomes = await Promise.all(channels.map(channel => finished(here, channel)));
    rows.push(...HELD_AT_REDIS.map(([step], i) => ({ step, killed: 'worker', outcome: outcomes[i] ?? '' })));
    everythingOnce(here, channels);
    await here.audit();
    keepLogs = false;
  } finally {
    await here.stop({ keepLogs });
    await proxy?.close();
  }
}, 90_000);

/** Resolves once the report is in the channel, whole. */
async function finished(here: System, channel: string): Promise<string> {
  const parent = await until(`the verdict in ${channel}`, () =>
    here.parents(channel).find(({ text }) => text.startsWith('❌')),
  );
  const [button] = await until(`the card in ${channel}`, () => {
    const buttons = here.buttons('approve', channel);
    return buttons.length > 0 && buttons;
  });
  const id = button?.value ?? '';
  await until(`the mirror of ${id}`, () =>
    here.buttons('approve', here.approvalsChannel).some(({ value }) => value === id),
  );
  await until(`both cards of ${id} are known`, async () => {
    const { thread, approvalsChannel } = (await here.approval(id)).cards;
    return thread && approvalsChannel;
  });
  expect(here.parents(channel)).toHaveLength(1);
  expect(here.replies(parent, channel).map(({ text }) => text)).toEqual([
    expect.stringMatching(/^❌ The nodes of pool-a/),
  ]);
  return 'report whole, each message once';
}

function everythingOnce(here: System, channels: readonly string[]): void {
  const keys = [...channels, here.approvalsChannel].flatMap(channel => here.keys(channel));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  expect(here.messages(here.approvalsChannel)).toHaveLength(channels.length);
  expect(here.slack.world.ledger.violations).toEqual([]);
}
