/** Grants of project roles, written to a simulated project: repeatable, additive, and for agents that Google has to make again. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import agentDeleted from '../../sandbox/scenarios/agent-gke-service-agent-deleted.ts';
import { tokens } from '../../sandbox/scenarios/base.ts';
import { writingOf } from '../../src/remedies/index.ts';
import { openWrites } from '../../src/remedies/open.ts';
import type { ApplyContext } from '../../src/remedies/remedy.ts';
import { googleEnvironment } from '../cli/program.ts';

const ROLE = 'roles/container.serviceAgent';
const agent = (number: string) => `serviceAccount:service-${number}@container-engine-robot.iam.gserviceaccount.com`;

let google: Google;
let folder: string;
let context: ApplyContext;
beforeAll(async () => {
  [google, folder] = await Promise.all([
    startGoogle({ world: agentDeleted.world() }),
    mkdtemp(join(tmpdir(), 'gke-auth-grant-')),
  ]);
  await writeFile(join(folder, 'token'), tokens.remediator);
  const env = googleEnvironment(google.url, join(folder, 'token'));
  const signal = new AbortController().signal;
  context = { google: await openWrites({ env, signal }), approval: 'a1', projectNumber: '123456789012', signal };
});
afterAll(async () => {
  await google.close();
  await rm(folder, { recursive: true });
});

const grant = (member: string, more: Partial<ApplyContext> = {}) =>
  writingOf({ kind: 'grant-project-role', params: { project: 'sandbox-1', member, role: ROLE } }).apply({
    ...context,
    ...more,
  });
const holders = () =>
  google.cloud.world.projects['sandbox-1']?.policy.bindings.find(({ role }) => role === ROLE)?.members ?? [];
const made = () => google.cloud.calls().calls.filter(({ path }) => path.includes(':generateServiceIdentity')).length;

test('a member that doesn’t exist is refused, and no agent is made for it', async () => {
  await expect(grant(agent('999999999999'))).rejects.toMatchObject({ status: 400 });
  await expect(grant(agent('123456789012'), { projectNumber: undefined })).rejects.toMatchObject({ status: 400 });
  await expect(grant('user:nobody@elsewhere.example')).rejects.toMatchObject({ status: 400 });
  expect(made()).toBe(0);
  expect(holders()).toEqual([]);
});

test('the project’s own agent is made again, then granted its role; once', async () => {
  const before = structuredClone(google.cloud.world.projects['sandbox-1']?.policy.bindings);
  expect(await grant(agent('123456789012'))).toMatchObject({ changed: true, after: [agent('123456789012')] });
  expect(made()).toBe(1);
  expect(holders()).toEqual([agent('123456789012')]);
  expect(google.cloud.world.projects['sandbox-1']?.policy.bindings).toEqual(expect.arrayContaining(before ?? []));
  expect(await grant(agent('123456789012'))).toMatchObject({ changed: false });
  expect(made()).toBe(1);
});
