/** Plays a state: a simulated Google Cloud of its own, and the terminal program as a process before it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import { projectId, tokens } from '../../sandbox/scenarios/base.ts';
import type { State, Status } from './state.ts';

const ROOT = join(import.meta.dirname, '../..');
const SERVICES = [
  'ACCESSCONTEXTMANAGER ARTIFACTREGISTRY BIGQUERY CLOUDASSET CLOUDKMS CLOUDRESOURCEMANAGER COMPUTE CONNECTGATEWAY',
  'CONTAINER DNS GKEHUB IAM IAMCREDENTIALS LOGGING ORGPOLICY POLICYTROUBLESHOOTER PUBSUB RECOMMENDER SECRETMANAGER',
  'SERVICEUSAGE SPANNER STORAGE',
].flatMap(line => line.split(' '));

export interface Remedy {
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Command, Terraform, manifest and undo. */
  readonly text: string;
}

export interface Finding {
  readonly check: string;
  readonly subject: string;
  readonly status: Status;
  /** Headline, detail, effect, and the doubts of its remedies. */
  readonly statement: string;
  /** The statement, the proof and the missing permissions. */
  readonly all: string;
  readonly missing: readonly string[];
  readonly remedies: readonly Remedy[];
}

export interface Answer {
  readonly code: number;
  readonly findings: readonly Finding[];
  /** `causes` of the report; nothing where it has no such field. */
  readonly causes?: readonly Readonly<Record<string, unknown>>[];
  /** What an explanation matches, best first, above its threshold. */
  readonly problems: readonly string[];
  /** What came instead of an answer. */
  readonly error?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Plays one state. It needs nothing of the machine, and leaves nothing there. */
export async function play(state: State): Promise<Answer> {
  const [google, folder] = await Promise.all([
    startGoogle({ world: state.world() }),
    mkdtemp(join(tmpdir(), 'gke-auth-state-')),
  ]);
  try {
    return await answerOf(state, google, folder);
  } finally {
    await google.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function answerOf(state: State, google: Google, folder: string): Promise<Answer> {
  const file = (name: string) => join(folder, name);
  await Promise.all([
    writeFile(file('token'), tokens.diagnoser),
    writeFile(file('authority.pem'), google.cloud.apiServers.authority.certificate),
    writeFile(file('kubeconfig'), (await state.kubeconfig?.(google, folder)) ?? ''),
  ]);
  const env = {
    // No gcloud, kubectl or plugin of the machine's is found.
    PATH: folder,
    HOME: folder,
    KUBECONFIG: file('kubeconfig'),
    NODE_COMPILE_CACHE: join(ROOT, '.cache/compiled'),
    NODE_EXTRA_CA_CERTS: file('authority.pem'),
    GOOGLE_CLOUD_PROJECT: projectId,
    CLOUDSDK_CONFIG: file('gcloud'),
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file('token'),
    GKE_AUTH_TOKENINFO_URL: `${google.url}tokeninfo`,
    ...Object.fromEntries(SERVICES.map(name => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, google.url])),
  };
  const [entry, ...args] = [join(ROOT, 'bin/gke-auth.ts'), ...state.arguments, '--format', 'json'];
  const { code, out, err } = await run([entry, ...args], env, state.input);
  return parsed(code, out, err);
}

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<{ code: number; out: string; err: string }> {
  return new Promise(resolve => {
    const options = { env: { ...env }, cwd: env.HOME, maxBuffer: 256 * 1024 * 1024, timeout: 120_000 };
    const child = execFile(process.execPath, [...args], options, (error, out, err) => {
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, out, err });
    });
    child.stdin?.end(input);
  });
}

function parsed(code: number, out: string, err: string): Answer {
  const nothing = { code, findings: [], problems: [] };
  let json: unknown;
  try {
    json = JSON.parse(out);
  } catch {
    return { ...nothing, error: err || out || 'no output' };
  }
  const whole = record(json);
  if (String(whole.schema).startsWith('gke-auth/error/')) {
    return { ...nothing, error: `${text(whole.code)}: ${text(whole.message)}` };
  }
  const report = whole.report === undefined ? whole : record(whole.report);
  const matches = list(whole.matches).map(record);
  return {
    code,
    findings: [...list(report.findings).map(findingOf), ...list(whole.steps).map(stepOf)],
    problems: matches.filter(({ confidence }) => Number(confidence) >= 0.5).map(({ problem }) => text(problem)),
    ...(Array.isArray(report.causes) && { causes: report.causes.map(record) }),
  };
}

function findingOf(value: unknown): Finding {
  const finding = record(value);
  const remedies = list(finding.remedies).map(record);
  const missing = record(finding.missing);
  const permissions = list(missing.permissions).map(text);
  const doubts = remedies.map(({ doubt }) => text(doubt));
  const statement = lines([text(finding.headline), text(finding.detail), text(finding.effect), ...doubts]);
  const proof = list(finding.evidence).map(one => `${text(record(one).source)}: ${text(record(one).says)}`);
  return {
    check: text(finding.check),
    subject: text(finding.subject),
    status: statusOf(finding.status),
    statement,
    all: lines([statement, ...proof, text(missing.principal), ...permissions]),
    missing: permissions,
    remedies: remedies.map(remedy => ({
      kind: text(remedy.kind),
      params: record(remedy.params),
      text: lines([remedy.command, remedy.terraform, remedy.manifest, remedy.undo].map(text)),
    })),
  };
}

/** A step of the doctor, as if it were a finding of the check `doctor:STEP`. */
function stepOf(value: unknown): Finding {
  const step = record(value);
  const statement = lines([text(step.headline), text(step.detail)]);
  return {
    check: `doctor:${text(step.step)}`,
    subject: '',
    status: step.status === 'skip' ? 'not-applicable' : statusOf(step.status),
    statement,
    all: lines([statement, ...list(step.next).map(text)]),
    missing: [],
    remedies: list(step.next).map(next => ({ kind: 'command', params: {}, text: text(next) })),
  };
}

const STATUSES = ['pass', 'warn', 'fail', 'unknown', 'not-applicable'] as const;

function statusOf(value: unknown): Status {
  const found = STATUSES.find(status => status === value);
  if (found === undefined) throw new Error(`there is no status ${String(value)}`);
  return found;
}

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const record = (value: unknown): Json => (isRecord(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const lines = (parts: readonly string[]): string => parts.filter(part => part !== '').join('\n');
