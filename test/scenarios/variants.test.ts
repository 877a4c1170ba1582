/**
 * Every way in which a node's account can hold its rights or seem to, through the whole program, in a diagnosis and in a scan: the
 * tables are in `sandbox/scenarios/node-account-variants*.ts`, with the reason wherever the two differ.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readableWorld } from '../../sandbox/scenarios/node-account-variants.ts';
import { groupWorlds } from '../../sandbox/scenarios/node-account-variants-groups.ts';
import {
  type Expectation,
  requiredPermissions,
  type Variant,
} from '../../sandbox/scenarios/node-account-variants-table.ts';
import { unreadableWorlds } from '../../sandbox/scenarios/node-account-variants-unseen.ts';
import { type Finding, Report, Scan } from '../../src/contracts/report.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { scan as runScan } from '../../src/diagnosis/scan.ts';
import { type Place, startPlace } from '../cli/program.ts';

const PROJECT = 'sandbox-1';
const ROLE = 'roles/container.defaultNodeServiceAccount';
const PERMISSIONS = 'node-sa-permissions';

const worlds = [readableWorld, ...unreadableWorlds, ...groupWorlds];

test('the tables hold what an account can be, each in a place of its own', () => {
  const all = worlds.flatMap(({ name, clusters }) =>
    Object.entries(clusters).flatMap(([cluster, table]) => Object.keys(table).map(end => `${name} ${cluster} ${end}`)),
  );
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(90);
});

describe.each(worlds.map(world => [world.name, world] as const))('%s', (name, { clusters, world, faults = [] }) => {
  let place: Place;
  const reports = new Map<string, Report>();
  let scan: Scan;

  beforeAll(async () => {
    place = await startPlace(world());
    for (const fault of faults) place.google.cloud.faults.add(fault);
    await Promise.all([readScan(), readReports()]);
  }, 120_000);
  afterAll(() => place?.[Symbol.asyncDispose]());

  // The first world by the words that people type, its scan through a process of its own; the others by the calls behind them.
  const program = name === readableWorld.name;
  const session = (ofScan: boolean) => openSession({ env: place.env, scan: ofScan });

  async function readScan(): Promise<void> {
    scan = program
      ? Scan.parse(JSON.parse((await place.run('scan', '--format', 'json')).stdout))
      : Scan.parse(await runScan({ projects: [PROJECT], session: await session(true), language: 'en' }));
  }

  async function readReports(): Promise<void> {
    for (const cluster of Object.keys(clusters))
      reports.set(cluster, program ? await printed(cluster) : await read(cluster));
  }

  async function printed(cluster: string): Promise<Report> {
    const { stdout, code } = await place.enter('diagnose', cluster, '--format', 'json');
    const report = Report.parse(JSON.parse(stdout));
    // It fails where something is certainly wrong, not where nobody can tell.
    expect(code, cluster).toBe(report.summary.fail === 0 ? 0 : 1);
    return report;
  }

  async function read(cluster: string): Promise<Report> {
    const request = { cluster, projects: [PROJECT] };
    return Report.parse(await diagnose({ id: cluster, request, session: await session(false), language: 'en' }));
  }

  const inReport = (cluster: string) => reports.get(cluster)?.findings ?? [];
  const inScan = (cluster: string) => scan.clusters.find(({ target }) => target.cluster === cluster)?.findings ?? [];
  const rowOf = (cluster: string, end: string) =>
    scan.serviceAccounts.find(({ usedBy }) => usedBy.includes(fullName(cluster, end)));

  describe.each(Object.entries(clusters))('%s', (cluster, table) => {
    test('diagnose', () => {
      const found = byEnd(cluster, inReport(cluster));
      expect(shown(found, table)).toEqual(wanted(Object.entries(table)));
    });

    test('scan', () => {
      const found = byEnd(cluster, inScan(cluster));
      const expected = Object.entries(table).flatMap(([end, { inScan, ...said }]): [string, Expectation][] => {
        if (inScan?.verdict === 'nothing') return [];
        return [[end, inScan ?? said]];
      });
      expect(shown(found, Object.fromEntries(expected))).toEqual(wanted(expected));
    });

    test('where the table gives no reason, both say the same in the same words', () => {
      const [here, there] = [byEnd(cluster, inReport(cluster)), byEnd(cluster, inScan(cluster))];
      for (const [end, { inScan }] of Object.entries(table)) {
        if (inScan) expect(inScan.because).toContain('a scan ');
        else expect(withoutEvidence(there.get(end)), end).toEqual(withoutEvidence(here.get(end)));
      }
    });

    test('an unknown says what was missing, and the command', () => {
      const unknowns = [...inReport(cluster), ...inScan(cluster)].filter(
        ({ check, status }) => check === PERMISSIONS && status === 'unknown',
      );
      for (const { detail, subject } of unknowns) expect(detail, subject).toContain('gcloud ');
    });

    test('a grant is of the role, to the account, on the project of the cluster', () => {
      for (const { subject, remedies } of [...inReport(cluster), ...inScan(cluster)].filter(isAboutPermissions)) {
        const email = rowOf(cluster, subject.slice(fullName(cluster, '').length + 1))?.email;
        for (const { kind, params } of remedies) {
          if (kind !== 'grant-project-role' || email === undefined) continue;
          expect(params, subject).toEqual({ project: PROJECT, member: `serviceAccount:${email}`, role: ROLE });
        }
      }
    });

    test('access scopes', () => {
      for (const findings of [inReport(cluster), inScan(cluster)]) {
        const found = findings.filter(({ check }) => check === 'node-oauth-scopes');
        for (const { subject, status } of found) {
          const variant = table[subject.slice(fullName(cluster, '').length + 1)];
          const expected = subject === fullName(cluster, '') ? 'not-applicable' : (variant?.scopes ?? 'pass');
          expect(status, subject).toBe(expected);
        }
      }
    });

    test('the state of each account', () => {
      for (const [end, { state = 'pass' }] of Object.entries(table)) {
        const email = rowOf(cluster, end)?.email;
        if (email === undefined) continue;
        for (const [findings, permission] of [
          [inReport(cluster), 'iam.serviceAccounts.get'],
          [scan.findings, 'iam.serviceAccounts.list'],
        ] as const) {
          const found = findings.filter(
            ({ check, subject }) => check === 'node-sa-state' && subject.endsWith(`/${email}`),
          );
          expect(
            found.map(({ status }) => status),
            email,
          ).toEqual([state]);
          const [finding] = found;
          if (state === 'unknown')
            expect(finding?.detail).toMatch(new RegExp(`${permission}\\).*gcloud projects add-iam`));
        }
      }
    });

    test('the matrix', () => {
      const rows = Object.entries(table).flatMap(([end, variant]) => {
        const row = rowOf(cluster, end);
        return row ? [{ end, row, variant }] : [];
      });
      for (const { end, row, variant } of rows) expect(row.permissions, end).toEqual(rowExpected(variant));
      const without = Object.keys(table).filter(end => !rows.some(row => row.end === end));
      expect(without.filter(end => table[end]?.inScan?.verdict !== 'nothing')).toEqual(
        Object.entries(table).flatMap(([end, { verdict, names }]) => (verdict === 'unknown' && !names ? [end] : [])),
      );
    });
  });

  test('an account has one row, however many pools use it', () => {
    const emails = scan.serviceAccounts.map(({ email }) => email);
    expect(emails).toEqual([...new Set(emails)].sort());
    const shared = scan.serviceAccounts.find(({ email }) => email.startsWith('shared@'));
    if (shared) expect(shared.usedBy).toEqual(['a', 'b'].map(x => fullName('cluster-x', `nodePools/shared-${x}`)));
  });
});

test('a doubt is said in Japanese too, with the commands', async () => {
  const both = groupWorlds.find(({ name }) => name === 'hidden-group-and-unread-folder');
  if (!both) throw new Error('there is no such world');
  await using place = await startPlace(both.world());
  const { stdout } = await place.enter('scan', '--format', 'json', '--lang', 'ja');
  const findings = Scan.parse(JSON.parse(stdout)).clusters.flatMap(cluster => cluster.findings);
  const [finding] = findings.filter(isAboutPermissions);
  expect(finding?.detail).toContain('group:nodes@example.com のメンバーを確認できません');
  expect(finding?.detail).toContain('gcloud policy-troubleshoot iam ');
  expect(finding?.detail).toContain('gcloud resource-manager folders add-iam-policy-binding 222222222222 ');
});

function isAboutPermissions({ check }: Finding): boolean {
  return check === PERMISSIONS;
}

function fullName(cluster: string, end: string): string {
  const name = `projects/${PROJECT}/locations/asia-northeast1/clusters/${cluster}`;
  return end === '' ? name : `${name}/${end}`;
}

/** The findings about permissions, by the ends of their subjects. */
function byEnd(cluster: string, findings: readonly Finding[]): Map<string, Finding> {
  const start = fullName(cluster, '').length + 1;
  return new Map(findings.filter(isAboutPermissions).map(finding => [finding.subject.slice(start), finding]));
}

