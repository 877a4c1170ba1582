/** Approvals on a real Redis, with people and a queue to play with. */
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { type AuditLog, createAuditLog } from '../../src/approvals/audit.ts';
import type { Click, DecideContext, UserDirectory } from '../../src/approvals/decide.ts';
import { actorOf, type Decision, type SlackUser } from '../../src/approvals/policy.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { RemediationJob } from '../../src/contracts/jobs.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { Backlog } from '../../src/store/approval-backlog.ts';
import { ApprovalStore } from '../../src/store/approvals.ts';
import { connectRedis } from '../../src/store/redis.ts';
import { everyRole, examplePlan } from './examples.ts';

export const CONFIG = `
approvals:
  approvers: { userGroups: [S-ADMINS], emails: [dan@example.com] }
  rules:
    - { match: { project: "two-*" }, quorum: { grant: 2 } }
    - { match: { project: "cold-*" }, frozen: true }
`;

/** Everybody of the workspace T1, by user id. */
export const PEOPLE: Readonly<Record<string, SlackUser>> = Object.fromEntries(
  [
    { id: 'U-ALICE', name: 'alice', email: 'alice@example.com' },
    { id: 'U-BOB', name: 'bob', email: 'bob@example.com' },
    { id: 'U-CAROL', name: 'carol', email: 'carol@example.com' },
    { id: 'U-DAN', name: 'dan', email: 'dan@example.com' },
    { id: 'U-EVE', name: 'eve', email: 'eve@example.com' },
    { id: 'U-GUEST', name: 'guest', email: 'guest@example.com', is_restricted: true },
    { id: 'U-EXTERNAL', name: 'ext', email: 'ext@elsewhere.example', team_id: 'T9' },
    { id: 'U-BOT', name: 'bot', is_bot: true },
    { id: 'U-GONE', name: 'gone', email: 'gone@example.com', deleted: true },
  ].map(({ email, ...user }) => [user.id, { team_id: 'T1', ...user, profile: { email } }]),
);
const MEMBERS = ['U-ALICE', 'U-BOB', 'U-CAROL', 'U-GUEST', 'U-EXTERNAL', 'U-BOT', 'U-GONE'];

export interface World {
  readonly redis: Redis;
  readonly store: ApprovalStore;
  readonly backlog: Backlog;
  readonly audit: AuditLog;
  readonly deciding: DecideContext;
  /** What was put on the queue. */
  readonly jobs: RemediationJob[];
  /** Switches. */
  readonly faults: { groups: boolean; users: boolean; queue: boolean };
  close(): void;
}

export const TIMES = { leaseMs: 60_000, verifyMs: [0, 1_000] };

export async function createWorld(url: string, times: { leaseMs: number; verifyMs: number[] } = TIMES): Promise<World> {
  const redis = connectRedis(url, 'prompt');
  await once(redis, 'ready');
  const redact = <Value>(value: Value): Value => value;
  const signing = everyRole();
  const audit = createAuditLog({ redis, signing, redact });
  const store = new ApprovalStore({ redis, signing, audit, redact, ...times });
  const jobs: RemediationJob[] = [];
  const faults = { groups: false, users: false, queue: false };
  const directory: UserDirectory = {
    user: async origin => {
      const user = PEOPLE[origin.user];
      if (faults.users || !user) throw new Error('user_not_found');
      return actorOf(user, origin);
    },
    group: async () => {
      if (faults.groups) throw new Error('ratelimited');
      return { members: MEMBERS, handle: 'gke-admins' };
    },
  };
  const queue = {
    enqueueRemediation: async (job: RemediationJob) => {
      if (faults.queue) throw new Error('queue-unavailable');
      jobs.push(job);
    },
  };
  const config = loadConfig({}, () => CONFIG);
  const deciding = { store, audit, directory, queue, config, workspace: { team: 'T1', teams: [] } };
  return {
    redis,
    store,
    backlog: new Backlog(redis, store),
    audit,
    deciding,
    jobs,
    faults,
    close: () => redis.disconnect(),
  };
}

let count = 0;

/** A plan with ids of its own, that can be decided for `lifeMs` from now on. */
export function freshPlan(plan: Partial<Plan> = {}, lifeMs = 3_600_000): Plan {
  const now = Date.now();
  count += 1;
  const own = {
    id: `approval-${process.pid}-${count}`,
    reportId: `report-${process.pid}-${count}`,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + lifeMs).toISOString(),
  };
  return examplePlan(undefined, { ...own, ...plan });
}

export function click(approvalId: string, user: string, decision: Decision = 'approve', reason = 'because'): Click {
  return { approvalId, decision, reason, origin: { user, team: 'T1', channel: 'C1' } };
}

/** In another project than `dev-1`: other rules hold there. */
export function inProject(project: string): Partial<Plan> {
  const plan = examplePlan();
  return {
    target: { ...plan.target, project },
    remedy: { ...plan.remedy, params: { ...plan.remedy.params, project } },
  };
}

export async function allLines(audit: AuditLog): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of audit.lines()) lines.push(line);
  return lines;
}
