/** The real terminal against a simulated Google Cloud: its environment, its output; as a process of its own, or from its entrance on. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import type { World } from '../../sandbox/google/world.ts';
import { tokens } from '../../sandbox/scenarios/base.ts';
import { findScenario } from '../../sandbox/scenarios/index.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import { Report } from '../../src/contracts/report.ts';

const ENTRY = join(import.meta.dirname, '../../bin/gke-auth.ts');
const SERVICES =
  'CONTAINER CLOUDRESOURCEMANAGER IAM SERVICEUSAGE RECOMMENDER ORGPOLICY LOGGING POLICYTROUBLESHOOTER IAMCREDENTIALS CONNECTGATEWAY';

export const CLUSTER = 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x';

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A program that may not be installed here. */
export function isInstalled(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function scenarioNamed(name: string): Scenario {
  const found = findScenario(name);
  if (!found) throw new Error(`there is no scenario ${name}`);
  return found;
}

export class Terminal {
  readonly google: Google;
  /** A folder of the test's own: home, tokens, kubeconfig. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;

  private constructor(google: Google, home: string) {
    this.google = google;
    this.home = home;
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      CLOUDSDK_CONFIG: join(home, 'gcloud'),
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_CORE_PROJECT: 'sandbox-1',
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(home, 'token'),
      KUBECONFIG: join(home, 'kubeconfig'),
      GKE_AUTH_TOKENINFO_URL: `${google.url}tokeninfo`,
      ...Object.fromEntries(SERVICES.split(' ').map(name => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, google.url])),
    };
  }

  /** As the diagnosing identity, unless another token is written. */
  static async start(world: World): Promise<Terminal> {
    const [google, home] = await Promise.all([startGoogle({ world }), mkdtemp(join(tmpdir(), 'terminal-'))]);
    const terminal = new Terminal(google, home);
    await terminal.become(tokens.diagnoser);
    return terminal;
  }

  become(token: string): Promise<void> {
    return writeFile(join(this.home, 'token'), token);
  }

  run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> {
    return new Promise(resolve => {
      execFile(command, [...args], { env: { ...this.env, ...env }, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, out, err });
      });
    });
  }

  gkeAuth(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Result> {
    return this.run(process.execPath, [ENTRY, ...args], env);
  }

  /** The same, from its entrance on, without a process of its own. */
  async enter(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> {
    const { enter } = await import('../cli/entrance.ts');
    const { code, stdout, stderr } = await enter(args, { ...this.env, ...env });
    return { code, out: stdout, err: stderr };
  }

  /** A diagnosis as JSON, held against its schema. */
  async diagnose(...args: string[]): Promise<Report> {
    const { out, err } = await this.enter(['diagnose', ...args, '--format', 'json']);
    if (out === '') throw new Error(err);
    return Report.parse(JSON.parse(out));
  }

  /** One of the sandbox's switches for an API server: `{ down: true }` … */
  async switch(state: object): Promise<void> {
    const body = JSON.stringify({ cluster: CLUSTER, ...state });
    const response = await fetch(`${this.google.url}_sandbox/clusters`, { method: 'POST', body });
    if (!response.ok) throw new Error(await response.text());
  }

  async fault(fault: object): Promise<void> {
    const response = await fetch(`${this.google.url}_sandbox/faults`, { method: 'POST', body: JSON.stringify(fault) });
    if (!response.ok) throw new Error(await response.text());
  }

  async close(): Promise<void> {
    await Promise.all([this.google.close(), rm(this.home, { recursive: true, force: true })]);
  }
}
