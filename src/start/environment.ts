/** What each process gets to see: no more than it needs. */
import { deriveKeys, privateKeyText, publicKeysText } from '../signing/keys.ts';
import type { Sides } from './decide.ts';
import type { SandboxLine } from './sandbox.ts';

export const ROLES = ['bot', 'diagnose', 'remediate'] as const;
export type Role = (typeof ROLES)[number];

const SIGNER = { bot: 'bot', diagnose: 'diagnoser', remediate: 'remediator' } as const;

type Environment = Readonly<Record<string, string | undefined>>;

export interface Surroundings {
  /** The environment that npm start was given. */
  readonly given: Environment;
  readonly sides: Sides;
  readonly redisUrl: string;
  /** All keys are derived from it; no process gets it. */
  readonly planKey: string;
  /** Where the remediating worker keeps the last checkpoint of the audit log. */
  readonly checkpointFile?: string;
  /** Nothing may be approved in the simulated Slack, where everybody can be anybody. */
  readonly approvalsOff?: boolean;
  /** Where a configuration file is used that the given environment doesn't name. */
  readonly config?: string;
  /** Where a side is simulated. */
  readonly simulated?: {
    readonly line: SandboxLine;
    /** Files with the workers' access tokens. */
    readonly tokenFiles: Readonly<Record<'diagnose' | 'remediate', string>>;
  };
}

/** Credentials, endpoints and settings of Google's libraries and of gcloud. */
const GOOGLE = /^(GOOGLE|CLOUDSDK|GCLOUD|GCE|GCP)_/;
/** Each process gets only its own private key. */
const KEYS = /^GKE_AUTH_(PLAN_KEY|SIGNING_KEY|VERIFY_KEYS)/;
/** Only the bot receives from Slack; the workers post with the bot token. */
const RECEIVING = ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET', 'PORT'];
/** APIs by the names that gcloud's endpoint overrides have for them: all that the workers call. */
const SERVICES = [
  'ARTIFACTREGISTRY',
  'BIGQUERY',
  'CLOUDKMS',
  'CLOUDRESOURCEMANAGER',
  'COMPUTE',
  'CONNECTGATEWAY',
  'CONTAINER',
  'DNS',
  'GKEHUB',
  'IAM',
  'IAMCREDENTIALS',
  'LOGGING',
  'OAUTH2',
  'ORGPOLICY',
  'POLICYTROUBLESHOOTER',
  'PUBSUB',
  'RECOMMENDER',
  'SECRETMANAGER',
  'SERVICEUSAGE',
  'SPANNER',
  'STORAGE',
];

/** The environment of one process. The bot's has nothing of Google's in it. */
export function environmentOf(role: Role, around: Surroundings): Record<string, string> {
  const { given, sides, simulated, redisUrl, config } = around;
  const hidden = (name: string) =>
    (GOOGLE.test(name) && (role === 'bot' || sides.google === 'simulated')) ||
    (RECEIVING.includes(name) && role !== 'bot') ||
    (name.startsWith('SLACK_') && sides.slack === 'simulated') ||
    KEYS.test(name);
  const kept = Object.entries(given).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    return value !== undefined && !hidden(name);
  });
  return {
    ...Object.fromEntries(kept),
    REDIS_URL: redisUrl,
    ...signingOf(role, around),
    ...(config && { GKE_AUTH_CONFIG: config }),
    ...(around.approvalsOff && { GKE_AUTH_APPROVALS: 'off' }),
    ...(simulated && simulatedFor(role, around, simulated)),
  };
}

/** Derived here once, so that no process can sign for another. */
function signingOf(role: Role, { planKey, given, checkpointFile }: Surroundings): Record<string, string> {
  const keys = deriveKeys(planKey, SIGNER[role], given.GKE_AUTH_PLAN_KEY_PREVIOUS || undefined);
  if (!keys.own) throw new Error('a process has a key of its own');
  return {
    GKE_AUTH_SIGNING_KEY: privateKeyText(keys.own.privateKey),
    GKE_AUTH_VERIFY_KEYS: publicKeysText(keys),
    ...(role === 'remediate' && checkpointFile && { GKE_AUTH_CHECKPOINT_FILE: checkpointFile }),
  };
}

function simulatedFor(
  role: Role,
  { given, sides }: Surroundings,
  { line, tokenFiles }: NonNullable<Surroundings['simulated']>,
): Record<string, string> {
  return {
    // A proxy would not find the sandbox.
    NO_PROXY: [given.NO_PROXY ?? given.no_proxy, '127.0.0.1'].filter(Boolean).join(','),
    ...(sides.slack === 'simulated' && slackOf(line, role)),
    ...(sides.google === 'simulated' && role !== 'bot' && googleOf(line, tokenFiles[role])),
  };
}

function slackOf({ slackApi, slack }: SandboxLine, role: Role): Record<string, string> {
  const both = { SLACK_API_URL: slackApi, SLACK_BOT_TOKEN: slack.botToken };
  return role === 'bot' ? { ...both, SLACK_APP_TOKEN: slack.appToken } : both;
}

function googleOf({ google, project }: SandboxLine, tokenFile: string): Record<string, string> {
  const endpoints = SERVICES.map(service => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${service}`, google]);
  return {
    ...Object.fromEntries(endpoints),
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: tokenFile,
    GOOGLE_CLOUD_PROJECT: project,
  };
}
