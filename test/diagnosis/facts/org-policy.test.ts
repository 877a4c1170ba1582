/** Rules of an organization policy as Google answers them: which of them hold for a project (Organization Policy API, PolicySpec.rules). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startGoogle } from '../../../sandbox/google/main.ts';
import { healthyWorld, projectId, tokens } from '../../../sandbox/scenarios/base.ts';
import { readAutomaticGrantsDisabled } from '../../../src/diagnosis/facts/google/org-policy.ts';
import { openSession } from '../../../src/diagnosis/open.ts';
import { googleEnvironment } from '../../cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'org-policy-'));
const token = join(folder, 'token');
writeFileSync(token, tokens.diagnoser);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const condition = { expression: "resource.matchTag('123456789012/environment', 'prod')" };

test.each<[string, readonly object[], boolean | 'conditional']>([
  ['enforced for all', [{ enforce: true }], true],
  ['enforced for none', [{ enforce: false }], false],
  ['no rule', [], false],
  ['enforced where a tag matches', [{ enforce: false }, { enforce: true, condition }], 'conditional'],
  [
    'enforced but where a tag matches',
    [
      { enforce: true, condition: null },
      { enforce: false, condition },
    ],
    'conditional',
  ],
  ['a rule with a condition alone', [{ enforce: true, condition }], 'conditional'],
  ['a condition that changes nothing', [{ enforce: true }, { enforce: true, condition }], true],
])('%s', async (_, rules, enforced) => {
  const google = await startGoogle({ world: healthyWorld().world.world });
  try {
    google.cloud.faults.add({ service: 'orgpolicy', status: 200, body: { spec: { rules } } });
    const session = await openSession({ env: googleEnvironment(google.url, token) });
    expect(await readAutomaticGrantsDisabled(session, projectId)).toMatchObject({ known: true, value: enforced });
  } finally {
    await google.close();
  }
});
