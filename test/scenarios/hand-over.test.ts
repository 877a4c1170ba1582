/** A worker that is asked to stop hands its jobs back at once; one that was frozen for too long changes nothing any more. */
import { expect, it } from 'vitest';
import { type System, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenCluster, brokenProject, brokenProjects } from '../system/worlds.ts';

const ONLY = '--only node-sa-permissions';
const policyOf = (n: number) => `/projects/${brokenProject(n)}:getIamPolicy`;
const frozen = useSystem({ world: () => brokenProjects(4), rateLimits: false, start: ['bot', 'diagnose'] });

/** The whole of what a channel shows and of its stored report. */
async function all(here: System, channel: string) {
  const keys = await here.store.keys('{gke-auth}:report:d*');
  const reports = await Promise.all(
    keys.filter(key => !key.endsWith(':thread')).map(async key => [key, await here.store.get(key)]),
  );
  return { messages: structuredClone(here.messages(channel)), reports: Object.fromEntries(reports) };
}

const whole = (here: System, channel: string) =>
  until(`the report in ${channel}`, () => here.buttons('approve', channel).length === 1);
const says = (here: System, msg: string, n = 1) =>
  until(`the frozen worker says: ${msg}`, () => {
    const { lines } = here.services.diagnose;
    return lines.filter(line => line.msg === msg).length >= n;
  });

it('frozen while it reads, and resumed after another has finished the job: nothing is overwritten, nothing posted', async () => {
  const here = frozen();
  const channel = here.addChannel('frozen-reading');
  const second = here.another('diagnose', 'second');
  // The answers arrive while it is frozen: it goes on with them as soon as it runs again.
  const reached = here.googleFault({ service: 'cloudresourcemanager', path: policyOf(1), delay: 1_000, times: 4 });
  await here.type(`diagnose ${brokenCluster(1)} ${ONLY}`, { channel });
  await until('it reads', reached);
  const resume = here.services.diagnose.pause();
  await second.start();
  await whole(here, channel);
  await here.delivered();
  const before = await all(here, channel);
  resume();
  await says(here, 'job taken over by another worker');
  await second.stop();
  // Alone again, it works as before; by then whatever it still had to say of the first job would be there.
  const after = here.addChannel('after-frozen');
  await here.type(`diagnose ${brokenCluster(2)} ${ONLY}`, { channel: after });
  await whole(here, after);
  await here.delivered();
  const { messages, reports } = await all(here, channel);
  expect(messages).toEqual(before.messages);
  expect(reports).toMatchObject(before.reports);
  expect(new Set(here.keys(channel)).size).toBe(here.keys(channel).length);
});

it('frozen in the middle of a post, and resumed after another has posted: each message is there once', async () => {
  const here = frozen();
  const channel = here.addChannel('frozen-posting');
  const second = here.another('diagnose', 'third');
  const reached = here.fault({ method: 'chat.postMessage', channel, kind: 'hang', when: 'after' });
  const old = here.services.diagnose.lines.length;
  await here.type(`diagnose ${brokenCluster(3)} ${ONLY}`, { channel });
  await until('it posts', reached);
  const resume = here.services.diagnose.pause();
  await second.start();
  await whole(here, channel);
  await here.delivered();
  const before = await all(here, channel);
  resume();
  await until('the frozen worker gives up', () =>
    here.services.diagnose.lines.slice(old).some(({ msg }) => msg === 'job taken over by another worker'),
  );
  await second.stop();
  const after = here.addChannel('after-posting');
  await here.type(`diagnose ${brokenCluster(4)} ${ONLY}`, { channel: after });
  await whole(here, after);
  expect((await all(here, channel)).messages).toEqual(before.messages);
  expect(new Set(here.keys(channel)).size).toBe(here.keys(channel).length);
});

const stopped = useSystem({
  world: () => brokenProjects(3),
  rateLimits: false,
  // Nobody would take a stalled job over within this test.
  env: { GKE_AUTH_LOCK_MS: '60000', GKE_AUTH_STALLED_MS: '60000' },
});

it('SIGTERM in the middle of a diagnosis: handed back at once, exit code 0, finished by another', async () => {
  const here = stopped();
  const channel = here.addChannel('terminated');
  const second = here.another('diagnose', 'second');
  const reached = here.googleFault({ service: 'cloudresourcemanager', path: policyOf(1), kind: 'hang', times: 1 });
  await here.type(`diagnose ${brokenCluster(1)} ${ONLY}`, { channel });
  await until('it reads', reached);
  await second.start();
  const started = performance.now();
  expect(await here.services.diagnose.stop()).toBe(0);
  expect(performance.now() - started).toBeLessThan(4_000);
  await whole(here, channel);
  expect(here.services.diagnose.lines.map(({ msg }) => msg)).toContain('worker is stopping, job returned to queue');
  await here.services.diagnose.start();
  await second.stop();
});

it('SIGTERM in the middle of a grant: handed back with its lease, exit code 0, granted once by another', async () => {
  const here = stopped();
  const channel = here.addChannel('terminated-granting');
  const button = await here.offer(2, channel);
  const second = here.another('remediate', 'second-remediator');
  const reached = here.googleFault({
    service: 'container',
    path: `/projects/${brokenProject(2)}/`,
    kind: 'hang',
    times: 1,
  });
  await here.press(here.people.approver, button);
  await until('it checks again', reached);
  await second.start();
  expect(await here.services.remediate.stop()).toBe(0);
  const { events } = await here.reaches(button.value, 'verified');
  expect(events.filter(({ move }) => move === 'apply')).toHaveLength(1);
});
