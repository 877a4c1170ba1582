/** Starts the bot: the process that answers Slack. Everything it needs comes from the file and the environment. */
import { ConfigError, loadConfig } from '../config/config.ts';
import { createLog } from '../log.ts';
import { KeyProblem, loadKeys, WARN_DERIVED } from '../signing/keys.ts';
import { TokenRefusedError } from '../slack/identify.ts';
import { startBot } from './bot.ts';
import { missingEnvironment } from './required-environment.ts';

const CLOSING_MS = 8_000;

/** Ends the process with a sentence that an operator can act on. */
function refuse(problem: string): never {
  process.stderr.write(`gke-auth bot: ${problem}\n`);
  process.exit(2);
}

function readConfig() {
  const missing = missingEnvironment(process.env).map(({ en }) => `- ${en}`);
  try {
    const config = loadConfig();
    const { SLACK_BOT_TOKEN: botToken, REDIS_URL: redisUrl } = config.environment;
    if (missing.length === 0 && botToken && redisUrl) {
      const { keys, derived } = loadKeys(config.environment, 'bot');
      return { config, secrets: { botToken, redisUrl, keys }, derived };
    }
    return refuse(`the configuration lacks something; nothing was started.\n${missing.join('\n')}`);
  } catch (error) {
    if (error instanceof ConfigError) return refuse([error.message, ...missing].join('\n'));
    if (error instanceof KeyProblem) return refuse(`${error.text.en} ${error.next.en}`);
    throw error;
  }
}

const { config, secrets, derived } = readConfig();
const log = createLog('bot', config.environment.LOG_LEVEL);
const stopping = new AbortController();
if (derived) log.warn({ event: 'keys.derived' }, WARN_DERIVED);

process.on('unhandledRejection', error => {
  // Also Bolt's way to say that Slack turned its connection down for good: another process starts afresh.
  log.fatal(
    { event: 'process.unhandled_error', err: error instanceof Error ? error : new Error(String(error)) },
    'unhandled error, exiting',
  );
  setImmediate(() => process.exit(1));
});
process.on('uncaughtException', error => {
  log.fatal({ event: 'process.unhandled_error', err: error }, 'unhandled error, exiting');
  setImmediate(() => process.exit(1));
});

const starting = startBot(config, secrets, log, stopping.signal);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(1), CLOSING_MS).unref();
    stopping.abort();
    starting
      .then(bot => bot.stop())
      .catch(error => log.debug({ event: 'process.stopped_early', err: error }, 'stopped during start'))
      .finally(() => process.exit(0));
  });
}

try {
  await starting;
  // To whoever started this process over Node's IPC channel (npm start).
  process.send?.('ready');
} catch (error) {
  if (error instanceof TokenRefusedError) refuse(error.message);
  if (error instanceof KeyProblem) refuse(`${error.text.en} ${error.next.en}`);
  if (!stopping.signal.aborted) throw error;
}
