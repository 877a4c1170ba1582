/** The remediating worker: carries out approvals, verifies, revokes; and sweeps up what a crash or the clock left behind. */

import type { Approval } from '../../src/approvals/approval.ts';
import { Backlog } from '../../src/approvals/backlog.ts';
import { endGrants, resumeStranded, type Sweeping } from '../../src/approvals/sweep.ts';
import { RemediatingJob } from '../../src/contracts/jobs.ts';
import { createProducer, QUEUES } from '../../src/queue.ts';
import { SlackDirectory } from '../../src/slack/directory.ts';
import { reminder } from '../../src/slack/messages/card.ts';
import { type Applying, applyApproval, revokeApproval, verifyApproval } from '../apply.ts';
import { openSession, openWrites } from '../clients/google/open.ts';
import { GoogleAccess } from './google-access.ts';
import { reportHealth } from './health.ts';
import type { Parts, Worker } from './parts.ts';
import { takeJobs } from './queue-worker.ts';

const CONCURRENCY = 10;
/** Cards that show an older state for longer than this (ms) are edited by the sweeper. */
const CARD_LATE_MS = 5_000;

export async function startRemediating(parts: Parts): Promise<Worker> {
  const { config, secrets, store, redis, log, cards, client, handles, workspace } = parts;
  const { GKE_AUTH_LEASE_MS: leaseMs, GKE_AUTH_VERIFY_MS: verifyMs, GKE_AUTH_SWEEP_MS } = config.environment;
  const stopping = new AbortController();
  const access = new GoogleAccess(config.google.remediator);
  const queue = createProducer(secrets.redisUrl, error => log.debug({ err: error }, 'Redis does not answer'));
  const { signal } = stopping;
  const { diagnoser, remediator } = config.google;
  const applying: Applying = {
    store,
    queue,
    config,
    workspace,
    directory: new SlackDirectory(client, handles),
    onError: error => log.warn({ err: error }, 'a step met a failure'),
    // It reads as the diagnoser and with no cache: what decides about writing is read by whoever writes.
    openSession: () => access.watch(() => openSession({ env: process.env, impersonate: diagnoser, signal })),
    openWrites: () => access.watch(() => openWrites({ env: process.env, impersonate: remediator, signal })),
    showCards: approval => void showCards(parts, approval),
    leaseMs,
    verifyMs,
    signal,
  };
  const worker = await takeJobs(parts, {
    queue: QUEUES.remediate,
    schema: RemediatingJob,
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

  function sweepEvery(ms: number, { poster }: Parts, sweeping: Sweeping): { stop(): void } {
    let running = false;
    const sweep = async () => {
      for (const approval of await backlog.expireDue()) await showCards(parts, approval);
      for (const approval of await endGrants(sweeping)) await showCards(parts, approval);
      await resumeStranded(sweeping);
      for (const approval of await backlog.staleCards(CARD_LATE_MS)) await showCards(parts, approval);
      await backlog.recordMissing();
      for (const approval of await backlog.remindersDue()) {
        await remind(parts, approval);
        await backlog.reminded(approval.id);
      }
    };
    const timer = setInterval(() => {
      if (running) return;
      running = true;
      sweep()
        .catch(error => log.warn({ err: error }, 'the sweep stopped half-way; it comes again'))
        .finally(() => {
          running = false;
        });
    }, ms);
    return { stop: () => clearInterval(timer) };
  }
}

/** Best effort: a card that could not be edited stays on the index of stale cards. */
async function showCards({ cards, log }: Parts, approval: Approval): Promise<void> {
  try {
    await cards.refresh(approval);
    if (approval.state === 'revoked') await cards.announce(approval);
  } catch (error) {
    log.warn({ err: error, approval: approval.id }, 'a card waits for its edit');
  }
}

/** Below the card in the approvals channel; without one, in the report's thread. */
async function remind({ cards, config, poster, reports }: Parts, approval: Approval): Promise<void> {
  const { approvalsChannel, thread } = approval.cards;
  const stored = approvalsChannel ? undefined : await reports.report(approval.signed.plan.reportId);
  const place = approvalsChannel ?? (thread && { channel: thread.channel, ts: stored?.ts ?? thread.ts });
  if (!place) return;
  const message = reminder(await cards.view(approval), config.language);
  await poster.postOnce({ key: `${approval.id}/reminder`, channel: place.channel, threadTs: place.ts, message });
}
