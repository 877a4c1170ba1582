/** What people see where Google, Slack or the channel is not as it should be; the acknowledgement within 3 s always. */
import { afterEach, expect, it } from 'vitest';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenCluster, brokenProject, brokenProjects } from '../system/worlds.ts';

const system = useSystem({ world: () => brokenProjects(4), rateLimits: false });
const GENERAL = 'C0GENERAL1';

afterEach(() => {
  system().google.cloud.faults.clear();
  system().slack.world.faults.clear();
});

it('a cluster that is not there: a report that says so, with the nearest names', async () => {
  const here = system();
  const channel = here.addChannel('not-there');
  const typed = await here.type(`diagnose ${brokenProject(1)}/asia-northeast1/cluster-xx`, { channel });
  expect(typed.tookMs).toBeLessThan(3_000);
  await until('the verdict', () => here.parents(channel).find(({ text }) => text.startsWith('❌')));
  await until('the nearest name', () => JSON.stringify(here.messages(channel)).includes('cluster-x'));
  expect(here.buttons('approve', channel)).toEqual([]);
});

it('a project that may not be read: what is missing and the command that gives it, and never a pass', async () => {
  const here = system();
  const channel = here.addChannel('unreadable');
  const policy = here.google.cloud.world.projects[brokenProject(2)]?.policy;
  if (!policy) throw new Error('no project');
  policy.bindings = policy.bindings.filter(({ members }) => !members.some(member => member.includes('diagnoser')));
  await here.type(`diagnose ${brokenCluster(2)}`, { channel });
  await until('it says why', () => {
    const text = JSON.stringify(here.messages(channel));
    return /container\.clusters\.(get|list)/.test(text) && text.includes('gcloud');
  });
  expect(here.parents(channel)[0]?.text).toMatch(/^❔/);
  expect(here.buttons('approve', channel)).toEqual([]);
});

it('an API that hangs: the rest is reported, what hung is unknown and says so', async () => {
  const here = system();
  const channel = here.addChannel('hanging');
  here.googleFault({ service: 'recommender', kind: 'hang' });
  await here.type(`diagnose ${brokenCluster(3)} --only node-sa-permissions,node-sa-recommender`, { channel });
  const parent = await until(
    'the verdict',
    () => here.parents(channel).find(({ text }) => text.startsWith('❌')),
    45_000,
  );
  await until('what hung', () => here.replies(parent, channel).some(({ text }) => text.includes('❔')));
  await until('the card', () => here.buttons('approve', channel)[0]);
}, 60_000);

it('the bot is not in the channel: the report comes over the response URL', async () => {
  const here = system();
  const typed = await here.type(`diagnose ${brokenCluster(1)} --only node-sa-permissions`, { channel: GENERAL });
  expect(typed).toMatchObject({ ok: true });
  const seen = () => [...here.messages(GENERAL), ...here.whispers()].map(({ text }) => text);
  const verdict = await until('the verdict', () => seen().find(text => text.startsWith('❌')));
  expect(verdict).toContain('1 problem');
});

it('somebody deletes the parent while it runs: the verdict is posted anew, with its thread', async () => {
  const here = system();
  const channel = here.addChannel('deleted');
  here.googleFault({ service: 'cloudresourcemanager', path: brokenProject(4), delay: 5_000, times: 3 });
  await here.type(`diagnose ${brokenCluster(4)} --only node-sa-permissions`, { channel });
  const running = await until('the parent', () => here.parents(channel)[0]);
  expect(await here.post('delete-message', { channel, ts: running.ts })).toMatchObject({ ok: true });
  const verdict = await until('the verdict', () =>
    here.parents(channel).find(({ text, ts }) => ts !== running.ts && text.startsWith('❌')),
  );
  await until('its thread', () => here.replies(verdict, channel).length === 1);
  const [button] = here.buttons('approve', channel);
  if (!button) throw new Error('no card');
  await here.press(here.people.approver, button);
  await here.reaches(button.value, 'verified');
});

it('Slack answers 429, fails after the post was made, and drops its sockets: no loss, nothing twice', async () => {
  const here = system();
  const channel = here.addChannel('slack-falters');
  here.fault({ method: 'chat.postMessage', channel, kind: 'ratelimited', retryAfter: 1 });
  here.fault({ method: 'chat.postMessage', channel, kind: 'http_error', when: 'after', skip: 0 });
  here.fault({ method: 'chat.postMessage', channel, kind: 'drop', when: 'after', skip: 1 });
  await here.type(`diagnose ${brokenCluster(1)} --only node-sa-permissions`, { channel });
  await until('the card', () => here.buttons('approve', channel)[0]);
  const keys = here.keys(channel);
  expect(new Set(keys).size).toBe(keys.length);
  expect(here.messages(channel)).toHaveLength(2);
  await here.post('disconnect', { reason: 'drop' });
  await until('it is back', async () => (await here.type('help', { channel })).ok, 30_000);
}, 60_000);
