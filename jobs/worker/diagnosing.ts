/** The diagnosing worker: reads Google Cloud and clusters as the diagnoser, and posts reports. It writes nothing to Google. */
import { DiagnosisJob } from '../../src/contracts/jobs.ts';
import { describeError } from '../../src/contracts/user-facing-error.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { parentFailed } from '../../src/slack/messages/parent.ts';
import { QUEUES } from '../../src/store/queue.ts';
import { createRoleCache } from '../../src/store/role-cache.ts';
import { runDiagnosis } from '../diagnose.ts';
import type { DiagnoseContext } from '../steps/task.ts';
import { GoogleAccess } from './google-access.ts';
import { reportHealth } from './health.ts';
import type { Parts, Worker } from './parts.ts';
import { takeJobs } from './queue-worker.ts';

/** They mostly wait for Google and Slack. */
const CONCURRENCY = 20;
const DEADLINE_MS = 120_000;

export async function startDiagnosisWorker(parts: Parts): Promise<Worker> {
  const { config, secrets, poster, redis, log } = parts;
  const stopping = new AbortController();
  const access = new GoogleAccess(config.google.diagnoser);
  const roleCache = createRoleCache(redis);
  const diagnosing: DiagnoseContext = {
    ...parts,
    planKey: secrets.planKey,
    deadlineMs: DEADLINE_MS,
    signal: stopping.signal,
    openSession: (signal, scan) =>
      access.watch(() =>
        openSession({ env: process.env, impersonate: config.google.diagnoser, roleCache, signal, scan }),
      ),
  };
  const worker = await takeJobs(parts, {
    queue: QUEUES.diagnose,
    schema: DiagnosisJob,
    concurrency: CONCURRENCY,
    run: job => runDiagnosis(diagnosing, job),
    async gaveUp(job, error) {
      const { place, requester, id } = job;
      const cluster = job.kind === 'diagnose' ? job.request.cluster : job.projects.join(', ');
      const failed = { cluster, error: describeError(error), askedBy: requester.user, jobId: id };
      const message = parentFailed(failed, place.language);
      const { ref } = await poster.postOnce({ key: `${id}/parent`, channel: place.channel, message });
      if (ref) await poster.update(ref, message);
    },
  });
  const health = reportHealth(parts, 'diagnoser', async () => access.state);
  log.debug('takes diagnoses');
  return {
    async stop() {
      const closing = worker.stop();
      await closing;
      stopping.abort();
      await health.stop();
      redis.disconnect();
    },
  };
}
