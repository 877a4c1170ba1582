/** `--ttl` in the terminal: the commands that are shown make grants that end; gcloud itself reads them. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokens } from '../../sandbox/scenarios/base.ts';
import defaultScenario from '../../sandbox/scenarios/default.ts';
import { Report } from '../../src/contracts/report.ts';
import { type Place, startPlace } from './program.ts';

const sh = promisify(execFile);
const gcloudIsHere = await sh('gcloud', ['version']).then(
  () => true,
  () => false,
);

let place: Place;
let folder: string;
beforeAll(async () => {
  [place, folder] = await Promise.all([startPlace(defaultScenario.world()), mkdtemp(join(tmpdir(), 'gke-auth-ttl-'))]);
});
afterAll(async () => {
  await place?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function grantOf(...args: string[]) {
  const { stdout } = await place.enter(
    'diagnose',
    'cluster-x',
    '--only',
    'node-sa-permissions',
    '--format',
    'json',
    ...args,
  );
  const report = Report.parse(JSON.parse(stdout));
  const [remedy] = report.findings.find(({ status }) => status === 'fail')?.remedies ?? [];
  return { report, remedy };
}

test('without it a grant has no end', async () => {
  expect((await grantOf()).remedy?.command).toContain('--condition=None');
});

test('with it command, undo and Terraform carry the end', async () => {
  const { report, remedy } = await grantOf('--ttl', '8h');
  const end = new Date(Date.parse(report.startedAt) + 8 * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = `'--condition=expression=request.time < timestamp("${end}"),title=gke-auth until ${end}'`;
  expect(remedy?.command).toContain(condition);
  expect(remedy?.undo).toContain(condition);
  expect(remedy?.terraform).toContain(
    `\n\n  condition {\n    title      = "gke-auth until ${end}"\n    expression = "request.time < timestamp(\\"${end}\\")"\n  }\n}`,
  );
});

test.skipIf(!gcloudIsHere)('gcloud grants what the command says, and takes it back', { timeout: 60_000 }, async () => {
  const { remedy } = await grantOf('--ttl', '8h');
  const token = join(folder, 'token');
  await writeFile(token, tokens.owner);
  const env = {
    ...process.env,
    ...place.env,
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: token,
    CLOUDSDK_CONFIG: folder,
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
  };
  const ours = () =>
    place.google.cloud.world.projects['sandbox-1']?.policy.bindings.filter(({ condition }) =>
      condition?.title?.startsWith('gke-auth until '),
    );
  await sh('sh', ['-c', remedy?.command ?? 'false'], { env });
  expect(ours()).toMatchObject([{ members: [expect.stringContaining('node-b@')] }]);
  await sh('sh', ['-c', remedy?.undo ?? 'false'], { env });
  expect(ours()).toEqual([]);
});
