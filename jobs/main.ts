/** Starts a worker: `node jobs/main.ts diagnose` or `node jobs/main.ts remediate`. */
import { ConfigError, loadConfig } from '../src/config/config.ts';
import { createLog } from '../src/log.ts';
import { TokenRefusedError } from '../src/slack/identify.ts';
import { startDiagnosisWorker } from './worker/diagnosing.ts';
import { startRemediationWorker } from './worker/remediating.ts';
import { assemble, type Secrets } from './worker/services.ts';

/** How long (ms) running jobs may take to end once the process is asked to stop; what is left is another's. */
const CLOSING_MS = 8_000;

function refuse(problem: string): never {
  process.stderr.write(`gke-auth worker: ${problem}\n`);
  process.exit(2);
}

const role = process.argv[2];
if (role !== 'diagnose' && role !== 'remediate') refuse('say which: node jobs/main.ts diagnose|remediate');

function read(): { config: ReturnType<typeof loadConfig>; secrets: Secrets } {
  try {
    const config = loadConfig();
    const { SLACK_BOT_TOKEN: botToken, REDIS_URL: redisUrl, GKE_AUTH_PLAN_KEY: planKey } = config.environment;
    if (botToken && redisUrl && planKey) return { config, secrets: { botToken, redisUrl, planKey } };
    const missing = Object.entries({ SLACK_BOT_TOKEN: botToken, REDIS_URL: redisUrl, GKE_AUTH_PLAN_KEY: planKey });
    const names = missing.filter(([, value]) => !value).map(([name]) => `- ${name}: not set`);
    return refuse(`the environment lacks something; nothing was started.\n${names.join('\n')}\nSee .env.example.`);
  } catch (error) {
    if (error instanceof ConfigError) return refuse(error.message);
    throw error;
  }
}

const { config, secrets } = read();
const log = createLog(role === 'diagnose' ? 'diagnoser' : 'remediator', config.environment.LOG_LEVEL);
const stopping = new AbortController();

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
  throw error;
}
