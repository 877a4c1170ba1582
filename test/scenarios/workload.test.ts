/** The chain of one workload, through the real terminal: each link broken alone, fixed by its own remedy, then whole. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tokens } from '../../sandbox/scenarios/base.ts';
import { CHECK_IDS, type CheckId, type Finding, type Remedy, type Report } from '../../src/contracts/report.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { writingOf } from '../../src/remedies/index.ts';
import { openWrites } from '../../src/remedies/open.ts';
import { CLUSTER, isInstalled, scenarioNamed, Terminal } from './terminal.ts';

let terminal: Terminal | undefined;
afterEach(() => terminal?.close());

async function start(name: string): Promise<Terminal> {
  terminal = await Terminal.start(scenarioNamed(name).world());
  return terminal;
}

/** The terminal's diagnosis without its process: many are made here. */
async function ask(here: Terminal, workload: string, ...only: CheckId[]): Promise<Report> {
  const session = await openSession({ env: here.env });
  const request = { cluster: CLUSTER, projects: [], workload, ...(only.length > 0 ? { only } : {}) };
  return diagnose({ id: 'report-1', request, session, language: 'en' });
}

/** What is not fine with the workload, in the report's order. */
async function problems(here: Terminal): Promise<Finding[]> {
  const { findings } = await ask(here, 'shop/checkout');
  return findings.filter(({ status }) => status === 'fail' || status === 'warn');
}

/** As an approver's yes does it, or as a person who copies the command. */
async function carryOut(here: Terminal, remedy: Remedy): Promise<void> {
  if (remedy.risk !== 'manual') {
    await here.become(tokens.remediator);
    const google = await openWrites({ env: here.env });
    await writingOf(remedy).apply({ google, approval: 'approval-1', signal: AbortSignal.timeout(20_000) });
    // Enabling an API is an operation whose end nobody waits for.
    await fetch(`${here.google.url}_sandbox/clock`, { method: 'POST', body: JSON.stringify({ advance: '1m' }) });
    return here.become(tokens.diagnoser);
  }
  await writeKubeconfig(here);
  const { code, err } = await here.run('bash', ['-c', remedy.command]);
  expect(err).not.toMatch(/error/i);
  expect(code).toBe(0);
}

const Cluster = z.object({ endpoint: z.string(), masterAuth: z.object({ clusterCaCertificate: z.string() }) });

async function writeKubeconfig(here: Terminal): Promise<void> {
  const response = await fetch(`${here.google.url}v1/${CLUSTER}`, {
    headers: { authorization: `Bearer ${tokens.owner}` },
  });
  const cluster = Cluster.parse(await response.json());
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'owner' } }],
    users: [{ name: 'owner', user: { token: tokens.owner } }],
    clusters: [
      {
        name: 'x',
        cluster: {
          server: `https://${cluster.endpoint}`,
          'certificate-authority-data': cluster.masterAuth.clusterCaCertificate,
        },
      },
    ],
  };
  await writeFile(join(here.home, 'kubeconfig'), JSON.stringify(config));
}

function firstRemedy({ remedies, check }: Finding): Remedy {
  const [remedy] = remedies;
  if (!remedy) throw new Error(`${check} has no remedy`);
  return remedy;
}

describe.each([
  ['wi-iamcredentials-api', 'wi-iamcredentials-api', 'enable-service'],
  ['wi-workload-pool', 'wi-workload-pool', 'enable-workload-identity'],
  ['wi-nodepool-metadata-mode', 'wi-nodepool-metadata-mode', 'set-node-metadata-mode'],
  ['wi-ksa-annotation', 'wi-ksa-annotation', 'annotate-service-account'],
  ['wi-gsa-binding', 'wi-gsa-binding', 'grant-service-account-role'],
  ['wi-netpol-egress', 'wi-netpol-egress', 'manifest'],
  ['wi-metadata-dns', 'wi-metadata-dns', 'manifest'],
  ['wi-metadata-startup', 'wi-metadata-startup', 'manifest'],
  ['wi-istio-exclusion', 'wi-istio-exclusion', 'manifest'],
])('%s broken alone', (name, check, kind) => {
  test.skipIf(kind === 'manifest' && !isInstalled('kubectl'))(
    `is flagged there alone, and ${kind} heals it`,
    async () => {
      const here = await start(name);
      const [broken, ...others] = await problems(here);
      expect(broken?.check).toBe(check);
      expect(others.map(({ check, detail }) => `${check}: ${detail}`)).toEqual([]);
      if (!broken) throw new Error('nothing is broken');
      const remedy = firstRemedy(broken);
      expect(remedy.kind).toBe(kind);
      expect(remedy.undo).toBeTruthy();
      await carryOut(here, remedy);
      const left = await problems(here);
      // A pool keeps its mode when Workload Identity is turned on: that is the next link.
      const next = name === 'wi-workload-pool' ? ['wi-nodepool-metadata-mode'] : [];
      expect(left.map(({ check }) => check)).toEqual(next);
    },
  );
});

