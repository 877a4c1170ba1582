import { GoogleError, invalid, PlainError } from '../errors.ts';
import { serviceAccountResource } from '../iam/evaluate.ts';
import { type Call, param, type Route } from '../route.ts';
import { asString, asStrings, findServiceAccount, type JsonObject, nextSerial } from '../world.ts';
import { denied } from './iam.ts';

const maxLifetimeSeconds = 3_600;

/** Impersonation: creates a short-lived token of a service account. */
function generateAccessToken(call: Call): JsonObject {
  const email = param(call, 'account');
  const permission = 'iam.serviceAccounts.getAccessToken';
  const found = findServiceAccount(call.world, email);
  if (!found || found.account.deleteTime) {
    throw new GoogleError('NOT_FOUND', `Not found; Gaia id not found for email ${email}`);
  }
  if (!call.may(permission, serviceAccountResource(call.world, email))) throw denied(permission);
  if (found.account.disabled) {
    throw new GoogleError('FAILED_PRECONDITION', `Service account ${email} is disabled.`);
  }
  const scopes = asStrings(call.body.scope);
  if (scopes.length === 0) throw invalid('Request must have at least one scope.');
  const lifetime = Number(/^(\d+)s$/.exec(asString(call.body.lifetime))?.[1] ?? maxLifetimeSeconds);
  if (lifetime > maxLifetimeSeconds) throw invalid(`Lifetime must be at most ${maxLifetimeSeconds}s.`);
  const accessToken = `ya29.c.sandbox-impersonated-${nextSerial(call.world)}`;
  const expiresAt = call.clock.now() + lifetime * 1_000;
  call.world.tokens[accessToken] = { email: found.account.email, expiresAt, scopes };
  return { accessToken, expireTime: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z') };
}

/** The token information of oauth2.googleapis.com. */
function tokenInfo(call: Call): JsonObject {
  const token = call.query.get('access_token') ?? '';
  const known = Object.hasOwn(call.world.tokens, token) ? call.world.tokens[token] : undefined;
  const left = known ? Math.floor((known.expiresAt - call.clock.now()) / 1_000) : 0;
  if (!known || left <= 0) {
    throw new PlainError(400, { error: 'invalid_token', error_description: 'Invalid Value' });
  }
  const client = '32555940559.apps.googleusercontent.com';
  const withEmail = known.scopes.some(scope => scope.endsWith('/userinfo.email') || scope === 'email');
  return {
    azp: client,
    aud: client,
    sub: findServiceAccount(call.world, known.email)?.account.uniqueId ?? '104567890123456789012',
    scope: known.scopes.join(' '),
    exp: String(Math.floor(known.expiresAt / 1_000)),
    expires_in: String(left),
    ...(withEmail && { email: known.email, email_verified: 'true' }),
    access_type: 'online',
  };
}

export const credentialRoutes: Route[] = [
  {
    service: 'iamcredentials.googleapis.com',
    id: 'projects.serviceAccounts.generateAccessToken',
    method: 'POST',
    path: '/v1/projects/{project}/serviceAccounts/{account}:generateAccessToken',
    handle: generateAccessToken,
  },
  ...(['GET', 'POST'] as const).map(
    (method): Route => ({
      service: 'oauth2.googleapis.com',
      id: 'tokeninfo',
      method,
      path: '/tokeninfo',
      open: true,
      handle: tokenInfo,
    }),
  ),
];
