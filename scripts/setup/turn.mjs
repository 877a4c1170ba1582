import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, say } from './progress.mjs';

const lock = join(root, '.cache', 'setup.lock');
const STALE_MS = 20 * 60_000;

/** Does the work while no other set-up of this checkout runs. */
export async function inTurn(work) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  let told = false;
  while (!take()) {
    if (!told) say('another set-up of this checkout is running; waiting for it');
    told = true;
    await sleep(200);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function take() {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (abandoned()) {
    // Whoever renames it removes it: of two that see an abandoned lock, only one gets it.
    const mine = `${lock}.${process.pid}`;
    try {
      renameSync(lock, mine);
      rmSync(mine, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return false;
}

function abandoned() {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    if (age > STALE_MS) return true;
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    return pid > 0 && !alive(pid);
  } catch {
    // Just taken, its pid not written yet, or just released.
    return false;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
