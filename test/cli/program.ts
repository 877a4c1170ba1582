/** The terminal program as people run it (a process of its own), before a simulated Google Cloud that lives in the test. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import type { World } from '../../sandbox/google/world.ts';
import { projectId, tokens } from '../../sandbox/scenarios/base.ts';

const ENTRY = join(import.meta.dirname, '../../bin/gke-auth.ts');
const SERVICES = [
  'CONTAINER',
  'CLOUDRESOURCEMANAGER',
  'IAM',
  'SERVICEUSAGE',
  'RECOMMENDER',
  'ORGPOLICY',
  'LOGGING',
  'POLICYTROUBLESHOOTER',
  'IAMCREDENTIALS',
  'GKEHUB',
  'CONNECTGATEWAY',
  'COMPUTE',
  'ARTIFACTREGISTRY',
  'BIGQUERY',
  'CLOUDKMS',
  'DNS',
  'PUBSUB',
  'SECRETMANAGER',
  'SPANNER',
  'STORAGE',
];

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** ms from start to end of the process. */
  readonly tookMs: number;
}

/** Where Google is, and who we are: for the program, and for gcloud. */
export function googleEnvironment(url: string, tokenFile: string): Record<string, string> {
  return {
    ...Object.fromEntries(SERVICES.map(name => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, url])),
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: tokenFile,
  };
}

/** Runs `gke-auth …` with exactly this environment (besides the PATH). */
export function gkeAuth(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const started = performance.now();
  return new Promise(resolve => {
    const options = {
      env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), NODE_COMPILE_CACHE: CACHE, ...env },
      cwd: tmpdir(),
      maxBuffer: 256 * 1024 * 1024,
      timeout: 60_000,
    };
    execFile(process.execPath, [ENTRY, ...args], options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ code, stdout, stderr, tookMs: performance.now() - started });
    });
  });
}

const CACHE = join(import.meta.dirname, '../../.cache/compiled');

export interface Place extends AsyncDisposable {
  readonly google: Google;
  readonly env: Readonly<Record<string, string>>;
  /** `gke-auth …` as the diagnoser, in project sandbox-1. */
  run(...args: string[]): Promise<Run>;
  /** The same, from its entrance on, without a process of its own. */
  enter(...args: string[]): Promise<Run>;
}

/** A simulated Google Cloud, and the program in front of it. */
export async function startPlace(world: World, as: keyof typeof tokens = 'diagnoser'): Promise<Place> {
  const [google, folder] = await Promise.all([startGoogle({ world }), mkdtemp(join(tmpdir(), 'gke-auth-terminal-'))]);
  const token = join(folder, 'token');
  await writeFile(token, tokens[as]);
  const env = { ...googleEnvironment(google.url, token), GOOGLE_CLOUD_PROJECT: projectId };
  return {
    google,
    env,
    run: (...args) => gkeAuth(args, env),
    enter: async (...args) => (await import('./entrance.ts')).enter(args, env),
    async [Symbol.asyncDispose]() {
      await google.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
