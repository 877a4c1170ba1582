#!/usr/bin/env node
/**
 * Set-up behind `npm start`, `npm test` and the other scripts, on any Node.js from 20 on, without root and without touching the system:
 * packages, Redis, and with `--tests` what tests need besides. What is done is skipped; progress goes to stderr.
 */
import { installPackages, packagesInstalled } from './setup/packages.mjs';
import { SetupError, say } from './setup/progress.mjs';
import { chromium, redis } from './setup/tools.mjs';
import { inTurn } from './setup/turn.mjs';

const forTests = process.argv.includes('--tests');

const steps = [
  { done: packagesInstalled, run: installPackages },
  ...(forTests || !process.env.REDIS_URL ? [{ done: redis.installed, run: redis.install }] : []),
  ...(forTests ? [{ done: chromium.installedOrGivenUp, run: chromium.install }] : []),
];

try {
  if (steps.some(step => !step.done())) {
    await inTurn(() => {
      for (const step of steps) if (!step.done()) step.run();
    });
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
