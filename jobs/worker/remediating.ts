/** The remediating worker: carries out approvals, verifies, revokes; and sweeps (`jobs/sweep.ts`). */

import { AuditTail, RESTORED, type Restored } from '../../src/approvals/audit-tail.ts';
import { Checkpoints, readCheckpoint } from '../../src/approvals/checkpoints.ts';
import { watchFrozen, withoutFreeze } from '../../src/config/live-freeze.ts';
import { RemediationJob } from '../../src/contracts/jobs.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { openWrites } from '../../src/remedies/open.ts';
import { SlackUserDirectory } from '../../src/slack/user-directory.ts';
import { Backlog } from '../../src/store/approval-backlog.ts';
import { createProducer, QUEUES } from '../../src/store/queue.ts';
import { applyApproval, type RemediationServices, revokeApproval, verifyApproval } from '../remediate.ts';
import { showCards, sweepEvery } from '../sweep.ts';
import { GoogleAccess } from './google-access.ts';
import { reportHealth } from './health.ts';
import type { Worker, WorkerServices } from './services.ts';
import { takeJobs } from './take-jobs.ts';

const CONCURRENCY = 10;
/** A checkpoint of the audit log this often, besides the one before every change. */
const CHECKPOINT_EVERY_MS = 60_000;

export async function startRemediationWorker(services: WorkerServices): Promise<Worker> {
  const { config, secrets, signing, audit, store, redis, log, client, handles, workspace } = services;
  const { GKE_AUTH_LEASE_MS: leaseMs, GKE_AUTH_VERIFY_MS: verifyMs, GKE_AUTH_SWEEP_MS } = config.environment;
  const stopping = new AbortController();
  const access = new GoogleAccess(config.google.remediator);
  const queue = createProducer(secrets.redisUrl, signing, error =>
    log.debug({ event: 'redis', err: error }, 'Redis does not answer'),
  );
  const { signal } = stopping;
  const file = config.environment.GKE_AUTH_CHECKPOINT_FILE;
  const auditTail = new AuditTail({
    audit,
    signing,
    known: file ? readCheckpoint(file, signing) : undefined,
    onRestored: restored => noteRestored(services, restored),
  });
  const freeze = watchFrozen(config, {
    onChange: frozen => log.warn({ event: 'approvals.frozen', frozen }, 'approvals.frozen changed'),
    onError: error => log.error({ event: 'config.unreadable', err: error }, 'failed to read configuration again'),
  });
  const checkpoints = new Checkpoints({ tail: auditTail, signing, file, log });
  await checkpoints.keep();
  const { remediator } = config.google;
  const remediation: RemediationServices = {
    store,
    queue,
    config: withoutFreeze(config),
    workspace,
    auditTail,
    isFrozen: () => freeze.isFrozen(),
    checkpoint: () => checkpoints.keep(),
    directory: new SlackUserDirectory(client, handles),
    onError: error => log.warn({ event: 'remediation', err: error }, 'a step of a remediation failed'),
    // Its own identity for both, and no cache: what decides about writing is read by whoever writes.
    openSession: () => access.watch(() => openSession({ env: process.env, impersonate: remediator, signal })),
    openWrites: () => access.watch(() => openWrites({ env: process.env, impersonate: remediator, signal })),
    showCards: approval => void showCards(services, approval),
    showProgress: (approval, progress) =>
      void services.cards
        .showProgress(approval, progress)
        .catch(error => log.warn({ event: 'cards', err: error, approval: approval.id }, 'failed to show progress')),
    leaseMs,
    verifyMs,
    signal,
  };
  const worker = await takeJobs(services, {
    queue: QUEUES.remediate,
    schema: RemediationJob,
    from: ['bot', 'remediator', 'operator'],
    concurrency: CONCURRENCY,
    run(job) {
      if (job.kind === 'apply') return applyApproval(remediation, job.approval);
      if (job.kind === 'verify') return verifyApproval(remediation, job.approval, job.attempt);
      return revokeApproval(remediation, job.approval);
    },
  });
  const backlog = new Backlog(redis, store, error =>
    log.error({ event: 'tampering', err: error }, 'an approval was altered in Redis'),
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
      freeze.stop();
      await worker.stop();
      stopping.abort();
      await queue.close();
      await health.stop();
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
