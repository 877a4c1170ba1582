/**
 * Who we are to Google. In this order: a token file (gcloud's `auth/access_token_file`), which wins over all else and means
 * no impersonation; else Application Default Credentials, impersonating a service account where one is configured.
 */
import { readFile, stat } from 'node:fs/promises';
import type { Text } from '../contracts/text.ts';
import { UserFacingError } from '../contracts/user-facing-error.ts';
import type { Endpoints } from './endpoints.ts';
import type { Identity } from './transport.ts';

/** ms for which a token is not read from its file again; a diagnosis asks for it dozens of times. */
const TOKEN_KEPT_MS = 1_000;
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** The credentials can't be used at all: nothing was asked of Google. */
export class CredentialsError extends UserFacingError {
  constructor(
    code: 'token-file-missing' | 'token-malformed' | 'no-credentials',
    text: Text,
    next: Text,
    cause?: unknown,
  ) {
    super({ code, text, next }, { cause });
  }
}

export interface IdentityOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly endpoints: Endpoints;
  /** Service account to impersonate; ignored with a token file. */
  readonly impersonate?: string;
}

/**
 * Identities outlive a diagnosis: each would ask for access tokens of its own, one call after the other, before the first
 * read. They renew their tokens themselves. `written`: when the token file was, in ms.
 */
const identities = new Map<string, { readonly identity: Promise<Identity>; readonly written: number | undefined }>();

/** The same one for the same credentials. @throws {CredentialsError} where there are no usable ones. */
export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { env, endpoints, impersonate } = options;
  const file = env.CLOUDSDK_AUTH_ACCESS_TOKEN_FILE;
  const credentials = [file, env.GOOGLE_APPLICATION_CREDENTIALS, impersonate, endpoints.base('iamcredentials')];
  const key = JSON.stringify(credentials);
  const written = file ? (await stat(file).catch(() => undefined))?.mtimeMs : undefined;
  const kept = identities.get(key);
  const identity =
    kept && kept.written === written ? kept.identity : file ? Promise.resolve(tokenFile(file)) : fromDefaults(options);
  identities.set(key, { identity, written });
  try {
    const usable = await identity;
    if (file) await usable.getRequestHeaders();
    return usable;
  } catch (error) {
    identities.delete(key);
    throw error;
  }
}

/** A failure is not kept: whoever wrote the file may mend it. */
function tokenFile(file: string): Identity {
  let at = Number.NEGATIVE_INFINITY;
  let token: Promise<string> | undefined;
  return {
    async getRequestHeaders() {
      if (!token || performance.now() - at > TOKEN_KEPT_MS) {
        at = performance.now();
        token = readToken(file);
        token.catch(() => {
          token = undefined;
        });
      }
      return new Headers({ authorization: `Bearer ${await token}` });
    },
  };
}

async function fromDefaults({ endpoints, impersonate }: IdentityOptions): Promise<Identity> {
  const { GoogleAuth, Impersonated } = await import('google-auth-library');
  const source = await new GoogleAuth({ scopes: SCOPE }).getClient().catch(cause => {
    throw new CredentialsError(
      'no-credentials',
      {
        en: 'There are no Google credentials here.',
        ja: 'Google の認証情報がありません。',
      },
      {
        en: 'Run: gcloud auth application-default login   (or set GOOGLE_APPLICATION_CREDENTIALS or CLOUDSDK_AUTH_ACCESS_TOKEN_FILE).',
        ja: '次を実行してください: gcloud auth application-default login（または GOOGLE_APPLICATION_CREDENTIALS か CLOUDSDK_AUTH_ACCESS_TOKEN_FILE を設定）。',
      },
      cause,
    );
  });
  if (!impersonate) return source;
  return new Impersonated({
    sourceClient: source,
    targetPrincipal: impersonate,
    targetScopes: [SCOPE],
    lifetime: 3600,
    endpoint: endpoints.base('iamcredentials'),
  });
}

async function readToken(file: string): Promise<string> {
  const content = await readFile(file, 'utf8').catch(cause => {
    throw new CredentialsError(
      'token-file-missing',
      {
        en: `The token file ${file} can't be read.`,
        ja: `トークン ファイル ${file} を読み取れません。`,
      },
      {
        en: 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE must name a readable file that holds one access token: gcloud auth print-access-token > FILE',
        ja: 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE には、アクセス トークンを 1 つ含む読み取り可能なファイルを指定してください: gcloud auth print-access-token > FILE',
      },
      cause,
    );
  });
  const token = content.trim();
  // RFC 6750, section 2.1: b64token. Anything else would break the header, or is not a token.
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
    throw new CredentialsError(
      'token-malformed',
      {
        en: `The token file ${file} holds no access token.`,
        ja: `トークン ファイル ${file} にアクセス トークンがありません。`,
      },
      {
        en: 'It must hold one line with the token and nothing else: gcloud auth print-access-token > FILE',
        ja: 'トークンだけを 1 行で書いてください: gcloud auth print-access-token > FILE',
      },
    );
  }
  return token;
}
