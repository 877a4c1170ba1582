/** The environment: every variable the program knows, validated (README.md#configuration). An empty one is not set. */
import { z } from 'zod';
import type { Text } from '../contracts/text.ts';
import { HIDDEN, namesSecret, type Problem, type Read, shown } from './problem.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const takes = {
  url: { en: 'an http or https URL', ja: 'http か https の URL' },
  redisUrl: { en: 'a redis:// or rediss:// URL', ja: 'redis:// か rediss:// の URL' },
  port: { en: 'a port, 0 to 65535', ja: 'ポート番号（0〜65535）' },
  level: { en: LOG_LEVELS.join(', '), ja: LOG_LEVELS.join('、') },
  token: { en: 'a token, without spaces', ja: '空白を含まないトークン' },
  ms: { en: 'a whole number of milliseconds, at least 1', ja: '1 以上の整数（ミリ秒）' },
  count: { en: 'a whole number, at least 1', ja: '1 以上の整数' },
  delays: {
    en: 'milliseconds separated by commas, rising, for example 0,120000,240000,420000',
    ja: '小さい順のミリ秒をカンマで区切ったもの（例: 0,120000,240000,420000）',
  },
  text: { en: 'text', ja: '文字列' },
} as const satisfies Record<string, Text>;

const urlWith = (protocols: RegExp) => z.string().refine(text => protocols.test(URL.parse(text)?.protocol ?? ''));
const url = urlWith(/^https?:$/);
const token = z.string().regex(/^\S+$/);
const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine(number => number <= 65_535);
const positive = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number);
const delays = z
  .string()
  .regex(/^\d{1,10}(,\d{1,10})*$/)
  .transform(text => text.split(',').map(Number))
  .refine(values => values.every((value, i) => i === 0 || value > (values[i - 1] ?? 0)));

const described = z.registry<Text>();
const variable = <Schema extends z.ZodType>(schema: Schema, text: Text): Schema => {
  described.add(schema, text);
  return schema;
};

const Variables = z.object({
  SLACK_BOT_TOKEN: variable(token.optional(), takes.token),
  SLACK_APP_TOKEN: variable(token.optional(), takes.token),
  SLACK_SIGNING_SECRET: variable(token.optional(), takes.token),
  SLACK_API_URL: variable(url.default('https://slack.com/api/'), takes.url),
  PORT: variable(port.optional(), takes.port),
  REDIS_URL: variable(urlWith(/^rediss?:$/).optional(), takes.redisUrl),
  /** The key pairs of all roles are derived from it, where there are none of their own. */
  GKE_AUTH_PLAN_KEY: variable(z.string().optional(), takes.text),
  /** The one before, whose signatures still count. */
  GKE_AUTH_PLAN_KEY_PREVIOUS: variable(z.string().optional(), takes.text),
  /** This process's private key; the public keys of all roles (`src/signing/keys.ts`). */
  GKE_AUTH_SIGNING_KEY: variable(z.string().optional(), takes.text),
  GKE_AUTH_SIGNING_KEY_FILE: variable(z.string().optional(), takes.text),
  GKE_AUTH_VERIFY_KEYS: variable(z.string().optional(), takes.text),
  GKE_AUTH_VERIFY_KEYS_FILE: variable(z.string().optional(), takes.text),
  /** Where the remediating worker keeps the last checkpoint of the audit log, outside Redis. */
  GKE_AUTH_CHECKPOINT_FILE: variable(z.string().optional(), takes.text),
  LOG_LEVEL: variable(z.enum(LOG_LEVELS).default('info'), takes.level),
  GOOGLE_CLOUD_PROJECT: variable(z.string().optional(), takes.text),
  CLOUDSDK_CORE_PROJECT: variable(z.string().optional(), takes.text),
  GOOGLE_APPLICATION_CREDENTIALS: variable(z.string().optional(), takes.text),
  CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: variable(z.string().optional(), takes.text),
  GKE_AUTH_TOKENINFO_URL: variable(url.optional(), takes.url),
  HTTPS_PROXY: variable(url.optional(), takes.url),
  NO_PROXY: variable(z.string().optional(), takes.text),
  /** How many diagnoses one worker runs at once. */
  GKE_AUTH_CONCURRENCY: variable(positive.prefault('20'), takes.count),
  /** A job whose worker doesn't renew its lock for this long (ms) is another's to take. */
  GKE_AUTH_LOCK_MS: variable(positive.prefault('30000'), takes.ms),
  /** How often (ms) workers look for such jobs. */
  GKE_AUTH_STALLED_MS: variable(positive.prefault('30000'), takes.ms),
  /** How often one job may be taken over before it fails. */
  GKE_AUTH_MAX_STALLED: variable(positive.prefault('10'), takes.count),
  /** How long (ms) a worker holds an approval that it applies or revokes, unless it renews. */
  GKE_AUTH_LEASE_MS: variable(positive.prefault('30000'), takes.ms),
  /** How often (ms) the sweeper expires, reminds and resumes. */
  GKE_AUTH_SWEEP_MS: variable(positive.prefault('15000'), takes.ms),
  /** When a change is verified: ms after it was applied. The last one that still fails gives up (IAM needs up to 7 min). */
  GKE_AUTH_VERIFY_MS: variable(delays.prefault('0,120000,240000,420000'), takes.delays),
});

/** The variables by their own names; undefined where one is not set and has no default. */
export type Environment = Readonly<z.infer<typeof Variables>> & {
  /** `CLOUDSDK_API_ENDPOINT_OVERRIDES_<SERVICE>` by service, in lower case. */
  readonly endpoints: Readonly<Record<string, string>>;
};

const ENDPOINT = 'CLOUDSDK_API_ENDPOINT_OVERRIDES_';

/** Every problem at once. A secret's value is never in one. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Read<Environment> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const variables = Variables.safeParse(Object.fromEntries(set));
  const endpoints = set.filter(([name]) => name.startsWith(ENDPOINT));
  const problems = [
    ...(variables.error?.issues ?? []).map(({ path: [name] }) => problem(String(name), env)),
    ...endpoints.filter(([, value]) => !url.safeParse(value).success).map(([name]) => problem(name, env)),
  ];
  if (!variables.success || problems.length > 0) return { ok: false, problems };
  const byService = endpoints.map(([name, value]) => [name.slice(ENDPOINT.length).toLowerCase(), value]);
  return { ok: true, value: { ...variables.data, endpoints: Object.fromEntries(byService) } };
}

function problem(name: string, env: Readonly<Record<string, string | undefined>>): Problem {
  const schema = Object.entries(Variables.shape).find(([known]) => known === name)?.[1];
  return {
    key: name,
    got: namesSecret(name) ? HIDDEN : shown(env[name]),
    takes: (schema && described.get(schema)) ?? takes.url,
  };
}
