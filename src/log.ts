/** Logs: JSON lines on stderr, without secrets. Every line of one request carries its trace id. */
import { type DestinationStream, type Logger, pino } from 'pino';
import { redact, redactDeep } from './explain/redact.ts';

export type { Logger } from 'pino';

/** Keys that hold a secret wherever they stand. A response URL lets anyone post into the channel for 30 minutes. */
const SECRET_KEYS = [
  'token',
  'authorization',
  'cookie',
  'response_url',
  'responseUrl',
  'trigger_id',
  'password',
  'planKey',
  'privateKey',
];
const CAUSES = 5;

/** @param level one of pino's, or `silent`. `name`: the process, for example `bot`. */
export function createLog(
  name: string,
  level = 'info',
  to: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      name,
      level,
      redact: { paths: SECRET_KEYS.flatMap(key => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
      formatters: { log: fields => redactDeep(Object.fromEntries(Object.entries(fields).map(plain))) },
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(args, method) {
          const [first, second, ...rest] = args;
          const clean = (value: typeof second) => (typeof value === 'string' ? redact(value).text : value);
          if (typeof first === 'string') return method.apply(this, [redact(first).text, clean(second), ...rest]);
          return method.apply(this, [first, clean(second), ...rest]);
        },
      },
    },
    to,
  );
}

const plain = ([key, value]: [string, unknown]): [string, unknown] => [
  key,
  value instanceof Error ? errorFields(value) : value,
];

/** An error with its causes, as plain fields. */
function errorFields(error: Error, depth = 0): Record<string, unknown> {
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && { code: String(error.code) }),
    stack: error.stack,
    ...(error.cause instanceof Error && depth < CAUSES && { cause: errorFields(error.cause, depth + 1) }),
  };
}
