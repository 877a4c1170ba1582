/** The remediating worker: carries out approvals, verifies, revokes; and sweeps (`jobs/sweep.ts`). */

import { AuditTail, RESTORED, type Restored } from '../../src/approvals/audit-tail.ts';
import { Checkpoints, readCheckpoint } from '../../src/approvals/checkpoints.ts';
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
/** A checkpoint of the audit log this often, besides the one before every change. */
const CHECKPOINT_EVERY_MS = 60_000;

export async function startRemediationWorker(services: WorkerServices): Promise<Worker> {
  const { config, signing, audit, store, redis, queue, log, client, handles, workspace } = services;
  const { GKE_AUTH_LEASE_MS: leaseMs, GKE_AUTH_VERIFY_MS: verifyMs, GKE_AUTH_SWEEP_MS } = config.environment;
  const access = new GoogleAccess(config.google.remediator);
  const file = config.environment.GKE_AUTH_CHECKPOINT_FILE;
  const auditTail = new AuditTail({
    audit,
    signing,
    known: file ? readCheckpoint(file, signing) : undefined,
    onRestored: restored => noteRestored(services, restored),
  });
  const checkpoints = new Checkpoints({ tail: auditTail, signing, file, log });
  await checkpoints.keep();
  const { remediator: impersonate } = config.google;
  const directory = new SlackUserDirectory(client, handles);
  const remediation = ({ signal }: Run): RemediationServices => ({
    store,
    queue,
    config,
    workspace,
    auditTail,
    isFrozen: () => config.approvals.frozen,
    checkpoint: () => checkpoints.keep(),
    directory,
    onError: error => log.warn({ event: 'remediation.step_failed', err: error }, 'remediation step failed'),
    // Reads with the writing identity and without a cache, so that the decision to write rests on fresh data.
    openSession: () => access.watch(() => openSession({ env: process.env, impersonate, signal })),
    openWrites: () => access.watch(() => openWrites({ env: process.env, impersonate, signal })),
    showCards: approval => void showCards(services, approval),
    showProgress: (approval, progress) =>
      void services.cards
        .showProgress(approval, progress)
        .catch(error =>
          log.warn(
            { event: 'card.progress_failed', err: error, approval: approval.id },
            'failed to show progress on approval card',
          ),
        ),
    leaseMs,
    verifyMs,
    signal,
  });
  const workers = await Promise.all([
    takeJobs(services, {
      queue: QUEUES.remediate,
      schema: RemediationJob,
      from: ['bot', 'remediator', 'operator'],
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
    log.error({ event: 'approval.tampered', err: error }, 'approval in Redis does not match its signature'),
  );
  const timer = setInterval(() => {
    checkpoints
      .keep()
      .catch(error => log.warn({ event: 'audit.checkpoint_failed', err: error }, 'failed to keep an audit checkpoint'));
  }, CHECKPOINT_EVERY_MS);
  const sweeper = sweepEvery(GKE_AUTH_SWEEP_MS, services, { store, backlog, queue, leaseMs, verifyMs });
  const health = reportHealth(services, 'remediator', async () => access.state);
  return {
    async stop() {
      sweeper.stop();
      clearInterval(timer);
      await Promise.all(workers.map(worker => worker.stop()));
      await health.stop();
      await queue.close();
      redis.disconnect();
    },
  };
}

/** On record, and in the log: what was opened before is not applied any more. */
function noteRestored({ audit, log }: WorkerServices, { expected, found }: Restored): void {
  log.error({ event: 'redis.restored', expected, found }, 'audit log in Redis is not the one that was known');
  const event = { action: RESTORED, at: new Date().toISOString(), detail: { expected, found } };
  audit
    .append([{ key: `restored ${expected.seq} ${expected.hash} ${found.seq} ${found.hash}`, event }])
    .catch(error => log.error({ event: 'redis.restored', err: error }, 'failed to record that Redis was put back'));
}
