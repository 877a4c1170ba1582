/**
 * Random interleavings of clicks, time, crashes and duplicates on a real Redis, against what must always hold. The worker is
 * played here in the order that the real one must keep: claim, read the policy, renew, write with the etag, settle.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { type Approval, after, type State, votes } from '../../src/approvals/approval.ts';
import { verifyChain } from '../../src/approvals/audit.ts';
import { decide, type Outcome } from '../../src/approvals/decide.ts';
import { endGrants, resumeStranded } from '../../src/approvals/sweep.ts';
import { everyRole } from './examples.ts';
import { allLines, click, createWorld, freshPlan, inProject, type World } from './world.ts';

const LEASE_MS = 4;
const VERIFY_MS = [0, 2];
/** Long enough for another worker to take over and finish. */
const STALL_MS = 3 * LEASE_MS;

const user = fc.constantFrom('U-ALICE', 'U-BOB', 'U-CAROL', 'U-DAN', 'U-EVE', 'U-GUEST');
const decision = fc.constantFrom('approve', 'approve', 'approve', 'deny', 'revoke');
/** Where a worker dies or stalls; `none` is the most frequent. */
const crash = fc.constantFrom('none', 'none', 'claimed', 'read', 'written', 'stalled', 'late', 'late');
const result = fc.constantFrom('apply', 'apply', 'go-stale', 'fail');
const worker = fc.record({ crash, result });
/** The same job delivered again, after this many ms. */
const rival = fc.option(fc.record({ crash, result, after: fc.constantFrom(0, LEASE_MS + 1, LEASE_MS + 3) }), {
  nil: undefined,
});

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('click'), user, decision, times: fc.integer({ min: 1, max: 2 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('work'), worker, rival }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sweep') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('queue'), up: fc.boolean() }) },
);
const scenario = fc.record({
  project: fc.constantFrom('dev-1', 'two-1'),
  lifeMs: fc.constantFrom(3, 25, 3_600_000, 3_600_000, 3_600_000, 3_600_000),
  grantMs: fc.constantFrom(undefined, undefined, 5),
  /** What is in one group runs at once. */
  groups: fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 7 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;
type Action = Scenario['groups'][number][number];
type Worker = Extract<Action, { worker: unknown }>['worker'];

/** An IAM policy with one binding: read-modify-write with an etag. */
class Policy {
  etag = 0;
  granted = false;
  grants = 0;

  write(etag: number, granted: boolean): boolean {
    if (etag !== this.etag) return false;
    if (granted && !this.granted) this.grants += 1;
    this.granted = granted;
    this.etag += 1;
    return true;
  }
}

export interface InterleavingsOptions {
  readonly redisUrl: string;
  readonly runs: number;
  /** To repeat a failure: fast-check prints it. */
  readonly seed?: number;
}

/** @returns how many approvals ended in which state. @throws fast-check's report, with seed, where anything doesn't hold. */
export async function runInterleavings({ redisUrl, runs, seed }: InterleavingsOptions): Promise<Map<State, number>> {
  const world = await createWorld(redisUrl, { leaseMs: LEASE_MS, verifyMs: VERIFY_MS });
  const ends = new Map<State, number>();
  try {
    await world.redis.flushall();
    const property = fc.asyncProperty(scenario, async input => {
      const { state } = await play(world, input);
      ends.set(state, (ends.get(state) ?? 0) + 1);
    });
    await fc.assert(property, { numRuns: runs, seed, endOnFailure: true });
    const lines = await allLines(world.audit);
    const verdict = await verifyChain(lines, { head: await world.audit.head(), signing: everyRole() });
    must(verdict.ok, 'the audit chain is unbroken');
    const recorded = lines.map(line => JSON.parse(line).key);
    must(new Set(recorded).size === recorded.length, 'nothing is recorded twice');
    return ends;
  } finally {
    world.close();
  }
}

async function play(world: World, { project, lifeMs, grantMs, groups }: Scenario): Promise<Approval> {
  world.jobs.length = 0;
  world.faults.queue = false;
  const policy = new Policy();
  const outcomes: Outcome[] = [];
  const { id } = await world.store.open(freshPlan({ ...inProject(project), grantMs }, lifeMs));

  const run = async (step: Action): Promise<void> => {
    if ('user' in step) {
      const clicks = Array.from({ length: step.times }, () =>
        decide(world.deciding, click(id, step.user, step.decision)),
      );
      outcomes.push(...(await Promise.all(clicks)));
    } else if ('worker' in step) {
      if (!world.jobs.shift()) return;
      const again = async ({ after, ...other }: NonNullable<typeof step.rival>) => {
        await sleep(after);
        await work(world, id, policy, other);
      };
      await Promise.all([work(world, id, policy, step.worker), step.rival && again(step.rival)]);
    } else if ('ms' in step) await sleep(step.ms);
    else if ('up' in step) world.faults.queue = !step.up;
    else await sweep(world);
  };
  for (const group of groups) await Promise.all(group.map(run));

  // From here on nothing crashes any more: everything must come to its end by itself.
  world.faults.queue = false;
  let approval = await current(world, id);
  for (let round = 0; round < 50 && !atRest(approval, lifeMs, grantMs); round++) {
    await sleep(LEASE_MS + 1);
    await sweep(world);
    while (world.jobs.shift()) await work(world, id, policy, { crash: 'none', result: 'apply' });
    approval = await current(world, id);
  }
  await world.backlog.recordMissing();
  check(approval, policy, outcomes, { project, lifeMs, grantMs });
  return approval;
}

async function current({ store }: World, id: string): Promise<Approval> {
  const approval = await store.get(id);
  if (!approval) throw new Error('the approval is gone');
  return approval;
}

function atRest({ state }: Approval, lifeMs: number, grantMs: number | undefined): boolean {
  if (state === 'pending') return lifeMs > 1_000;
  if (state === 'verified') return grantMs === undefined;
  return ['denied', 'expired', 'stale', 'failed', 'revoked'].includes(state);
}

async function sweep(world: World): Promise<void> {
  const sweeping = { ...world, queue: world.deciding.queue, leaseMs: LEASE_MS, verifyMs: VERIFY_MS };
  const quietly = (error: unknown) => {
    if (!(error instanceof Error && error.message === 'queue-unavailable')) throw error;
  };
  await world.backlog.expireDue();
  await resumeStranded(sweeping).catch(quietly);
  await endGrants(sweeping).catch(quietly);
  await world.backlog.recordMissing();
}

/** What a worker does with an approval, by its state. */
async function work(world: World, id: string, policy: Policy, plan: Worker): Promise<void> {
  const approval = await world.store.get(id);
  if (!approval) return;
  if (approval.state === 'applied') {
    await (policy.granted ? world.store.verified(approval) : world.store.giveUpVerifying(approval));
  } else if (approval.state === 'revoking') {
    const { code, count, approval: claimed } = await world.store.claimRevocation(approval);
    if (code === 'moved') await write(world, claimed, policy, false, count, plan);
  } else {
    const { code, count, approval: claimed } = await world.store.claim(approval);
    if (code === 'moved') await write(world, claimed, policy, true, count, plan);
  }
}

async function write(
  { store }: World,
  approval: Approval,
  policy: Policy,
  granted: boolean,
  fence: number,
  { crash, result }: Worker,
): Promise<void> {
  if (crash === 'claimed') return;
  for (;;) {
    const { etag, granted: already } = policy;
    if (crash === 'read') return;
    if (crash === 'stalled') await sleep(STALL_MS);
    if (!(await store.renew(approval))) return;
    if (already === granted) break;
    if (granted && result !== 'apply') {
      if (crash === 'late') await sleep(STALL_MS);
      await store.settle(approval, result, fence);
      return;
    }
    if (policy.write(etag, granted)) break;
  }
  if (crash === 'written') return;
  if (crash === 'late') await sleep(STALL_MS);
  await store.settle(approval, granted ? 'apply' : 'finish-revocation', fence);
}

function check(
  approval: Approval,
  policy: Policy,
  outcomes: readonly Outcome[],
  { project, lifeMs, grantMs }: Pick<Scenario, 'project' | 'lifeMs' | 'grantMs'>,
): void {
  const { state, events } = approval;
  const moves = events.map(({ move }) => move);
  const count = (move: string) => moves.filter(name => name === move).length;
  const quorum = project === 'two-1' ? 2 : 1;

  events.slice(1).forEach((event, i) => {
    const before = events[i]?.state ?? 'pending';
    if (event.move === 'open') throw new Error('it is opened once');
    const counted = event.move === 'approve' && event.state === 'pending';
    must(counted || after(before, event.move) === event.state, `${event.move} leads from ${before} to ${event.state}`);
  });
  const inTime = events.filter(({ move }, i) => move === 'approve' || moves.indexOf('claim') === i);
  must(
    inTime.every(({ at }) => at < Date.parse(approval.signed.plan.expiresAt)),
    'what is approved and begun is in time',
  );
  const voters = votes(approval).map(({ by }) => by?.user);
  must(new Set(voters).size === voters.length, 'everybody votes once');
  must(!voters.some(voter => ['U-ALICE', 'U-EVE', 'U-GUEST', undefined].includes(voter)), 'only approvers vote');
  must(voters.length <= quorum, 'nobody votes after the quorum');
  if (count('claim') > 0) must(voters.length === quorum, 'nothing begins without the quorum');
  must(count('apply') <= 1, 'it is applied once');
  must(policy.grants <= 1, 'it is granted once');
  if (policy.grants > 0) must(count('apply') === 1, 'a grant is on record');
  must(outcomes.filter(({ kind }) => kind === 'approved').length <= 1, 'one click approves');
  must(outcomes.filter(({ kind }) => kind === 'denied').length === count('deny'), 'who denied is told so');
  must(
    policy.granted === (state === 'applied' || state === 'verified'),
    `in state ${state}, granted is ${policy.granted}`,
  );
  must(atRest(approval, lifeMs, grantMs), `it ends, not as ${state}`);
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`This must hold: ${what}`);
}