test.skipIf(!isInstalled('kubectl'))(
  'three broken links: three findings in chain order, fixed one after the other',
  async () => {
    const here = await start('workload-three-links');
    const expected = ['wi-nodepool-metadata-mode', 'wi-gsa-binding', 'wi-netpol-egress'];
    for (const [index] of expected.entries()) {
      const found = await problems(here);
      expect(found.map(({ check }) => check)).toEqual(expected.slice(index));
      expect(found.map(({ check }) => CHECK_IDS.indexOf(check))).toEqual(
        found.map(({ check }) => CHECK_IDS.indexOf(check)).sort((a, b) => a - b),
      );
      for (const finding of found) expect(finding.remedies).not.toEqual([]);
      const [first] = found;
      if (first) await carryOut(here, firstRemedy(first));
    }
    const { findings } = await here.diagnose('cluster-x', '--workload', 'shop/checkout');
    expect(findings.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
  },
);

test('out of memory: flagged with the count, and nothing that would be done by a button', async () => {
  const here = await start('wi-metadata-server-oom');
  const [oom, ...others] = await problems(here);
  expect(oom).toMatchObject({ check: 'wi-metadata-server-oom', status: 'fail', subject: CLUSTER });
  expect(oom?.detail).toContain('3,0');
  expect(oom?.remedies.map(({ risk }) => risk)).toEqual(['manual']);
  expect(others).toEqual([]);
});

test('by Pod and by Deployment the same chain is found', async () => {
  const here = await start('wi-gsa-binding');
  for (const name of ['shop/pod/checkout-7c9d8b6f5d-x2x4q', 'shop/deploy/checkout']) {
    const { findings } = await ask(here, name, 'wi-gsa-binding');
    expect(findings).toMatchObject([
      { status: 'fail', subject: `${CLUSTER}/k8s/namespaces/shop/serviceaccounts/checkout` },
    ]);
  }
  const { findings } = await ask(here, 'shop/pod/no-such', 'wi-gsa-binding');
  expect(findings).toMatchObject([{ status: 'unknown', subject: `${CLUSTER}/k8s/namespaces/shop/pods/no-such` }]);
});

test('a grant says before it is made that it holds for more than this cluster', async () => {
  const here = await start('wi-gsa-binding');
  const [broken] = await problems(here);
  expect(broken?.detail).toContain('every other cluster in the pool sandbox-1.svc.id.goog');
  expect(broken?.remedies[0]).toMatchObject({
    params: {
      serviceAccount: 'projects/sandbox-1/serviceAccounts/checkout@sandbox-1.iam.gserviceaccount.com',
      member: 'serviceAccount:sandbox-1.svc.id.goog[shop/checkout]',
      role: 'roles/iam.workloadIdentityUser',
    },
    summary: expect.stringContaining('every cluster of sandbox-1.svc.id.goog'),
    change: { before: [], after: ['serviceAccount:sandbox-1.svc.id.goog[shop/checkout]'] },
  });
});

test('--picture writes SVG and PNG beside the report; without a workload it is wrong usage', async () => {
  const here = await start('wi-gsa-binding');
  const [svg, png] = [join(here.home, 'chain.svg'), join(here.home, 'chain.png')];
  const ask = (...args: string[]) => here.enter(['diagnose', CLUSTER, ...args]);
  const drawn = await Promise.all([
    here.gkeAuth(['diagnose', CLUSTER, '--workload', 'shop/checkout', '--picture', svg, '--lang', 'ja']),
    ask('--workload', 'shop/checkout', '--picture', png),
    ask('--picture', png),
    ask('--workload', 'shop/checkout', '--picture', join(here.home, 'no/such/folder.png')),
  ]);
  expect(drawn.map(({ code }) => code)).toEqual([1, 1, 2, 3]);
  expect(await readFile(svg, 'utf8')).toContain('切断');
  expect((await readFile(png)).subarray(1, 4).toString()).toBe('PNG');
  expect(drawn[3]?.err).toContain('could not be written');
});
