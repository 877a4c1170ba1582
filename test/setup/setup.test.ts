/** Set-up, in a copy of the scripts beside a pretended npm: what it does, what it skips, what it says. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPTS = join(import.meta.dirname, '../../scripts');
const LOCK = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } },
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'setup-'));
  cpSync(SCRIPTS, join(root, 'scripts'), { recursive: true });
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(LOCK));
  // npm ci as far as it matters here: it leaves its record, and says on stdout what must not reach ours.
  program(
    'npm',
    'echo "$@" >> npm-calls; sleep 0.2; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json; echo noise',
  );
  program('redis-server', 'exit 0');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function program(name: string, script: string): void {
  const path = join(root, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const environment = (more: Record<string, string> = {}) => ({ PATH: `${join(root, 'bin')}:/usr/bin:/bin`, ...more });

function setup(args: readonly string[] = [], env = environment()): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(root, 'scripts/setup.mjs'), ...args], { env, encoding: 'utf8' });
}

const calls = () =>
  existsSync(join(root, 'npm-calls')) ? readFileSync(join(root, 'npm-calls'), 'utf8').trim().split('\n') : [];

describe('set-up', () => {
  test('installs once, says so on stderr only, and is silent when all is done', () => {
    const first = setup();
    expect(first).toMatchObject({ status: 0, stdout: '' });
    expect(first.stderr).toMatch(/^set-up: installing packages \(npm ci\) … \d+ s\n$/);
    expect(setup()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(calls()).toHaveLength(1);
  });

  test('installs again when the lock file names another version, not for what is optional', () => {
    setup();
    const change = (name: string) => {
      const packages = { ...LOCK.packages, [`node_modules/${name}`]: { version: '2.0.0', optional: name === 'b' } };
      writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
    };
    change('b');
    setup();
    expect(calls()).toHaveLength(1);
    change('a');
    setup();
    expect(calls()).toHaveLength(2);
  });

  test('two at once take turns, and the second finds all done', async () => {
    const both = [1, 2].map(() =>
      spawn(process.execPath, [join(root, 'scripts/setup.mjs')], { env: environment(), stdio: 'ignore' }),
    );
    const codes = await Promise.all(both.map(async one => (await once(one, 'exit'))[0]));
    expect(codes).toEqual([0, 0]);
    expect(calls()).toHaveLength(1);
  });

  test('a set-up that was killed does not block the next one', () => {
    const dead = spawnSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' }).stdout.trim();
    mkdirSync(join(root, '.cache/setup.lock'), { recursive: true });
    writeFileSync(join(root, '.cache/setup.lock/pid'), dead);
    expect(setup().status).toBe(0);
  });

  test('a failing npm ci ends it with what npm said', () => {
    program('npm', 'echo "npm error code EINTEGRITY" >&2; exit 1');
    const { status, stdout, stderr } = setup();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('npm ci failed');
    expect(stderr).toContain('EINTEGRITY');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('a Redis that was named needs none of our own', () => {
    rmSync(join(root, 'bin/redis-server'));
    setup([], environment({ REDIS_URL: 'redis://elsewhere', PATH: `${join(root, 'bin')}:/bin` }));
    expect(existsSync(join(root, '.cache/redis'))).toBe(false);
  });
});
