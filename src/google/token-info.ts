/** Whose an access token is (https://developers.google.com/identity/protocols/oauth2/openid-connect, tokeninfo). */
import type { AuthClient } from 'google-auth-library';
import { z } from 'zod';
import type { ProxyEnvironment } from '../http/dispatcher.ts';
import type { Endpoints } from './endpoints.ts';

const TOKENINFO = 'https://oauth2.googleapis.com/tokeninfo';
const ANSWER_MS = 2_000;

const TokenInfo = z.object({ email: z.string().optional() });

/** Where tokens are looked up; undefined where tokens are not Google's own and must not be sent there. */
export function tokenInfoUrl(env: ProxyEnvironment, endpoints: Endpoints): string | undefined {
  if (env.GKE_AUTH_TOKENINFO_URL) return env.GKE_AUTH_TOKENINFO_URL;
  return endpoints.isOverridden('container') && !endpoints.isOverridden('oauth2') ? undefined : TOKENINFO;
}

/** Undefined where the token lacks the scope userinfo.email. @throws where Google doesn't tell */
export async function emailOfToken(
  auth: AuthClient,
  { env, endpoints }: { readonly env: ProxyEnvironment; readonly endpoints: Endpoints },
): Promise<string | undefined> {
  const url = tokenInfoUrl(env, endpoints);
  const { token } = await auth.getAccessToken();
  if (!url || !token) return undefined;
  // Without the auth client's own headers: the token is the question, not the credential.
  const { data } = await auth.transporter.request<unknown>({
    url,
    params: { access_token: token },
    timeout: ANSWER_MS,
  });
  return TokenInfo.parse(data).email;
}
