/**
 * Preloaded into a process that is profiled (`profile.ts`): where it exits, its profile is written into the folder
 * BENCH_PROFILE, with the CPU time that it took. SIGUSR2 starts the profile afresh, for a process that is to be warm first.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.start');
let before = process.cpuUsage();
process.on('SIGUSR2', () => {
  session.post('Profiler.stop', () => session.post('Profiler.start'));
  before = process.cpuUsage();
});
process.on('exit', () => {
  session.post('Profiler.stop', (error, answer) => {
    if (error) throw error;
    const { user, system } = process.cpuUsage(before);
    const file = join(process.env.BENCH_PROFILE ?? '.', `${process.pid}.json`);
    writeFileSync(file, JSON.stringify({ cpuMicros: user + system, ...answer.profile }));
  });
});
