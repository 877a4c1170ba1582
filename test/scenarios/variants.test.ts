/** Every way in which a node's account can hold its rights or seem to, through the whole program: the verdict for each. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import variants from '../../sandbox/scenarios/node-account-variants.ts';
import { Report, Scan } from '../../src/contracts/report.ts';
import { type Place, startPlace } from '../terminal/program.ts';

let place: Place;
beforeAll(async () => {
  place = await startPlace(variants.world());
});
afterAll(() => place?.[Symbol.asyncDispose]());

/** Verdict by node pool. */
function verdicts(findings: readonly { check: string; subject: string; status: string }[]) {
  return Object.fromEntries(
    findings
      .filter(({ check }) => check === 'node-sa-permissions')
      .map(({ subject, status }) => [subject.split('/').slice(6).join('/'), status]),
  );
}

test('diagnose says of each what DOMAIN says', async () => {
  const { code, stdout } = await place.run('diagnose', 'cluster-x', '--format', 'json');
  const report = Report.parse(JSON.parse(stdout));
  expect(code).toBe(1);
  const found = verdicts(report.findings);
  const shown = variants.shows.filter(({ check, subject }) => check === 'node-sa-permissions' && subject);
  expect(shown.length).toBeGreaterThanOrEqual(18);
  expect(found).toEqual(Object.fromEntries(shown.map(({ subject = '', status }) => [subject, status])));
});

test('scan asks no Troubleshooter: what hangs on a group is unknown, all else the same', async () => {
  const { stdout } = await place.run('scan', '--format', 'json');
  const scan = Scan.parse(JSON.parse(stdout));
  const found = verdicts(scan.clusters.flatMap(({ findings }) => findings));
  const group = scan.serviceAccounts.find(({ email }) => email.startsWith('in-group@'));
  expect(Object.values(group?.permissions ?? {})).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  for (const { check, subject = '', status } of variants.shows) {
    if (check !== 'node-sa-permissions') continue;
    // What a member of that group may do, nobody lacks for certain.
    const allowed = status === 'fail' ? ['fail', 'unknown'] : subject.endsWith('/three-writers') ? ['pass'] : [status];
    expect(subject.endsWith('/group') ? ['unknown'] : allowed, subject).toContain(found[subject]);
  }
  expect(Object.values(found)).toContain('fail');
});
