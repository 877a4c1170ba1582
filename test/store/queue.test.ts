import { Worker } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DiagnosisJob } from '../../src/contracts/jobs.ts';
import { unsealed } from '../../src/signing/signing.ts';
import { addOutstanding, removeOutstanding } from '../../src/store/outstanding.ts';
import { createProducer, type Producer, QUEUE_PREFIX, QUEUES, QueueUnavailableError } from '../../src/store/queue.ts';
import { connectRedis } from '../../src/store/redis.ts';
import { requester, signingAs } from '../approvals/examples.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';
import { until } from '../system/until.ts';

let server: TestRedis;
let producer: Producer;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  const redis = connectRedis(server.url, 'patient');
  await redis.flushall();
  redis.disconnect();
  producer = createProducer(server.url, signingAs('bot'));
  return () => producer.close();
});
afterAll(() => server.stop());

const job = (id: string): DiagnosisJob => ({
  kind: 'diagnose',
  id,
  requestedAt: '2026-11-22T12:00:00Z',
  requester,
  place: { team: 'T1', channel: 'C1', language: 'en', userLanguage: 'en' },
  request: { cluster: 'cluster-x', projects: [] },
});

/** Takes jobs off a queue until `count` are there. */
async function work(queue: string, count: number): Promise<{ data: unknown; id: string | undefined }[]> {
  const connection = connectRedis(server.url, 'patient');
  const done: { data: unknown; id: string | undefined }[] = [];
  await new Promise<void>((resolve, reject) => {
    const worker = new Worker(
      queue,
      async ({ data, id }) => {
        done.push({ data, id });
        if (done.length === count) worker.close().then(resolve, reject);
      },
      { connection, prefix: QUEUE_PREFIX },
    );
    worker.on('error', reject);
  });
  connection.disconnect();
  return done;
}

const jobIn = (data: unknown) =>
  unsealed(signingAs('bot'), 'job', z.object({ signed: z.string() }).parse(data).signed, ['bot']);

async function unavailable(promise: Promise<unknown>): Promise<QueueUnavailableError> {
  const begun = performance.now();
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(performance.now() - begun).toBeLessThan(2_500);
  if (!(error instanceof QueueUnavailableError)) throw new Error('it was taken', { cause: error });
  return error;
}

