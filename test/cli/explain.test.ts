/** `gke-auth explain` as people run it: what it answers, how soon, and how it ends. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import rbacForbidden from '../../sandbox/scenarios/rbac-forbidden.ts';
import { Explanation } from '../../src/contracts/explanation.ts';
import { enter } from './entrance.ts';
import { googleEnvironment, type Place, startPlace } from './program.ts';

const ENTRY = join(import.meta.dirname, '../../bin/gke-auth.ts');
const SCHEMA = join(import.meta.dirname, '../../../shared/schemas/explanation.v1.schema.json');
const CLUSTER = 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x';
const FORBIDDEN =
  'Error from server (Forbidden): roles.rbac.authorization.k8s.io is forbidden: User "alice@example.com" cannot list resource "roles" in API group "rbac.authorization.k8s.io" in the namespace "kube-system": requires one of ["container.roles.list"] permission(s).';
const inCluster = (error: string) => `$ kubectl --context gke_sandbox-1_asia-northeast1_cluster-x get roles\n${error}`;
const DENIED = `code=403, message=Required "container.clusters.get" permission(s) for "${CLUSTER}".`;

let place: Place;
let folder: string;
/** Takes every connection and never answers. */
let silent: Server;
beforeAll(async () => {
  [place, folder] = await Promise.all([startPlace(rbacForbidden.world()), mkdtemp(join(tmpdir(), 'explain-'))]);
  await writeFile(join(folder, 'token'), 'made-up-token');
  silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise(resolve => silent.once('listening', resolve));
});
afterAll(async () => {
  silent?.close();
  await place?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly tookMs: number;
}

/** `gke-auth explain ARGS` with this on standard input; without credentials, unless the environment has them. */
async function explain(
  args: string[],
  input: string | Buffer,
  env: Record<string, string | undefined> = {},
): Promise<Said> {
  const started = performance.now();
  const compiled = join(import.meta.dirname, '../../.cache/compiled');
  const child = spawn(process.execPath, [ENTRY, 'explain', ...args], {
    env: { PATH: process.env.PATH, HOME: folder, NODE_COMPILE_CACHE: compiled, ...env },
    cwd: folder,
  });
  // A program that has read enough closes its end.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err, tookMs: performance.now() - started };
}

/** The same of a text that is an argument, in this process: for what is answered, not how a program gets and gives it. */
async function explainHere(args: string[], input: string, env: Record<string, string> = {}): Promise<Said> {
  const { code, stdout, stderr, tookMs } = await enter(['explain', ...args, input], { HOME: folder, ...env });
  return { code, out: stdout, err: stderr, tookMs };
}

const answers = (out: string) => Explanation.parse(JSON.parse(out));
const unreachable = (url: string) => googleEnvironment(url, join(folder, 'token'));
const silentUrl = () => `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;

describe('with Google at hand', () => {
  it('proves what the error says: explanation, verdict, report; exit 1', async () => {
    const { code, out } = await explain([], inCluster(FORBIDDEN), place.env);
    expect(out).toMatch(/^rbac-forbidden\n/);
    const said = out.replace(/\s+/g, ' ');
    expect(said).toMatch(/The error says: alice@example\.com reached the cluster.*; we found the same:/);
    expect(out.indexOf('The error says')).toBeLessThan(out.indexOf('cluster-x · sandbox-1'));
    expect(code).toBe(1);
  });

  it('says so where the proof contradicts it; exit 0', async () => {
    const { code, out } = await explainHere(
      ['--lang', 'ja', '--format', 'markdown'],
      `${DENIED} User: bob@example.com`,
      place.env,
    );
    expect(out).toMatch(/^# caller-clusters-get\n/);
    expect(out).toContain('今は起きていません');
    expect(code).toBe(0);
  });

  it('gives a program one object with the report', async () => {
    const { code, out, err } = await explainHere(['--format', 'json'], inCluster(FORBIDDEN), place.env);
    const { matches, report } = answers(out);
    expect(matches[0]).toMatchObject({ problem: 'rbac-forbidden', entities: { cluster: 'cluster-x' } });
    // The cluster was looked for before the diagnosis began, with the same session.
    expect(report?.stages?.collect).toBeLessThanOrEqual(report?.durationMs ?? 0);
    expect(report?.findings.find(({ check }) => check === 'rbac-forbidden')?.status).toBe('fail');
    expect(code).toBe(1);
    expect(err).toBe('');
  });

  it('looks in --project, or in the environment, for a cluster without one', async () => {
    const bare = `error: You must be logged in to the server (Unauthorized)\n$ gcloud container clusters get-credentials cluster-x --location asia-northeast1`;
    const { GOOGLE_CLOUD_PROJECT: _, ...nowhere } = place.env;
    const [given, environment, none] = await Promise.all([
      explainHere(['--format', 'json', '--project', 'sandbox-1'], bare, nowhere),
      explainHere(['--format', 'json'], bare, place.env),
      explainHere(['--format', 'json'], bare, nowhere),
    ]);
    expect(answers(given.out).report?.target).toMatchObject({ project: 'sandbox-1', cluster: 'cluster-x' });
    expect(answers(environment.out).report?.target).toMatchObject({ project: 'sandbox-1', cluster: 'cluster-x' });
    expect(answers(none.out).report).toBeUndefined();
    expect(none).toMatchObject({ code: 0, err: expect.stringContaining('Not proven') });
  });
});

describe('without Google', () => {
  it.each<[string, () => Record<string, string>]>([
    ['nobody listens', () => unreachable('http://127.0.0.1:1/')],
    ['nobody answers', () => unreachable(silentUrl())],
    ['no credentials', () => ({})],
    ['the token file is gone', () => ({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(folder, 'nothing') })],
  ])('%s: the explanation all the same, soon; exit 0', async (_, env) => {
    const { code, out, err, tookMs } = await explain(['--format', 'json'], DENIED, env());
    expect(answers(out).matches[0]?.problem).toBe('caller-clusters-get');
    expect(answers(out).report).toBeUndefined();
    expect(err).toMatch(/^Not proven: /);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(8_000);
  });
});

describe('Google is there, and the diagnosis can’t run', () => {
  it.each<[string, string]>([
    ['Google refuses the token', 'ya29.expired'],
    ['the token is none', 'two words'],
  ])('%s: the explanation all the same, why and what to do; exit 3, as diagnose', async (_, token) => {
    const file = join(folder, 'refused');
    await writeFile(file, token);
    const env = { ...place.env, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file };
    const [json, plain, diagnosed] = await Promise.all([
      explainHere(['--format', 'json'], inCluster(FORBIDDEN), env),
      explainHere([], inCluster(FORBIDDEN), env),
      enter(['diagnose', CLUSTER], env),
    ]);
    expect(answers(json.out).matches[0]?.problem).toBe('rbac-forbidden');
    expect(answers(json.out).report).toBeUndefined();
    expect(plain.out).toMatch(/^rbac-forbidden\n/);
    expect(plain.err).toMatch(/^Not proven: .*\n.*gcloud auth/);
    expect([json.code, plain.code, diagnosed.code]).toEqual([3, 3, 3]);
  });

  it('several clusters are called so: which there are; exit 2, as diagnose', async () => {
    const { world } = healthyWorld();
    world.project('sandbox-2', '210987654321').cluster({ name: 'cluster-x', withoutApiServer: true });
    await using two = await startPlace(world.world, 'owner');
    const bare = `error: You must be logged in to the server (Unauthorized)\n$ gcloud container clusters get-credentials cluster-x`;
    const { code, out, err } = await explainHere(['--project', 'sandbox-1,sandbox-2'], bare, two.env);
    expect(out).toMatch(/^cluster-auth-401\n/);
    expect(err).toMatch(/^Not proven: .*cluster-x/);
    expect(code).toBe(2);
  });
});

describe('what comes in', () => {
  it.each([
    ['nothing', ''],
    ['blanks', ' \n\t\n'],
  ])('%s: a refusal that says what to do; exit 2', async (_, input) => {
    const [plain, json] = await Promise.all([explain(['--lang', 'ja'], input), explain(['--format', 'json'], input)]);
    expect(plain).toMatchObject({ code: 2, out: '', err: expect.stringContaining('標準入力') });
    expect(json.code).toBe(2);
    expect(JSON.parse(json.out)).toMatchObject({ schema: 'gke-auth/error/v1', code: 'text-missing' });
  });

  it('an argument wins over standard input', async () => {
    const { out } = await explain(
      ['--format', 'json', 'error: You must be logged in to the server (Unauthorized)'],
      DENIED,
    );
    expect(answers(out).matches[0]?.problem).toBe('cluster-auth-401');
  });

  it.each<[string, () => string | Buffer, string | undefined]>([
    [
      'a log of 20 MB with the error at its end',
      () => `${'a line of a log\n'.repeat(1_250_000)}error: You must be logged in to the server (Unauthorized)`,
      'cluster-auth-401',
    ],
    ['one line of 20 MB', () => 'x'.repeat(20_000_000), undefined],
    [
      'bytes that are no text',
      () => Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 197 + (at >> 3)) % 256)),
      undefined,
    ],
    [
      'an error between control characters',
      () => '\u001b[31merror: You must be logged in\u0007 to the server (Unauthorized)\u0000',
      'cluster-auth-401',
    ],
  ])('%s', async (_, input, problem) => {
    const { code, out, tookMs } = await explain(['--format', 'json'], input());
    expect(answers(out).matches[0]?.problem).toBe(problem);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(15_000);
  });

  it.each<[string, RegExp]>([
    ['en', /left out \d+ characters/],
    ['ja', /途中の \d+ 文字は読んでいません/],
  ])('says how much of a long text was not read, in %s', async (language, words) => {
    const error = 'error: You must be logged in to the server (Unauthorized)';
    const { out, err } = await explain(['--lang', language], `${error}\n${'a line of a log\n'.repeat(20_000)}${error}`);
    expect(out).toMatch(/^cluster-auth-401\n/);
    expect(err).toMatch(words);
  });

  it('what it names can not move the cursor', async () => {
    const { out } = await explain(
      [],
      `User "a\u001b[2Jb@example.com" cannot list resource "pods\u001b[31m" in API group "" in the namespace "x"\nError from server (Forbidden): ${FORBIDDEN}`,
    );
    expect(out).not.toContain('\u001b');
  });
});

describe.skipIf(!existsSync(SCHEMA))('the published form (needs ../shared/schemas)', () => {
  it.each([
    ['a match with its report', inCluster(FORBIDDEN), () => place.env],
    ['a match without one', DENIED, () => ({})],
    ['no match', 'quota exceeded', () => ({})],
  ])('%s', async (_, input, env) => {
    const { out } = await explainHere(['--format', 'json'], input, env());
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    formats.default(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')));
    void validate(JSON.parse(out));
    expect(validate.errors ?? []).toEqual([]);
  });
});
