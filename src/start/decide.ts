/** What is configured is real, the rest is simulated (README.md#go-live): each side on its own. */

export interface Sides {
  readonly slack: 'real' | 'simulated';
  readonly google: 'real' | 'simulated';
  /** `own`: a redis-server of this checkout's. */
  readonly redis: 'given' | 'own';
  /** What is set and yet does not suffice to make Slack real. */
  readonly slackLacks?: 'bot token' | 'transport';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A laptop's leftover default credentials alone do not make Google real: somebody who only wants to look must not end up with a
 * bot on their company's clusters.
 * @param projects those that the configuration file names.
 */
export function decideSides(env: Environment, projects: readonly string[]): Sides {
  const socketMode = Boolean(env.SLACK_APP_TOKEN);
  const http = Boolean(env.SLACK_SIGNING_SECRET && env.PORT);
  const botToken = Boolean(env.SLACK_BOT_TOKEN);
  const google =
    projects.length > 0 || env.GOOGLE_APPLICATION_CREDENTIALS || env.CLOUDSDK_AUTH_ACCESS_TOKEN_FILE
      ? 'real'
      : 'simulated';
  const sides = { google, redis: env.REDIS_URL ? 'given' : 'own' } as const;
  if (botToken && (socketMode || http)) return { ...sides, slack: 'real' };
  if (botToken) return { ...sides, slack: 'simulated', slackLacks: 'transport' };
  if (socketMode || env.SLACK_SIGNING_SECRET) return { ...sides, slack: 'simulated', slackLacks: 'bot token' };
  return { ...sides, slack: 'simulated' };
}
