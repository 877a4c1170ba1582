/** The documentation's script with real gcloud and jq, and `gke-auth scan`, on the same world: verdicts, calls and seconds of both. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '../../../sandbox/google/world.ts';
import { Scan } from '../../../src/contracts/report.ts';
import { startPlace } from '../../cli/program.ts';

const SCRIPT = join(import.meta.dirname, 'node-accounts.sh');

export interface Side {
  /** By account: whether it holds all that nodes need; undefined where that can't be told. */
  readonly verdicts: ReadonlyMap<string, boolean | undefined>;
  readonly calls: number;
  readonly seconds: number;
}

/** Whether both programs of the script are there. */
export function scriptRuns(): boolean {
  return ['gcloud', 'jq'].every(program => {
    try {
      execFileSync('which', [program], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs both as the owner, one after the other. */
export async function sideBySide(world: World): Promise<{ script: Side; scan: Side }> {
  await using place = await startPlace(world, 'owner');
  const folder = await mkdtemp(join(tmpdir(), 'gke-auth-script-'));
  const count = () => place.google.cloud.calls().calls.length;
  try {
    const env = {
      ...place.env,
      PATH: process.env.PATH ?? '',
      HOME: folder,
      CLOUDSDK_CONFIG: folder,
      CLOUDSDK_CORE_PROJECT: 'sandbox-1',
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
    };
    const started = performance.now();
    const lines = (await output('bash', [SCRIPT, 'sandbox-1'], env)).trim().split('\n');
    const script: Side = {
      verdicts: new Map(
        lines.map(line => line.split(' ')).map(([account = '', ...has]) => [account, !has.includes('No')]),
      ),
      calls: count(),
      seconds: (performance.now() - started) / 1_000,
    };
    const { stdout, tookMs } = await place.run('scan', '--format', 'json');
    const rows = Scan.parse(JSON.parse(stdout)).serviceAccounts;
    const scan: Side = {
      verdicts: new Map(rows.map(({ email, permissions }) => [email, verdictOf(Object.values(permissions))])),
      calls: count() - script.calls,
      seconds: tookMs / 1_000,
    };
    return { script, scan };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function verdictOf(states: readonly string[]): boolean | undefined {
  if (states.includes('missing')) return false;
  return states.every(state => state === 'granted') ? true : undefined;
}

function output(program: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { env, timeout: 600_000 }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}
