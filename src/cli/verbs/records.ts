/** What a running gke-auth knows, in the terminal: `pending`, `history`, `status`, `cancel`, `unwatch`. */
import type { Redis } from 'ioredis';
import type { Approval } from '../../approvals/approval.ts';
import { createAuditLog } from '../../approvals/audit.ts';
import type { Config } from '../../config/config.ts';
import { type ClusterName, parseClusterName } from '../../contracts/cluster-name.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { redactDeep } from '../../explain/redact.ts';
import type { Command, Format } from '../../grammar/parse.ts';
import { withoutService } from '../../grammar/verbs.ts';
import { createSigning, type Signing } from '../../signing/signing.ts';
import { Backlog } from '../../store/approval-backlog.ts';
import { ApprovalStore } from '../../store/approvals.ts';
import { cancelJob } from '../../store/cancellations.ts';
import { Reports } from '../../store/reports.ts';
import { Watches } from '../../store/watches.ts';
import { liveWorkers } from '../../store/worker-health.ts';
import { EXIT, type Failure, failureAsJson, failureAsText } from '../failure.ts';
import { pad, plain } from '../output/layout.ts';
import { signingKeys, withRedis } from '../redis.ts';

type RecordCommand = Extract<Command, { verb: 'pending' | 'history' | 'status' | 'cancel' | 'unwatch' }>;

const SHOWN = 50;
/** More than is shown: those of other places are sorted out afterwards. */
const READ = 200;

export function runRecords(command: RecordCommand, config: Config, language: Language): Promise<number> {
  return withRedis(config, async redis => {
    const found = await answer(command, redis, config, language);
    const format: Format = command.format ?? 'text';
    if ('exit' in found) {
      if (format === 'json') process.stdout.write(failureAsJson(found, language));
      else process.stderr.write(plain(failureAsText(found, language)));
      return found.exit;
    }
    const { value, lines } = found;
    process.stdout.write(format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : `${plain(lines.join('\n'))}\n`);
    return EXIT.ok;
  });
}

interface Answer {
  readonly value: unknown;
  readonly lines: readonly string[];
}

async function answer(
  command: RecordCommand,
  redis: Redis,
  config: Config,
  language: Language,
): Promise<Answer | Failure> {
  const { projects } = command;
  const ofProjects = ({ project }: Place) => projects.length === 0 || projects.includes(project);
  switch (command.verb) {
    case 'pending': {
      const approvals = (await backlog(redis, config).pending()).filter(({ signed }) => ofProjects(signed.plan.target));
      return { value: approvals.map(entry), lines: listed(approvals.map(line), NOTHING_WAITS, language) };
    }
    case 'history': {
      const { cluster, ...place } = named(command.cluster);
      const matches = (at: Place) =>
        ofProjects(at) &&
        (!place.project || at.project === place.project) &&
        (!place.location || at.location === place.location);
      const all = await new Reports(redis, signingOf(config)).past(cluster ? { cluster } : {}, READ);
      const past = all.filter(matches).slice(0, SHOWN);
      const approvals = await backlog(redis, config).history({ ...(cluster && { cluster }), matches }, SHOWN);
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
      const workers = await liveWorkers(redis);
      const lines = workers.map(({ role, instance, at, google }) =>
        [pad(role, 11), instance, at, `Google: ${google.state}`, google.problem?.[language] ?? ''].join('  ').trimEnd(),
      );
      return { value: { workers }, lines: listed(lines, NO_WORKERS, language) };
    }
    case 'cancel': {
      const reports = new Reports(redis, signingOf(config));
      const [job, done] = await Promise.all([reports.job(command.id), reports.report(command.id)]);
      if (!job || done) return notThere(NO_DIAGNOSIS, SEE_HISTORY);
      await cancelJob(redis, command.id, 'terminal');
      return { value: { cancelled: command.id }, lines: [CANCELLED[language]] };
    }
    case 'unwatch': {
      const removed = await new Watches(redis, signingOf(config)).remove(command.id);
      return removed ? { value: { removed }, lines: [UNWATCHED[language]] } : notThere(NO_WATCH, SEE_WATCH);
    }
  }
}

interface Place {
  readonly project: string;
  readonly location?: string | undefined;
}

function named(cluster: string | undefined): Partial<ClusterName> {
  const name = cluster === undefined ? {} : parseClusterName(withoutService(cluster));
  return 'problem' in name ? {} : name;
}

function notThere(text: Text, next: Text): Failure {
  return { code: 'not-found', text, next, exit: EXIT.usage };
}

const signingOf = (config: Config): Signing => createSigning(signingKeys(config));

function backlog(redis: Redis, config: Config): Backlog {
  const signing = signingOf(config);
  const { GKE_AUTH_LEASE_MS: leaseMs, GKE_AUTH_VERIFY_MS: verifyMs } = config.environment;
  const audit = createAuditLog({ redis, signing, redact: redactDeep });
  const store = new ApprovalStore({ redis, signing, audit, redact: redactDeep, leaseMs, verifyMs });
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
const SEE_WATCH: Text = {
  en: 'Its id is in the message that Slack showed when it was started.',
  ja: 'ID は、監視の開始時に Slack に表示されたメッセージにあります。',
};
const NO_DIAGNOSIS: Text = { en: 'No diagnosis of this id runs.', ja: 'この ID の診断は実行中ではありません。' };
const SEE_HISTORY: Text = {
  en: 'gke-auth history shows those that are over.',
  ja: '終わった診断は gke-auth history で確認できます。',
};
