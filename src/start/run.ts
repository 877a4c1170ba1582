/** One run of npm start, from the decision what is real to the end of the last process. */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Config, ConfigError, loadConfig } from '../config/config.ts';
import type { Language } from '../contracts/text.ts';
import { KeyProblem } from '../signing/keys.ts';
import { DataFolder, type Run } from './data.ts';
import { decideSides } from './decide.ts';
import { environmentOf, ROLES, type Role, type Surroundings } from './environment.ts';
import { StartError } from './failure.ts';
import { freePort } from './ports.ts';
import { type Member, ProcessSupervisor } from './process-supervisor.ts';
import { checkRedis, ownRedis } from './redis.ts';
import { readSandboxLine, type SandboxLine, sandboxConfig } from './sandbox.ts';
import { screen, terminalLanguage } from './screen.ts';

export interface RunOptions {
  readonly verbose: boolean;
  readonly scenario: string;
  readonly data: string;
}

const ROOT = join(import.meta.dirname, '../..');
const PAGE_PORT = 4310;
const FILES: Record<Role, { readonly name: string; readonly args: readonly string[] }> = {
  // It is idle most of the time: V8 then keeps 64 MB for young objects that it does not need.
  bot: { name: 'bot', args: ['--optimize-for-size', 'bin/bot.ts'] },
  diagnose: { name: 'diagnosing-worker', args: ['bin/worker.ts', 'diagnose'] },
  remediate: { name: 'remediating-worker', args: ['bin/worker.ts', 'remediate'] },
};

