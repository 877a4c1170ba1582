/** Starts a worker: `node bin/worker.ts diagnose` or `node bin/worker.ts remediate`. */
import { ConfigError, loadConfig } from '../src/config/config.ts';
import { createLog } from '../src/log.ts';
import { KeyProblem, loadKeys, WARN_DERIVED } from '../src/signing/keys.ts';
import { TokenRefusedError } from '../src/slack/identify.ts';
import { startDiagnosisWorker } from './worker/diagnosing.ts';
import { startRemediationWorker } from './worker/remediating.ts';
import { assemble, type Secrets } from './worker/services.ts';

/** ms that running jobs have to end after SIGTERM. Other workers take over what is left. */
const CLOSING_MS = 8_000;

function refuse(problem: string): never {
  process.stderr.write(`gke-auth worker: ${problem}\n`);
  process.exit(2);
}

const role = process.argv[2];
if (role !== 'diagnose' && role !== 'remediate') refuse('name a role: node bin/worker.ts diagnose|remediate');

function read(): { config: ReturnType<typeof loadConfig>; secrets: Secrets; derived: boolean } {
  try {
    const config = loadConfig();
    const { SLACK_BOT_TOKEN: botToken, REDIS_URL: redisUrl } = config.environment;
    const { keys, derived } = loadKeys(config.environment, role === 'diagnose' ? 'diagnoser' : 'remediator');
    if (botToken && redisUrl) return { config, secrets: { botToken, redisUrl, keys }, derived };
    const missing = Object.entries({ SLACK_BOT_TOKEN: botToken, REDIS_URL: redisUrl });
    const names = missing.filter(([, value]) => !value).map(([name]) => `- ${name}: not set`);
    return refuse(
      `required environment variables are missing, so nothing was started.\n${names.join('\n')}\nSee .env.example.`,
    );
  } catch (error) {
    if (error instanceof ConfigError) return refuse(error.message);
    if (error instanceof KeyProblem) return refuse(`${error.text.en} ${error.next.en}`);
    throw error;
  }
}

const { config, secrets, derived } = read();
const log = createLog(role === 'diagnose' ? 'diagnoser' : 'remediator', config.environment.LOG_LEVEL);
const stopping = new AbortController();
if (derived) log.warn({ event: 'keys.derived' }, WARN_DERIVED);

process.on('unhandledRejection', error => {
  const err = error instanceof Error ? error : new Error(String(error));
  log.fatal({ event: 'process.unhandled_error', err }, 'unhandled error, exiting');
  setImmediate(() => process.exit(1));
});

try {
  const services = await assemble({ config, secrets, log, signal: stopping.signal });
  const worker = role === 'diagnose' ? await startDiagnosisWorker(services) : await startRemediationWorker(services);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      setTimeout(() => process.exit(1), CLOSING_MS).unref();
      worker
        .stop()
        .catch(error => log.warn({ event: 'process.shutdown_failed', err: error }, 'failed to shut down cleanly'))
        .finally(() => process.exit(0));
    });
  }
  log.info({ event: 'worker.started', role }, 'worker started');
  process.send?.('ready');
} catch (error) {
  if (error instanceof TokenRefusedError) refuse(error.message);
  if (error instanceof KeyProblem) refuse(`${error.text.en} ${error.next.en}`);
  throw error;
}
