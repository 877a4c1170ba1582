/** "Diagnose this error" through the whole program: what is found, what it says of the error, and what becomes of secrets in it. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { type JobType, Queue } from 'bullmq';
import { beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../sandbox/scenarios/base.ts';
import defaultScenario from '../../sandbox/scenarios/default.ts';
import { QUEUE_PREFIX, QUEUES } from '../../src/store/queue.ts';
import { googleEnvironment } from '../cli/program.ts';
import { PASTES, plain, secretOf } from '../explain/secrets.ts';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';

const system = useSystem({ world: () => defaultScenario.world(), rateLimits: false });
const CLUSTER = 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x';
const DENIED = `ERROR: (gcloud.container.clusters.get-credentials) ResponseError: code=403, message=Required "container.clusters.get" permission(s) for "${CLUSTER}".`;
const MUTE_NODES =
  'Grant roles/container.defaultNodeServiceAccount role to Node service account to allow for non-degraded operations.';

const shortcut = async (user: string, text: string, author = system().people.approver) => {
  const here = system();
  const { ts } = await here.post('message', { user: author, channel: here.channel, text });
  await here.post('shortcut', { user, channel: here.channel, message_ts: ts, callback_id: 'diagnose_message' });
  return { ts: String(ts) };
};
const verdictBelow = (message: { ts: string }) =>
  until('the verdict', () =>
    system()
      .replies(message)
      .find(({ text }) => text.startsWith('The error says')),
  );

describe('an error somebody else posted', () => {
  it('names the cluster: the report comes into its thread, for the one who has the error', async () => {
    const here = system();
    const message = await shortcut(here.people.requester, DENIED);
    const verdict = await verdictBelow(message);
    // Bob, who posted it, owns the project: the message is old.
    expect(verdict.text).toMatch(
      /^The error says: The account that made the call lacks container\.clusters\.get .*; we found that it is not so any more/,
    );
    expect(verdict.blocks?.[0]).toMatchObject({ text: { text: expect.stringMatching(/^The error says/) } });
    expect(here.whispers().at(-1)?.text).toContain('cluster-x');
  });

  it('names none: a modal asks for the cluster alone, below what is known', async () => {
    const here = system();
    const { requester } = here.people;
    const message = await shortcut(requester, `${MUTE_NODES} node pool: pool-b`);
    const modal = await until('the modal', () => here.modal(requester));
    const inputs = modal.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id);
    expect(inputs).toEqual(['cluster', 'typed']);
    expect(JSON.stringify(modal.blocks)).toContain("can't write system logs and metrics");
    expect(await here.submit(requester, { typed: 'cluster-x' })).toMatchObject({ ok: true });
    expect((await verdictBelow(message)).text).toMatch(/; we found the same: .*pool-b/);
  });

  it('is about a workload: the modal asks which, the cluster it knows', async () => {
    const here = system();
    const { requester } = here.people;
    await shortcut(
      requester,
      `kubectl config current-context: gke_sandbox-1_asia-northeast1_cluster-x\nFailed to wait for metadata server to be available`,
    );
    const modal = await until('the modal', () => here.modal(requester));
    expect(modal.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id)).toEqual(['workload']);
    const refused = await here.submit(requester, { workload: 'no such form' });
    expect(JSON.stringify(refused)).toContain('NAMESPACE/pod/NAME');
    expect(await here.submit(requester, { workload: 'shop/checkout' })).toMatchObject({ ok: true });
    await until('the modal is gone', () => here.modal(requester) === undefined);
  });

  it('is about another project: the report says so', async () => {
    const here = system();
    const { requester } = here.people;
    const message = await shortcut(
      requester,
      'googleapi: Error 403: Kubernetes Engine API has not been used in project 889403714106 before or it is disabled.',
    );
    await until('the modal', () => here.modal(requester));
    await here.submit(requester, { typed: 'cluster-x' });
    const { text } = await verdictBelow(message);
    expect(text).toContain('The error names project 889403714106, but cluster-x is in sandbox-1');
  });

  it('is about a cluster that does not exist', async () => {
    const here = system();
    const message = await shortcut(here.people.requester, DENIED.replace('cluster-x', 'cluster-gone'));
    expect((await verdictBelow(message)).text).toContain('we found no such cluster: There is no cluster cluster-gone');
  });
});

describe('secrets in a paste', () => {
  const pastes = Object.values(PASTES).map((paste, index) => ({ paste: plain(paste), secret: secretOf(paste), index }));
  /** All that the app ever showed, oldest first: also what it has changed since. */
  const shown: string[] = [];
  let written: () => Promise<string>;

  beforeAll(async () => {
    const { store, slack } = system();
    const { workspace } = slack;
    workspace.onChange(change => {
      const { message } = change as { message?: { bot_id?: string } };
      if (message === undefined || message.bot_id !== undefined) shown.push(JSON.stringify(change));
    });
    await store.config('SET', 'appendonly', 'yes');
    await store.config('SET', 'auto-aof-rewrite-percentage', '0');
    const [, folder = ''] = (await store.config('GET', 'dir')) as string[];
    const [, name = ''] = (await store.config('GET', 'appenddirname')) as string[];
    written = async () => {
      const files = await readdir(join(folder, name));
      return (await Promise.all(files.map(file => readFile(join(folder, name, file), 'latin1')))).join('\n');
    };
  });

  it.each(pastes)('would be seen: $paste', ({ paste }) => {
    expect(leaks(JSON.stringify({ paste }))).not.toEqual([]);
  });

  it('never reach Slack, Redis, the audit log or any log, by whichever way they came', {
    timeout: 60_000,
  }, async () => {
    const here = system();
    const { requester } = here.people;
    const told = () => here.whispers().filter(({ text }) => /secrets? in this text/.test(text)).length;
    const ways: ((paste: string) => Promise<unknown>)[] = [
      paste => here.type(`explain ${paste}\n${DENIED}`),
      paste => shortcut(requester, `${DENIED}\n${paste}`),
      paste => here.type(`explain nothing that anybody knows\n${paste}`),
      async paste => {
        await here.type('explain');
        const opened = await until('the first modal', () => here.modal(requester));
        await here.submit(requester, { text: `${paste}\n\n${MUTE_NODES}` });
        const asking = await until('the second modal', () => {
          const modal = here.modal(requester);
          return modal?.callback_id === 'diagnose' && modal;
        });
        for (const { blocks, private_metadata } of [opened, asking])
          shown.push(JSON.stringify(blocks), private_metadata);
        expect(JSON.stringify(asking.blocks)).toMatch(/secrets? in this text/);
        await here.submit(requester, { typed: 'asia-northeast1/cluster-x' });
        await until('the modal is gone', () => here.modal(requester) === undefined);
      },
    ];
    for (const { paste, index } of pastes) {
      const before = told();
      const way = index % ways.length;
      await ways[way]?.(paste);
      if (way < 3) await until(`the warning about ${paste}`, () => told() > before);
    }
    // What one person asks beyond their share waits in a queue of its own.
    const queues = [QUEUES.diagnose, QUEUES.bulk].map(
      name => new Queue(name, { connection: here.store, prefix: QUEUE_PREFIX }),
    );
    const count = async (...states: JobType[]) => {
      const counts = await Promise.all(queues.map(queue => queue.getJobCountByTypes(...states)));
      return counts.reduce((sum, one) => sum + one, 0);
    };
    await until(
      'all diagnoses are done',
      async () => (await count('active', 'waiting', 'prioritized', 'delayed')) === 0,
    );
    expect(await count('completed', 'failed')).toBeGreaterThan(30);
    const mine = here.messages().filter(({ bot_id }) => bot_id !== undefined);
    const { ephemerals, homes, files } = here.slack.workspace;
    const logs = await Promise.all(
      (await readdir(here.logs))
        .filter(name => name.endsWith('.log'))
        .map(name => readFile(join(here.logs, name), 'utf8')),
    );
    const places = {
      Slack: [...shown, JSON.stringify([mine, ephemerals, [...homes.values()], [...files.values()]])].join('\n'),
      Redis: await written(),
      audit: JSON.stringify(await here.audit()),
      logs: logs.join('\n'),
    };
    expect(places.Redis).toContain('node-sa-permissions');
    expect(places.logs).toContain('"msg"');
    for (const [place, content] of Object.entries(places)) expect(leaks(content), place).toEqual([]);
  });

  it.each(['text', 'json', 'markdown'])('never reach what the terminal prints: %s', async format => {
    const folder = await mkdtemp(join(tmpdir(), 'gke-auth-explain-'));
    await writeFile(join(folder, 'token'), tokens.diagnoser);
    const env = { PATH: process.env.PATH, ...googleEnvironment(system().google.url, join(folder, 'token')) };
    const entry = join(import.meta.dirname, '../../bin/gke-auth.ts');
    const child = spawn(process.execPath, [entry, 'explain', '--format', format], {
      env: { ...env, LOG_LEVEL: 'debug' },
    });
    child.stdin.end([DENIED, ...pastes.map(({ paste }) => paste)].join('\n\n'));
    const [out, err] = await Promise.all([readText(child.stdout), readText(child.stderr)]);
    await rm(folder, { recursive: true });
    expect(out).toContain('caller-clusters-get');
    expect(leaks(out + err)).toEqual([]);
  });

  /** Which secrets, or pieces of them, stand in a text. Pieces that anybody may know don't count. */
  function leaks(content: string): string[] {
    const known = /BEGIN|PRIVATE|KEY---|hooks|slack|services|KEY-1/;
    return pastes
      .flatMap(({ secret }) => {
        const starts = Array.from({ length: Math.max(1, Math.ceil((secret.length - 11) / 6)) }, (_, at) => at * 6);
        return starts.map(at => secret.slice(at, at + 12)).filter(piece => !known.test(piece));
      })
      .filter(piece => content.includes(piece));
  }
});
