import { PlainError } from '../../errors.ts';
import { evaluateCondition, mapped } from '../../iam/condition.ts';
import { findResource, type Held } from '../../iam/resources.ts';
import type { Call, Route } from '../../route.ts';
import { asObject, asString, asStrings, type JsonObject, nextSerial } from '../../world.ts';

const lifetimeSeconds = 3_600;
const maxSubjectBytes = 127;

/** OAuth's form of an error (RFC 6749, 5.2), which the Security Token Service sends. */
function refused(error: string, description: string): PlainError {
  return new PlainError(400, { error, error_description: description });
}

/** A field of the request, in a form (RFC 8693) or in JSON. */
function field(call: Call, formName: string, jsonName: string): string {
  return asString(call.body[formName]) || asString(call.body[jsonName]);
}

/** The provider of the audience; provider and pool must exist and be enabled. */
function providerOf(call: Call, audience: string): Held {
  const form =
    /^\/\/iam\.googleapis\.com\/projects\/[^/]+\/locations\/global\/workloadIdentityPools\/[^/]+\/providers\/[^/]+$/;
  const provider = form.test(audience) ? findResource(call.world, audience) : undefined;
  const pool = provider && findResource(call.world, provider.name.replace(/\/providers\/.*/, ''));
  const off = [provider, pool].some(
    held => !held || held.entry.resource.disabled || held.entry.resource.state === 'DELETED',
  );
  if (!provider || off) {
    throw refused(
      'invalid_target',
      'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or ' +
        "provider is disabled or deleted or because it doesn't exist.",
    );
  }
  return provider;
}

/** The claims of a JSON Web Token. Its signature is not verified: no issuer is simulated. */
function claimsOf(token: string): JsonObject {
  try {
    return asObject(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));
  } catch {
    throw refused('invalid_request', 'Unable to parse the ID Token.');
  }
}

/** Checks issuer, audience and expiry (IAM, "Troubleshoot Workload Identity Federation"). */
function checkClaims(call: Call, claims: JsonObject, provider: Held, resourceName: string): void {
  const oidc = asObject(provider.entry.resource.oidc);
  if (claims.iss !== oidc.issuerUri) {
    throw refused(
      'invalid_grant',
      `The issuer in ID Token ${asString(claims.iss)} does not match the expected ones: ${asString(oidc.issuerUri)}`,
    );
  }
  const allowed = asStrings(oidc.allowedAudiences);
  const expected =
    allowed.length > 0
      ? allowed
      : [`https://iam.googleapis.com/${resourceName}`, `//iam.googleapis.com/${resourceName}`];
  const audiences = Array.isArray(claims.aud) ? asStrings(claims.aud) : [asString(claims.aud)];
  if (!audiences.some(audience => expected.includes(audience))) {
    throw refused(
      'invalid_grant',
      `The audience in ID Token [${audiences.join(', ')}] does not match the expected audience.`,
    );
  }
  if (typeof claims.exp === 'number' && claims.exp * 1_000 <= call.clock.now()) {
    throw refused('invalid_grant', `ID Token issued at ${Number(claims.iat ?? 0)} is stale to sign-in.`);
  }
}

/** `principal://…` of the mapped subject, and the sets of its attributes. */
function identityOf(provider: Held, claims: JsonObject, pool: string): { principal: string; principalSets: string[] } {
  const mapping = Object.entries(asObject(provider.entry.resource.attributeMapping));
  const values = mapping.map(([name, expression]): [string, string[]] => [
    name,
    mapped(asString(expression), { assertion: claims }),
  ]);
  const subject = values.find(([name]) => name === 'google.subject')?.[1][0];
  if (subject === undefined) {
    throw refused('invalid_grant', 'Could not obtain a value for google.subject from the given credential.');
  }
  if (Buffer.byteLength(subject) > maxSubjectBytes) {
    throw refused(
      'invalid_request',
      'The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute mapping or ' +
        'the incoming assertion to produce a mapped attribute that is less than 127 bytes.',
    );
  }
  const texts = (prefix: string): JsonObject =>
    Object.fromEntries(
      values.flatMap(([name, [value]]) =>
        name.startsWith(prefix) && value ? [[name.slice(prefix.length), value]] : [],
      ),
    );
  const condition = asString(provider.entry.resource.attributeCondition);
  const seen = { assertion: claims, google: texts('google.'), attribute: texts('attribute.') };
  if (condition && evaluateCondition(condition, { time: 0, claims: seen }) !== true) {
    throw refused('unauthorized_client', 'The given credential is rejected by the attribute condition.');
  }
  const attributes = values.flatMap(([name, found]) => {
    const kind = name === 'google.groups' ? 'group' : name.startsWith('attribute.') ? name : undefined;
    return kind ? found.map(value => `principalSet://iam.googleapis.com/${pool}/${kind}/${value}`) : [];
  });
  return {
    principal: `principal://iam.googleapis.com/${pool}/subject/${subject}`,
    principalSets: [`principalSet://iam.googleapis.com/${pool}/*`, ...attributes],
  };
}

/** Exchanges a token of an outside issuer for Google's. */
function exchange(call: Call): JsonObject {
  const grantType = field(call, 'grant_type', 'grantType');
  if (grantType !== 'urn:ietf:params:oauth:grant-type:token-exchange') {
    throw refused('unsupported_grant_type', `Invalid value for "grant_type": ${grantType}`);
  }
  const provider = providerOf(call, field(call, 'audience', 'audience'));
  const claims = claimsOf(field(call, 'subject_token', 'subjectToken'));
  const resourceName = asString(provider.entry.resource.name);
  checkClaims(call, claims, provider, resourceName);
  const { principal, principalSets } = identityOf(provider, claims, resourceName.replace(/\/providers\/.*/, ''));
  const token = `ya29.d.sandbox-federated-${nextSerial(call.world)}`;
  call.world.tokens[token] = {
    email: principal,
    principalSets,
    expiresAt: call.clock.now() + lifetimeSeconds * 1_000,
    scopes: field(call, 'scope', 'scope').split(' '),
  };
  return {
    access_token: token,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
  };
}

export const tokenExchangeRoutes: Route[] = [
  { service: 'sts.googleapis.com', id: 'token', method: 'POST', path: '/v1/token', open: true, handle: exchange },
];
