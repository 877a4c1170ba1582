import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { scenarios } from '../../../sandbox/scenarios/index.ts';
import type { Json } from './client.ts';

const main = fileURLToPath(new URL('../../../sandbox/main.ts', import.meta.url));

type Sandbox = ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> };

const started: ChildProcess[] = [];
// A test that fails half way leaves no process behind.
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function sandbox(...args: string[]): Sandbox {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

async function firstLine(child: Sandbox): Promise<Json> {
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return JSON.parse(String(line)) as Json;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'says where it is in one line of JSON, and ends cleanly on %s',
  async signal => {
    const child = sandbox();
    const line = await firstLine(child);
    expect(line).toMatchObject({
      google: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
      project: 'sandbox-1',
      cluster: 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x',
    });
    const tokens = line.tokens as { [who: string]: string };
    expect(Object.keys(tokens)).toEqual(['owner', 'diagnoser', 'remediator', 'requester']);
    const statuses = await Promise.all(
      Object.values(tokens).map(async token => {
        const response = await fetch(`${String(line.google)}v1/${String(line.cluster)}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        return response.status;
      }),
    );
    expect(statuses).toEqual([200, 200, 200, 200]);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);

test('an unknown scenario prints the list of scenarios', async () => {
  const child = sandbox('--scenario', 'nope');
  let err = '';
  child.stderr?.on('data', chunk => {
    err += String(chunk);
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(2);
  expect(err).toContain('default');
});

test('scenarios have unique names and say what is broken', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  for (const { broken } of scenarios) expect(broken).toMatch(/^[A-Z\p{Ll}].+\.$/u);
});

test.each(scenarios.filter(({ name }) => !/^fleet-1000?$/.test(name)).map(each => [each.name, each] as const))(
  '%s: a world of its own each time, with the cluster that it names',
  (_, { world, cluster = 'cluster-x' }) => {
    const [one, other] = [world(), world()];
    expect(one).not.toBe(other);
    expect(Object.keys(one.projects['sandbox-1']?.clusters ?? {}).map(key => key.split('/')[1])).toContain(cluster);
    for (const [email, account] of Object.entries(one.projects['sandbox-1']?.serviceAccounts ?? {})) {
      account.disabled = true;
      expect(other.projects['sandbox-1']?.serviceAccounts[email]).not.toBe(account);
    }
  },
);