/** Resolves to the exit code, once everything has ended. */
export async function run(options: RunOptions): Promise<number> {
  const language = terminalLanguage(process.env);
  let folder: DataFolder | undefined;
  let supervisor: ProcessSupervisor | undefined;
  const asked = new AbortController();
  const ask = () => {
    if (asked.signal.aborted) supervisor?.kill();
    asked.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  try {
    const config = loadConfig();
    const data = new DataFolder(resolve(ROOT, options.data));
    const run = await data.claim();
    folder = data;
    supervisor = makeCrew(options, data, language);
    const ended = new Promise<void>(done => asked.signal.addEventListener('abort', () => done(), { once: true }));
    await Promise.race([bringUp(options, config, data, run, supervisor, language), ended]);
    await ended;
    return 0;
  } catch (error) {
    if (asked.signal.aborted) return 0;
    if (!(error instanceof StartError || error instanceof ConfigError || error instanceof KeyProblem)) throw error;
    process.stderr.write(`${error.text[language]}\n`);
    return 1;
  } finally {
    await supervisor?.stop();
    folder?.release();
  }
}

async function bringUp(
  options: RunOptions,
  config: Config,
  data: DataFolder,
  run: Run,
  supervisor: ProcessSupervisor,
  terminal: Language,
): Promise<void> {
  const given = process.env;
  const sides = decideSides(given, config.projects);
  const redis = given.REDIS_URL ? await givenRedis(given.REDIS_URL) : await startRedis(supervisor, data, run);
  const simulated = sides.slack === 'simulated' || sides.google === 'simulated';
  const sandbox = simulated ? await startSandbox(supervisor, options.scenario) : undefined;

  const file = given.GKE_AUTH_CONFIG ? resolve(given.GKE_AUTH_CONFIG) : undefined;
  const hasFile = file !== undefined || existsSync(join(ROOT, 'gke-auth.yaml'));
  const brought =
    sandbox && sides.google === 'simulated' && !hasFile
      ? data.write('gke-auth.sandbox.yaml', sandboxConfig(sandbox, sides.slack, terminal))
      : undefined;
  const settings = brought ? loadConfig({ ...given, GKE_AUTH_CONFIG: brought }) : config;

  const around: Surroundings = {
    given,
    sides,
    redisUrl: redis.url,
    planKey: given.GKE_AUTH_PLAN_KEY || data.planKey(),
    // A Redis that was given may be another one at the next start.
    ...(!given.REDIS_URL && { checkpointFile: join(data.path, 'audit-checkpoint') }),
    config: brought ?? file,
    ...(sandbox && { simulated: { line: sandbox, tokenFiles: writeTokens(data, sandbox) } }),
  };
  await supervisor.start(...ROLES.map(role => production(role, around)));

  const slack = sides.slack === 'simulated' ? sandbox : undefined;
  const google = sides.google === 'simulated' ? sandbox : undefined;
  data.update({
    ...run,
    redis: redis.url,
    redisPort: redis.port,
    page: slack?.page,
    slackApi: slack?.slackApi ?? config.environment.SLACK_API_URL,
    google: google?.google,
    project: google?.project,
    cluster: google?.cluster,
    config: around.config,
  });
  const { approvers, rules } = settings.approvals;
  const named = [approvers, ...rules.map(rule => rule.approvers)].flatMap(some => Object.values(some ?? {}).flat());
  process.stdout.write(
    screen(
      {
        sides,
        sandbox,
        projects: settings.projects,
        httpPort: given.SLACK_APP_TOKEN ? undefined : given.PORT,
        redis: withoutPassword(redis.url),
        redisFolder: shown(join(data.path, 'redis')),
        approvers: named.length > 0,
      },
      hasFile ? settings.language : terminal,
    ),
  );
}

function writeTokens(data: DataFolder, { tokens }: SandboxLine) {
  return {
    diagnose: data.write('diagnoser.token', `${tokens.diagnoser}\n`),
    remediate: data.write('remediator.token', `${tokens.remediator}\n`),
  };
}

interface UsedRedis {
  readonly url: string;
  readonly port?: number;
}

async function givenRedis(url: string): Promise<UsedRedis> {
  await checkRedis(url);
  return { url };
}

async function startRedis(supervisor: ProcessSupervisor, data: DataFolder, run: Run): Promise<UsedRedis> {
  const port = await freePort();
  data.update({ ...run, redisPort: port });
  await supervisor.start(ownRedis(port, join(data.path, 'redis')));
  return { url: `redis://127.0.0.1:${port}`, port };
}

async function startSandbox(supervisor: ProcessSupervisor, scenario: string): Promise<SandboxLine> {
  // Ports chosen here: after a restart everything is where it was.
  const [page, google] = [await freePort(PAGE_PORT), await freePort()];
  let first: SandboxLine | undefined;
  await supervisor.start({
    name: 'sandbox',
    command: process.execPath,
    args: ['sandbox/main.ts', `--scenario=${scenario}`, `--slack-port=${page}`, `--google-port=${google}`],
    env: process.env,
    async ready(child) {
      if (!child.stdout) throw new Error('the sandbox has no output');
      first = await readSandboxLine(child.stdout);
    },
  });
  if (!first) throw new Error('the sandbox is ready and has said nothing');
  return first;
}

/** A process by the same command as in production; it sends `ready` over Node's IPC channel where there is one. */
function production(role: Role, around: Surroundings): Member {
  const { name, args } = FILES[role];
  return {
    name,
    command: process.execPath,
    args,
    env: environmentOf(role, around),
    ipc: true,
    ready: child =>
      new Promise(done => {
        child.on('message', message => {
          if (message === 'ready') done();
        });
      }),
  };
}

function makeCrew({ verbose }: RunOptions, data: DataFolder, language: Language): ProcessSupervisor {
  const loud = verbose || Boolean(process.env.LOG_LEVEL);
  return new ProcessSupervisor({
    logs: join(data.path, 'log'),
    onLine: loud ? (name, line) => process.stderr.write(`${name} | ${line}\n`) : undefined,
    onRestart(name, reason, delayMs) {
      const log = shown(join(data.path, 'log', `${name}.log`));
      const seconds = delayMs / 1_000;
      const said = {
        en: `${name} ended and is started again in ${seconds} s. Its last words: ${reason} Its log: ${log}`,
        ja: `${name} が終了したため、${seconds} 秒後に再起動します。最後の出力: ${reason} ログ: ${log}`,
      };
      process.stderr.write(`${said[language]}\n`);
    },
  });
}

/** A path as short as it can be said here. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.protocol}//${parsed.host}${parsed.pathname}` : url;
}