/** What was found, in the words of the table; `unsaid` is what the detail should have said. */
function shown(found: ReadonlyMap<string, Finding>, table: { readonly [end: string]: Expectation }) {
  return Object.fromEntries(
    [...found].map(([end, { status, missing, remedies, detail }]) => [
      end,
      {
        verdict: status,
        names: missing?.permissions.toSorted() ?? [],
        offers: remedies.map(offered),
        unsaid: (table[end]?.says ?? []).filter(part => !detail.includes(part)).map(part => `${part} ⊄ ${detail}`),
      },
    ]),
  );
}

function wanted(entries: readonly (readonly [string, Expectation])[]) {
  return Object.fromEntries(
    entries.map(([end, { verdict, names = [], offers }]) => [
      end,
      { verdict, names: names.toSorted(), offers: offers ? [offers] : [], unsaid: [] },
    ]),
  );
}

function offered({ kind, doubt }: Finding['remedies'][number]): Expectation['offers'] | string {
  if (kind === 'command') return 'look';
  if (kind !== 'grant-project-role') return kind;
  return doubt === undefined ? 'grant' : 'double';
}

/** Both read an account's state, one by one or as a list: the evidence alone may differ. */
function withoutEvidence(finding: Finding | undefined) {
  if (!finding) return undefined;
  const { evidence: _, ...rest } = finding;
  return rest;
}

/** What the table says of a pool, as the row of its account. */
function rowExpected({ inScan, ...said }: Variant): Record<string, string> {
  const { verdict, names = [], row = {} } = inScan && inScan.verdict !== 'nothing' ? inScan : said;
  const state = verdict === 'unknown' ? 'unknown' : 'missing';
  return Object.fromEntries(
    requiredPermissions.map(permission => [
      permission,
      row[permission] ?? (names.includes(permission) ? state : 'granted'),
    ]),
  );
}
