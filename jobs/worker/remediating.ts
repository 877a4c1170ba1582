/** The remediating worker: carries out approvals, verifies, revokes; and sweeps (`jobs/sweep.ts`). */

import { RemediationJob } from '../../src/contracts/jobs.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { openWrites } from '../../src/remedies/open.ts';
import { SlackUserDirectory } from '../../src/slack/user-directory.ts';
import { Backlog } from '../../src/store/approval-backlog.ts';
import type { Run } from '../../src/store/job-worker.ts';
import { QUEUES } from '../../src/store/queue.ts';
import { applyApproval, type RemediationServices, revokeApproval, verifyApproval } from '../remediate.ts';
import { showCards, sweepEvery } from '../sweep.ts';
import { startDelivery } from './delivering.ts';
import { GoogleAccess } from './google-access.ts';
import { reportHealth } from './health.ts';
import type { Worker, WorkerServices } from './services.ts';
import { takeJobs } from './take-jobs.ts';

const CONCURRENCY = 10;

export async function startRemediationWorker(services: WorkerServices): Promise<Worker> {
  const { config, store, redis, queue, log, client, handles, workspace } = services;
  const { GKE_AUTH_LEASE_MS: leaseMs, GKE_AUTH_VERIFY_MS: verifyMs, GKE_AUTH_SWEEP_MS } = config.environment;
  const access = new GoogleAccess(config.google.remediator);
  const { remediator: impersonate } = config.google;
  const directory = new SlackUserDirectory(client, handles);
  const remediation = ({ signal }: Run): RemediationServices => ({
    store,
    queue,
    config,
    workspace,
    directory,
    onError: error => log.warn({ event: 'remediation.step_failed', err: error }, 'a step of a remediation failed'),
    // Its own identity for both, and no cache: what decides about writing is read by whoever writes.
    openSession: () => access.watch(() => openSession({ env: process.env, impersonate, signal })),
    openWrites: () => access.watch(() => openWrites({ env: process.env, impersonate, signal })),
    showCards: approval => void showCards(services, approval),
    showProgress: (approval, progress) =>
      void services.cards
        .showProgress(approval, progress)
        .catch(error =>
          log.warn({ event: 'card.progress_failed', err: error, approval: approval.id }, 'failed to show progress'),
        ),
    leaseMs,
    verifyMs,
    signal,
  });
  const workers = await Promise.all([
    takeJobs(services, {
      queue: QUEUES.remediate,
      schema: RemediationJob,
      concurrency: CONCURRENCY,
      run(job, run) {
        if (job.kind === 'apply') return applyApproval(remediation(run), job.approval);
        if (job.kind === 'verify') return verifyApproval(remediation(run), job.approval, job.attempt);
        return revokeApproval(remediation(run), job.approval);
      },
    }),
    startDelivery(services),
  ]);
  const backlog = new Backlog(redis, store, error =>
    log.error({ event: 'approval.tampered', err: error }, 'approval was tampered with in Redis'),
  );
  const sweeper = sweepEvery(GKE_AUTH_SWEEP_MS, services, { store, backlog, queue, leaseMs, verifyMs });
  const health = reportHealth(services, 'remediator', async () => access.state);
  return {
    async stop() {
      sweeper.stop();
      await Promise.all(workers.map(worker => worker.stop()));
      await health.stop();
      await queue.close();
      redis.disconnect();
    },
  };
}
