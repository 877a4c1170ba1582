/** The remediating worker: carries out approvals, verifies, revokes; and sweeps (`sweeper.ts`). */

import { RemediationJob } from '../../src/contracts/jobs.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { openWrites } from '../../src/remedies/open.ts';
import { SlackUserDirectory } from '../../src/slack/user-directory.ts';
import { Backlog } from '../../src/store/approval-backlog.ts';
import { createProducer, QUEUES } from '../../src/store/queue.ts';
import { applyApproval, type RemediateContext, revokeApproval, verifyApproval } from '../remediate.ts';
import { showCards, sweepEvery } from '../sweep.ts';
import { GoogleAccess } from './google-access.ts';
import { reportHealth } from './health.ts';
import type { Parts, Worker } from './parts.ts';
import { takeJobs } from './queue-worker.ts';

const CONCURRENCY = 10;

export async function startRemediationWorker(parts: Parts): Promise<Worker> {
  const { config, secrets, store, redis, log, client, handles, workspace } = parts;
  const { GKE_AUTH_LEASE_MS: leaseMs, GKE_AUTH_VERIFY_MS: verifyMs, GKE_AUTH_SWEEP_MS } = config.environment;
  const stopping = new AbortController();
  const access = new GoogleAccess(config.google.remediator);
  const queue = createProducer(secrets.redisUrl, error => log.debug({ err: error }, 'Redis does not answer'));
  const { signal } = stopping;
  const { remediator } = config.google;
  const applying: RemediateContext = {
    store,
    queue,
    config,
    workspace,
    directory: new SlackUserDirectory(client, handles),
    onError: error => log.warn({ err: error }, 'a step met a failure'),
    // Its own identity for both, and no cache: what decides about writing is read by whoever writes.
    openSession: () => access.watch(() => openSession({ env: process.env, impersonate: remediator, signal })),
    openWrites: () => access.watch(() => openWrites({ env: process.env, impersonate: remediator, signal })),
    showCards: approval => void showCards(parts, approval),
    showProgress: (approval, progress) =>
      void parts.cards
        .showProgress(approval, progress)
        .catch(error => log.warn({ err: error, approval: approval.id }, 'progress was not shown')),
    leaseMs,
    verifyMs,
    signal,
  };
  const worker = await takeJobs(parts, {
    queue: QUEUES.remediate,
    schema: RemediationJob,
    concurrency: CONCURRENCY,
    run(job) {
      if (job.kind === 'apply') return applyApproval(applying, job.approval);
      if (job.kind === 'verify') return verifyApproval(applying, job.approval, job.attempt);
      return revokeApproval(applying, job.approval);
    },
  });
  const backlog = new Backlog(redis, store, error => log.error({ err: error }, 'an approval was altered in Redis'));
  const sweeper = sweepEvery(GKE_AUTH_SWEEP_MS, parts, { store, backlog, queue, leaseMs, verifyMs });
  const health = reportHealth(parts, 'remediator', async () => access.state);
  return {
    async stop() {
      sweeper.stop();
      await worker.stop();
      stopping.abort();
      await queue.close();
      await health.stop();
      redis.disconnect();
    },
  };
}
