/** Every broken world that is written down: the diagnosis says what is broken, and nothing else is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startGoogle } from '../../sandbox/google/main.ts';
import { projectId, tokens } from '../../sandbox/scenarios/base.ts';
import { scenarios } from '../../sandbox/scenarios/index.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import type { Finding } from '../../src/contracts/report.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { parseVerb } from '../../src/grammar/parse.ts';
import { googleEnvironment } from '../cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'gke-auth-scenarios-'));
const token = join(folder, 'token');
writeFileSync(token, tokens.diagnoser);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const measured = scenarios.filter(({ name }) => name.startsWith('fleet-'));
const broken = scenarios.filter(scenario => !measured.includes(scenario));

/** `check status subject` of all that is neither fine nor without meaning there. */
async function problemsIn(scenario: Scenario): Promise<readonly Finding[]> {
  const google = await startGoogle({ world: scenario.world() });
  try {
    const parsed = parseVerb([
      'diagnose',
      scenario.target ?? scenario.cluster ?? 'cluster-x',
      ...(scenario.arguments ?? []),
    ]);
    if (!parsed.ok || parsed.command.verb !== 'diagnose') throw new Error(`${scenario.name} can't be asked for`);
    const session = await openSession({ env: googleEnvironment(google.url, token) });
    const request = { ...parsed.command.request, projects: [projectId] };
    const report = await diagnose({ id: scenario.name, request, session, language: 'en' });
    const { calls, byService } = google.cloud.calls();
    const { kubernetes = 0, ...googles } = report.apiCalls;
    const { kubernetes: seen = 0, ...counted } = byService;
    expect(googles).toEqual(counted);
    // A connection that is refused is a call of ours that no API server saw.
    expect(kubernetes).toBeGreaterThanOrEqual(seen);
    // One question has one answer; only Policy Troubleshooter and Cloud Logging are asked many at one address.
    const repeated = calls
      .map(({ service, method, path }) => `${service} ${method} ${path}`)
      .filter((call, index, all) => all.indexOf(call) !== index && !/^(policytroubleshooter|logging) /.test(call));
    expect(repeated).toEqual([]);
    return report.findings;
  } finally {
    await google.close();
  }
}

describe.each(broken.map(scenario => [scenario.name, scenario] as const))('%s', (_, scenario) => {
  test('is found, and nothing else', async () => {
    const findings = await problemsIn(scenario);
    const said = (check: string, subject?: string) =>
      findings.filter(finding => finding.check === check && (!subject || finding.subject.endsWith(subject)));
    for (const { check, status, subject } of scenario.shows) {
      expect(
        said(check, subject).map(finding => finding.status),
        `${check} ${subject ?? ''}`,
      ).toContain(status);
    }
    const others = findings.filter(
      ({ check, subject, status }) =>
        status === 'fail' &&
        !scenario.shows.some(show => show.check === check && (!show.subject || subject.endsWith(show.subject))),
    );
    expect(others).toEqual([]);
    // A role is no permission: what lacks one is told by the detail and the remedy.
    for (const { missing } of findings) {
      for (const permission of missing?.permissions ?? []) expect(permission).toMatch(/^[a-z]+(\.\w+){2}$/);
    }
  });
});

test('every check has a world that shows it, failing unless it only ever informs', () => {
  const informs = ['default-sa-orgpolicy'];
  // It is about people's own machines: the doctor's, and explanations'.
  const elsewhere = ['kubeconfig-auth-plugin'];
  const failing = scenarios.flatMap(({ shows }) =>
    shows.filter(({ check, status }) => status === 'fail' || status === 'warn' || informs.includes(check)),
  );
  const shown = new Set(failing.map(({ check }) => check));
  expect(CHECKS.map(({ id }) => id).filter(id => !shown.has(id) && !elsewhere.includes(id))).toEqual([]);
});