describe('the queue', () => {
  it('delivers a job as its contract has it, whatever its id', async () => {
    await producer.enqueueDiagnosis(job('a:b'));
    await producer.enqueueDiagnosis(job('42'));
    const done = await work(QUEUES.diagnose, 2);
    expect(done).toMatchObject([{ id: 'a-b' }, { id: 'job-42' }]);
    expect(done.map(({ data }) => DiagnosisJob.parse(jobIn(data)))).toEqual([job('a:b'), job('42')]);
  });

  it('takes the same job once', async () => {
    await Promise.all([1, 2, 3].map(() => producer.enqueueDiagnosis(job('same'))));
    expect(await producer.counts()).toMatchObject({ diagnose: { waiting: 1 } });
  });

  it('says how many are ahead', async () => {
    const ahead: number[] = [];
    for (const id of ['one', 'two', 'three']) ahead.push((await producer.enqueueDiagnosis(job(id))).ahead);
    expect(ahead).toEqual([0, 1, 2]);
  });

  it('takes the least outstanding first, by team and then by person; watches last', async () => {
    const ask = (id: string, user: string, team = 'T1') =>
      producer.enqueueDiagnosis({ ...job(id), requester: { ...requester, id: user, user, team } });
    await producer.enqueueDiagnosis({ ...job('watch'), watch: 'w1' });
    for (let i = 1; i <= 40; i++) await ask(`busy-${i}`, 'U-BUSY');
    const { ahead } = await ask('colleague', 'U-COLLEAGUE');
    const other = await ask('other-team', 'U-OTHER', 'T2');
    // A person's share beside everybody else's, and the rest where it is in nobody's way.
    const order = (await work(QUEUES.diagnose, 12)).map(({ id = '' }) => id);
    const bulk = (await work(QUEUES.bulk, 31)).map(({ id = '' }) => id);
    const busy = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `busy-${i + from}`);
    expect(order.indexOf('other-team')).toBe(other.ahead);
    expect(other.ahead).toBeLessThanOrEqual(1);
    expect(order.indexOf('colleague')).toBe(ahead + 1);
    expect(ahead).toBeLessThan(10);
    expect(order.filter(id => id.startsWith('busy'))).toEqual(busy(1, 10));
    expect(bulk).toEqual([...busy(11, 40), 'watch']);
  });

  it('asked for again, a job keeps its queue; a scan has one of its own', async () => {
    for (let i = 1; i <= 9; i++) await producer.enqueueDiagnosis(job(`j${i}`));
    await producer.enqueueDiagnosis(job('tenth'));
    await producer.enqueueDiagnosis(job('eleventh'));
    await producer.enqueueDiagnosis(job('tenth'));
    expect(await producer.enqueueDiagnosis({ ...job('scan'), kind: 'scan', projects: ['prod-1'] })).toEqual({
      ahead: 0,
    });
    expect((await work(QUEUES.diagnose, 10)).map(({ id }) => id)).toContain('tenth');
    expect((await work(QUEUES.bulk, 1)).map(({ id }) => id)).toEqual(['eleventh']);
    expect((await work(QUEUES.scan, 1)).map(({ id }) => id)).toEqual(['scan']);
    expect(await producer.counts()).toMatchObject({ diagnose: { waiting: 0 } });
  });

  it('forgets what has ended', async () => {
    const redis = connectRedis(server.url, 'patient');
    for (let i = 1; i <= 10; i++) await producer.enqueueDiagnosis(job(`done-${i}`));
    for (let i = 1; i <= 10; i++) await removeOutstanding(redis, job(`done-${i}`));
    expect(await addOutstanding(redis, job('next'))).toMatchObject({ requester: 0, team: 0 });
    // Ended twice, asked for twice: counted once.
    await removeOutstanding(redis, job('done-1'));
    expect(await addOutstanding(redis, job('next'))).toMatchObject({ requester: 0, team: 0 });
    // Nobody noted its end.
    expect(await addOutstanding(redis, job('later'), Date.now() + 3_700_000)).toMatchObject({ requester: 0, team: 0 });
    redis.disconnect();
  });

  it('delivers a channel once, however often it is woken, and again where it is woken meanwhile', async () => {
    const channel = 'C1';
    const connection = connectRedis(server.url, 'patient');
    const runs: string[] = [];
    const worker = new Worker(
      QUEUES.deliver,
      async ({ data }) => {
        runs.push(JSON.parse(data.signed).content.channel);
        if (runs.length === 1) await Promise.all([1, 2, 3].map(() => producer.wakeDelivery(channel)));
      },
      { connection, prefix: QUEUE_PREFIX, autorun: false, concurrency: 5 },
    );
    worker.on('error', () => {});
    await Promise.all([1, 2, 3].map(() => producer.wakeDelivery(channel)));
    void worker.run();
    await until('two runs', () => runs.length >= 2);
    await worker.close();
    connection.disconnect();
    expect(runs).toEqual([channel, channel]);
  });

  it('has a queue of its own for remediation, with delays', async () => {
    await producer.enqueueRemediation({ kind: 'apply', id: 'apply-1', approval: 'a' });
    await producer.enqueueRemediation({ kind: 'verify', id: 'verify-1', approval: 'a', attempt: 1 }, 60_000);
    expect(await producer.counts()).toEqual({
      diagnose: { waiting: 0, active: 0 },
      remediate: { waiting: 1, active: 0 },
    });
    const [taken] = await work(QUEUES.remediate, 1);
    expect(jobIn(taken?.data)).toMatchObject({ kind: 'apply', approval: 'a' });
  });
});

describe('while Redis is away', () => {
  it('refuses in time, says that nothing was started, and recovers by itself', async () => {
    await server.kill();
    const fresh = createProducer(server.url, signingAs('bot'));
    const error = await unavailable(fresh.enqueueDiagnosis(job('one')));
    expect(error).toMatchObject({ nothingStarted: true, text: { en: expect.stringContaining('nothing was started') } });
    await server.restart();
    await fresh.enqueueDiagnosis(job('two'));
    expect(await fresh.counts()).toMatchObject({ diagnose: { waiting: 1 } });
    await fresh.close();
  });

  it('also where it goes away later', async () => {
    await producer.enqueueDiagnosis(job('one'));
    await server.kill();
    await unavailable(producer.enqueueDiagnosis(job('two')));
    await server.restart();
    await producer.enqueueDiagnosis(job('three'));
    expect(await producer.counts()).toMatchObject({ diagnose: { waiting: 2 } });
  });

  it('only for a moment: the job is taken all the same', async () => {
    await producer.enqueueDiagnosis(job('one'));
    await server.kill();
    const [, { ahead }] = await Promise.all([server.restart(), producer.enqueueDiagnosis(job('two'))]);
    expect(ahead).toBe(1);
  });

  it('frozen: does not claim that nothing was started', async () => {
    await producer.enqueueDiagnosis(job('one'));
    const thaw = server.pause();
    expect(await unavailable(producer.enqueueDiagnosis(job('two')))).toMatchObject({ nothingStarted: false });
    thaw();
    await producer.enqueueDiagnosis(job('three'));
  });
});
