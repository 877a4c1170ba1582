/**
 * Who we are to Google. In this order: a token file (gcloud's `auth/access_token_file`), which wins over all else and means
 * no impersonation; else Application Default Credentials, impersonating a service account where one is configured.
 */
import { readFileSync } from 'node:fs';
import { type AuthClient, GoogleAuth, Impersonated, OAuth2Client } from 'google-auth-library';
import { UserFacingError } from '../contracts/user-facing-error.ts';
import type { ProxyEnvironment } from '../http/dispatcher.ts';
import type { Endpoints } from './endpoints.ts';
import { emailOfToken } from './token-info.ts';
import { createTransporter } from './transporter.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** ms for which a token is used before its file is read again; a diagnosis asks for it dozens of times. */
const TOKEN_FILE_MS = 1_000;

/** An identity with its one auth client, which renews its own access tokens. */
export interface Identity {
  readonly auth: AuthClient;
  /** `user:EMAIL` or `serviceAccount:EMAIL`; undefined where it can't be known. Asked once; never throws. */
  readonly member: () => Promise<string | undefined>;
}

export interface IdentityOptions {
  readonly env: ProxyEnvironment;
  readonly endpoints: Endpoints;
  /** Email of a service account to impersonate; ignored with a token file. */
  readonly impersonate?: string;
}

/** There are no credentials that can be used: nothing was asked of Google. */
export class CredentialsError extends UserFacingError {}

/** Kept for the process: each one would ask for access tokens of its own before its first call. */
const identities = new Map<string, Promise<Identity>>();

/** The same one for the same options. @throws {CredentialsError} where there are no usable credentials. */
export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { env, endpoints, impersonate } = options;
  const file = env.CLOUDSDK_AUTH_ACCESS_TOKEN_FILE;
  const proxies = [env.https_proxy, env.HTTPS_PROXY, env.http_proxy, env.HTTP_PROXY, env.no_proxy, env.NO_PROXY];
  const key = JSON.stringify([
    file,
    env.GOOGLE_APPLICATION_CREDENTIALS,
    impersonate,
    endpoints.key,
    env.GKE_AUTH_TOKENINFO_URL,
    proxies,
  ]);
  const identity = identities.get(key) ?? (file ? fromTokenFile(file, options) : fromDefaults(options));
  identities.set(key, identity);
  try {
    const usable = await identity;
    if (file) usable.auth.setCredentials(readToken(file));
    return usable;
  } catch (error) {
    // Whoever reads the message may correct the file.
    identities.delete(key);
    throw error;
  }
}

/** For a token that somebody else obtained and renews. */
export function identityOfToken(token: string, options: IdentityOptions): Identity {
  const auth = new OAuth2Client({ transporter: createTransporter(options) });
  auth.setCredentials({ access_token: token });
  return withMember(auth, () => emailOfToken(auth, options));
}

async function fromTokenFile(file: string, options: IdentityOptions): Promise<Identity> {
  // The least threshold that the library takes: it renews a token this long before it expires.
  const auth = new OAuth2Client({ transporter: createTransporter(options), eagerRefreshThresholdMillis: 1 });
  auth.refreshHandler = async () => readToken(file);
  return withMember(auth, () => emailOfToken(auth, options));
}

async function fromDefaults(options: IdentityOptions): Promise<Identity> {
  const transporter = createTransporter(options);
  // Every call names its project. Without one here the library asks gcloud and the metadata server for it, for seconds.
  const defaults = new GoogleAuth({ scopes: SCOPE, clientOptions: { transporter }, projectId: 'not-used' });
  const source = await defaults.getClient().catch(cause => {
    throw new CredentialsError(NO_CREDENTIALS, { cause });
  });
  // For some kinds of credentials the library makes clients without the options that it was given.
  source.transporter = transporter;
  const { impersonate } = options;
  if (!impersonate) {
    return withMember(source, async () => {
      const { client_email: email } = await defaults.getCredentials();
      return email ?? (await emailOfToken(source, options));
    });
  }
  const auth = new Impersonated({
    sourceClient: source,
    targetPrincipal: impersonate,
    targetScopes: [SCOPE],
    lifetime: 3600,
    transporter,
  });
  return withMember(auth, async () => impersonate);
}

function withMember(auth: AuthClient, email: () => Promise<string | undefined>): Identity {
  let asked: Promise<string | undefined> | undefined;
  const ask = async () => {
    // Only a command's text depends on it, so no failure of it may stop anything.
    const known = await email().catch(() => undefined);
    return known && `${known.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${known}`;
  };
  return {
    auth,
    member: () => {
      asked ??= ask();
      return asked;
    },
  };
}

/** As google-auth-library's refresh handlers return it. @throws {CredentialsError} */
function readToken(file: string): { access_token: string; expiry_date: number } {
  const token = contentOf(file).trim();
  // RFC 6750, section 2.1: b64token. Anything else would break the header, or is not a token.
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
    throw new CredentialsError({
      code: 'token-malformed',
      text: {
        en: `The token file ${file} holds no access token.`,
        ja: `トークン ファイル ${file} にアクセス トークンがありません。`,
      },
      next: {
        en: 'It must hold one line with the token and nothing else: gcloud auth print-access-token > FILE',
        ja: 'トークンだけを 1 行で書いてください: gcloud auth print-access-token > FILE',
      },
    });
  }
  return { access_token: token, expiry_date: Date.now() + TOKEN_FILE_MS };
}

/** At once: a promise of a file costs ten times as much as these few bytes. @throws {CredentialsError} */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CredentialsError(
      {
        code: 'token-file-missing',
        text: {
          en: `The token file ${file} can't be read.`,
          ja: `トークン ファイル ${file} を読み取れません。`,
        },
        next: {
          en: 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE must name a readable file that holds one access token: gcloud auth print-access-token > FILE',
          ja: 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE には、アクセス トークンを 1 つ含む読み取り可能なファイルを指定してください: gcloud auth print-access-token > FILE',
        },
      },
      { cause },
    );
  }
}

const NO_CREDENTIALS = {
  code: 'no-credentials',
  text: {
    en: 'There are no Google credentials here.',
    ja: 'Google の認証情報がありません。',
  },
  next: {
    en: 'Run: gcloud auth application-default login   (or set GOOGLE_APPLICATION_CREDENTIALS or CLOUDSDK_AUTH_ACCESS_TOKEN_FILE).',
    ja: '次を実行してください: gcloud auth application-default login（または GOOGLE_APPLICATION_CREDENTIALS か CLOUDSDK_AUTH_ACCESS_TOKEN_FILE を設定）。',
  },
} as const;
