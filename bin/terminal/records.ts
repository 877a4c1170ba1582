/** What a running gke-auth knows, in the terminal: `pending`, `history`, `status`, `cancel`, `unwatch`. */
import type { Redis } from 'ioredis';
import type { Approval } from '../../src/approvals/approval.ts';
import { createAuditLog } from '../../src/approvals/audit.ts';
import { Backlog } from '../../src/approvals/backlog.ts';
import { ApprovalStore } from '../../src/approvals/store.ts';
import type { Config } from '../../src/config.ts';
import { HEALTH_GONE_MS, HEALTH_KEY, WorkerHealth } from '../../src/contracts/health.ts';
import type { Language, Text } from '../../src/contracts/text.ts';
import { redactDeep } from '../../src/explain/redact.ts';
import type { Command, Format } from '../../src/grammar.ts';
import { cancelJob } from '../../src/slack/cancellation.ts';
import { Reports } from '../../src/slack/reports.ts';
import { Watches } from '../../src/slack/watches.ts';
import { EXIT } from './failure.ts';
import { pad, plain } from './layout.ts';
import { planKey, withRedis } from './redis.ts';

type RecordCommand = Extract<Command, { verb: 'pending' | 'history' | 'status' | 'cancel' | 'unwatch' }>;

const SHOWN = 50;

export function runRecords(command: RecordCommand, config: Config, language: Language): Promise<number> {
  return withRedis(config, async redis => {
    const { value, lines } = await answer(command, redis, config, language);
    const format: Format = command.format ?? 'text';
    process.stdout.write(format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : `${plain(lines.join('\n'))}\n`);
    return EXIT.ok;
  });
}

interface Answer {
  readonly value: unknown;
  readonly lines: readonly string[];
}

async function answer(command: RecordCommand, redis: Redis, config: Config, language: Language): Promise<Answer> {
  switch (command.verb) {
    case 'pending': {
      const approvals = await backlog(redis, config).pending();
      return { value: approvals.map(entry), lines: listed(approvals.map(line), NOTHING_WAITS, language) };
    }
    case 'history': {
      const cluster = command.cluster?.split('/').at(-1);
      const past = await new Reports(redis).past(cluster ? { cluster } : {}, SHOWN);
      const approvals = await backlog(redis, config).history(cluster ? { cluster } : {}, SHOWN);
      const reports = past.map(({ at, project, location, cluster: name, summary }) =>
        [
          at,
          `${project}/${location ?? '-'}/${name}`,
          `✗ ${summary.fail}  ! ${summary.warn}  ? ${summary.unknown}  ✓ ${summary.pass}`,
        ].join('  '),
      );
      return {
        value: { reports: past, approvals: approvals.map(entry) },
        lines: listed([...reports, ...approvals.map(line)], NOTHING_YET, language),
      };
    }
    case 'status': {
      const workers = await healthy(redis);
      const lines = workers.map(({ role, instance, at, google }) =>
        [pad(role, 11), instance, at, `Google: ${google.state}`, google.problem?.[language] ?? ''].join('  ').trimEnd(),
      );
      return { value: { workers }, lines: listed(lines, NO_WORKERS, language) };
    }
    case 'cancel':
      await cancelJob(redis, command.id, 'terminal');
      return { value: { cancelled: command.id }, lines: [CANCELLED[language]] };
    case 'unwatch': {
      const removed = await new Watches(redis).remove(command.id);
      return { value: { removed }, lines: [(removed ? UNWATCHED : NO_WATCH)[language]] };
    }
  }
}

function backlog(redis: Redis, config: Config): Backlog {
  const key = planKey(config) ?? '';
  const { GKE_AUTH_LEASE_MS: leaseMs, GKE_AUTH_VERIFY_MS: verifyMs } = config.environment;
  const audit = createAuditLog({ redis, planKey: key, redact: redactDeep });
  const store = new ApprovalStore({ redis, planKey: key, audit, redact: redactDeep, leaseMs, verifyMs });
  return new Backlog(redis, store, error => process.stderr.write(`${plain(error.message)}\n`));
}

function entry({ id, state, signed, events }: Approval) {
  const { check, subject, remedy, requester, expiresAt } = signed.plan;
  return {
    id,
    state,
    check,
    subject,
    remedy: { kind: remedy.kind, risk: remedy.risk, params: remedy.params },
    requester,
    expiresAt,
    events,
  };
}

function line({ id, state, signed }: Approval): string {
  const { createdAt, target, remedy } = signed.plan;
  return [
    createdAt,
    id,
    pad(state, 9),
    `${target.project}/${target.location ?? '-'}/${target.cluster}`,
    remedy.command,
  ].join('  ');
}

async function healthy(redis: Redis): Promise<WorkerHealth[]> {
  const entries = Object.values(await redis.hgetall(HEALTH_KEY));
  return entries
    .flatMap(text => WorkerHealth.safeParse(JSON.parse(text)).data ?? [])
    .filter(({ at }) => Date.now() - Date.parse(at) <= HEALTH_GONE_MS);
}

function listed(lines: readonly string[], none: Text, language: Language): readonly string[] {
  return lines.length > 0 ? lines : [none[language]];
}

const NOTHING_WAITS: Text = { en: 'No approval waits.', ja: '承認待ちはありません。' };
const NOTHING_YET: Text = { en: 'There are no reports yet.', ja: 'レポートはまだありません。' };
const NO_WORKERS: Text = {
  en: 'Redis answers, but no worker runs.',
  ja: 'Redis は応答していますが、ワーカーが動作していません。',
};
const CANCELLED: Text = {
  en: 'Asked it to stop; it ends within a second or two, if it still runs.',
  ja: '停止を依頼しました。まだ実行中であれば、1〜2 秒で終了します。',
};
const UNWATCHED: Text = { en: 'No longer watched.', ja: '監視を停止しました。' };
const NO_WATCH: Text = { en: 'There is no watch of this id.', ja: 'この ID の監視はありません。' };
