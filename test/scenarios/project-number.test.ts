/** A cluster named by the number of its project, as error texts and Google's own links do, is the same cluster. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startGoogle } from '../../sandbox/google/main.ts';
import { healthyWorld, projectId, projectNumber, tokens } from '../../sandbox/scenarios/base.ts';
import type { Report, Scan } from '../../src/contracts/report.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { scan } from '../../src/diagnosis/scan.ts';
import { googleEnvironment } from '../cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'project-number-'));
const token = join(folder, 'token');
writeFileSync(token, tokens.diagnoser);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function report(project: string, rest: string): Promise<Report> {
  const google = await startGoogle({ world: healthyWorld().world.world });
  try {
    const session = await openSession({ env: googleEnvironment(google.url, token) });
    const request = { cluster: `projects/${project}/locations/${rest}`, projects: [], workload: 'shop/checkout' };
    return await diagnose({ id: 'report-1', request, session, language: 'en' });
  } finally {
    await google.close();
  }
}

async function scanned(...projects: string[]): Promise<Scan> {
  const google = await startGoogle({ world: healthyWorld().world.world });
  try {
    const session = await openSession({ env: googleEnvironment(google.url, token), scan: true });
    return await scan({ id: 'scan-1', projects, session, language: 'en' });
  } finally {
    await google.close();
  }
}

const said = ({ findings }: Report) =>
  findings.map(({ check, subject, status, detail }) => ({ check, subject, status, detail }));

test('it is diagnosed as by the project’s id, to the word', async () => {
  const at = 'asia-northeast1/clusters/cluster-x';
  const [byNumber, byId] = [await report(projectNumber, at), await report(projectId, at)];
  expect(said(byNumber)).toEqual(said(byId));
  expect(byNumber.target).toEqual(byId.target);
});

test('one that isn’t there is looked for, and not found, by the id', async () => {
  const { findings, target } = await report(projectNumber, '-/clusters/nowhere');
  expect(target.project).toBe(projectId);
  expect(findings).toMatchObject([
    { check: 'cluster-not-found', status: 'fail', subject: `projects/${projectId}/locations/-/clusters/nowhere` },
  ]);
});

test('its project is scanned as by the id, to the word, with as many calls', async () => {
  const [byNumber, byId] = [await scanned(projectNumber), await scanned(projectId)];
  const comparable = ({ startedAt: _, durationMs: __, clusters, ...rest }: Scan) => ({
    ...rest,
    clusters: clusters.map(({ startedAt: _, durationMs: __, ...cluster }) => cluster),
  });
  expect(comparable(byNumber)).toEqual(comparable(byId));
  expect(JSON.stringify(byNumber)).toContain(projectId);
});

test('a project that is named by its id and by its number is scanned once', async () => {
  const [both, once] = [await scanned(projectId, projectNumber), await scanned(projectId)];
  expect(both.clusters.map(({ target }) => target)).toEqual(once.clusters.map(({ target }) => target));
  expect(both.serviceAccounts).toEqual(once.serviceAccounts);
});
