/** What the bot can't start without; pure. */
import type { Text } from '../contracts/text.ts';

type Variables = Readonly<Record<string, string | undefined>>;

interface Requirement {
  readonly name: string;
  readonly missing: (env: Variables) => boolean;
  readonly why: Text;
}

const overHttp = (env: Variables) => !env.SLACK_APP_TOKEN && Boolean(env.SLACK_SIGNING_SECRET);

const REQUIREMENTS: readonly Requirement[] = [
  {
    name: 'SLACK_BOT_TOKEN',
    missing: env => !env.SLACK_BOT_TOKEN,
    why: { en: 'the bot token (xoxb-…) of the installed app', ja: 'インストールしたアプリのボット トークン（xoxb-…）' },
  },
  {
    name: 'SLACK_APP_TOKEN',
    missing: env => !env.SLACK_APP_TOKEN && !env.SLACK_SIGNING_SECRET,
    why: {
      en: 'an app-level token (xapp-…) with connections:write for Socket Mode; or SLACK_SIGNING_SECRET and PORT for HTTP',
      ja: 'Socket Mode 用の connections:write を持つアプリ レベル トークン（xapp-…）。HTTP の場合は SLACK_SIGNING_SECRET と PORT',
    },
  },
  {
    name: 'PORT',
    missing: env => overHttp(env) && !env.PORT,
    why: { en: 'the port on which Slack reaches the bot over HTTP', ja: 'Slack が HTTP で接続するポート' },
  },
  {
    name: 'REDIS_URL',
    missing: env => !env.REDIS_URL,
    why: {
      en: 'the Redis of the queue and the approvals, for example redis://localhost:6379',
      ja: 'キューと承認を保存する Redis（例: redis://localhost:6379）',
    },
  },
  {
    name: 'GKE_AUTH_PLAN_KEY',
    missing: env => !env.GKE_AUTH_PLAN_KEY && !env.GKE_AUTH_SIGNING_KEY && !env.GKE_AUTH_SIGNING_KEY_FILE,
    why: {
      en: 'the secret that signing keys are derived from, at least 16 characters, the same for bot and workers (openssl rand -hex 32); or GKE_AUTH_SIGNING_KEY and GKE_AUTH_VERIFY_KEYS',
      ja: '署名鍵の元になる 16 文字以上のシークレット。ボットとワーカーで同じ値にします（openssl rand -hex 32）。または GKE_AUTH_SIGNING_KEY と GKE_AUTH_VERIFY_KEYS',
    },
  },
];

/** One sentence per variable that is not set. Empty: the bot can start. */
export function missingEnvironment(env: Variables): Text[] {
  return REQUIREMENTS.filter(({ missing }) => missing(env)).map(({ name, why }) => ({
    en: `${name}: not set; it takes ${why.en}.`,
    ja: `${name}: 設定されていません。必要な値: ${why.ja}。`,
  }));
}
