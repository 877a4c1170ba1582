/** `scan` against the documentation's script on the same world: the same verdict, or a reason why the script is wrong. */
import { expect, test } from 'vitest';
import { baseWorld, nodeRole } from '../../sandbox/scenarios/base.ts';
import { scriptRuns, sideBySide } from './seed-script/side-by-side.ts';

/** What the script does not look at, by account. */
const WHY_THE_SCRIPT_IS_WRONG: Readonly<Record<string, string>> = {
  expired: 'it does not read conditions',
};

function world() {
  const { world, project } = baseWorld();
  const lacking = project.serviceAccount('lacking', { roles: ['roles/logging.logWriter'] });
  const expired = project.serviceAccount('expired');
  project.bind(nodeRole, `serviceAccount:${expired}`, {
    title: 'Until 2024',
    expression: 'request.time < timestamp("2024-01-01T00:00:00Z")',
  });
  project
    .cluster({ name: 'standard', withoutApiServer: true, nodePools: [{ name: 'pool-a', serviceAccount: lacking }] })
    .cluster({
      name: 'auto',
      location: 'us-central1',
      autopilot: true,
      withoutApiServer: true,
      autoprovisioningAccount: expired,
      nodePools: [],
    });
  return world.world;
}

test.skipIf(!scriptRuns())(
  'every account: the same verdict, or a reason; with a fraction of the calls',
  { timeout: 300_000 },
  async () => {
    const { script, scan } = await sideBySide(world());
    expect([...scan.verdicts.keys()].sort()).toEqual([...script.verdicts.keys()].sort());
    const differing = [...scan.verdicts].filter(([account, verdict]) => script.verdicts.get(account) !== verdict);
    expect(differing.map(([account]) => account.split('@')[0]).sort()).toEqual(
      Object.keys(WHY_THE_SCRIPT_IS_WRONG).sort(),
    );
    expect(Object.fromEntries([...scan.verdicts].map(([account, fine]) => [account.split('@')[0], fine]))).toEqual({
      lacking: false,
      expired: false,
    });
    expect(scan.calls).toBeLessThan(script.calls);
    expect(scan.seconds).toBeLessThan(script.seconds);
  },
);
