import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, at, type Client, start } from '../client.ts';
import { resourceWorld, tokens } from './world.ts';

const pool = 'projects/333333333333/locations/global/workloadIdentityPools/github';
const github = 'https://token.actions.githubusercontent.com';

let cloud: Client;
let deployer: string;
beforeAll(async () => {
  const { world, project } = resourceWorld();
  project.bind('roles/iam.workloadIdentityPoolViewer', 'user:reader@example.com');
  project.workloadIdentityPool('github', {
    providers: {
      actions: { attributeCondition: "assertion.repository_owner == 'acme'" },
      named: { allowedAudiences: ['https://example.com/audience'] },
      off: { disabled: true },
      gone: { state: 'DELETED' },
      mapped: {
        attributeMapping: {
          'google.subject': "assertion['sub'] + '::' + assertion.ref",
          'google.groups': 'assertion.teams',
          'attribute.owner': 'assertion.repository_owner',
        },
        attributeCondition: "attribute.owner == 'acme' && google.subject.startsWith('repo:')",
      },
    },
  });
  project.workloadIdentityPool('closed', { disabled: true, providers: { actions: {} } });
  deployer = project.serviceAccount('deployer');
  project.bindOn(
    deployer,
    'roles/iam.workloadIdentityUser',
    `principalSet://iam.googleapis.com/${pool}/attribute.repository/acme/web`,
  );
  project.bind(
    'roles/storage.objectViewer',
    `principal://iam.googleapis.com/${pool}/subject/repo:acme/web:ref:refs/heads/main`,
  );
  cloud = await start(world.world);
});
afterAll(() => cloud.close());

const claims = {
  iss: github,
  aud: `https://iam.googleapis.com/${pool}/providers/actions`,
  sub: 'repo:acme/web:ref:refs/heads/main',
  repository: 'acme/web',
  repository_owner: 'acme',
  ref: 'refs/heads/main',
  iat: 1_700_000_000,
  exp: 4_000_000_000,
};

function jwt(change: { [claim: string]: unknown } = {}): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', kid: '1' })}.${part({ ...claims, ...change })}.c2lnbmF0dXJl`;
}

const request = (change: { [claim: string]: unknown } = {}, provider = 'github/providers/actions') => ({
  grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
  audience: `//iam.googleapis.com/projects/333333333333/locations/global/workloadIdentityPools/${provider}`,
  scope: 'https://www.googleapis.com/auth/cloud-platform',
  requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
  subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
  subjectToken: jwt(change),
});

const exchange = (body: unknown): Promise<Answer> => cloud.call('', 'POST', 'v1/token', body);

describe('providers', () => {
  test('are shown with the number of their project, to who may look', async () => {
    const path = 'v1/projects/acme-1/locations/global/workloadIdentityPools/github/providers/actions';
    const { status, body } = await cloud.call(tokens.reader, 'GET', path);
    expect([status, body]).toEqual([
      200,
      {
        name: `${pool}/providers/actions`,
        displayName: 'actions',
        state: 'ACTIVE',
        attributeMapping: { 'google.subject': 'assertion.sub', 'attribute.repository': 'assertion.repository' },
        attributeCondition: "assertion.repository_owner == 'acme'",
        oidc: { issuerUri: github },
      },
    ]);
    expect((await cloud.call(tokens.nobody, 'GET', path)).status).toBe(403);
    expect((await cloud.call(tokens.reader, 'GET', `${path}x`)).status).toBe(404);
  });

  test('are listed, and so are pools', async () => {
    const pools = 'v1/projects/333333333333/locations/global/workloadIdentityPools';
    expect((await cloud.call(tokens.reader, 'GET', pools)).body.workloadIdentityPools).toHaveLength(2);
    const { body } = await cloud.call(tokens.reader, 'GET', `${pools}/github/providers`);
    expect(body.workloadIdentityPoolProviders).toHaveLength(5);
  });
});

test.each<[string, { [claim: string]: unknown }, string | undefined, string, RegExp]>([
  [
    'the condition',
    { repository_owner: 'evil' },
    undefined,
    'unauthorized_client',
    /^The given credential is rejected by the attribute condition\.$/,
  ],
  [
    'a condition on a claim that is not there',
    { repository_owner: undefined },
    undefined,
    'unauthorized_client',
    /attribute condition/,
  ],
  [
    'the audience',
    { aud: 'A' },
    undefined,
    'invalid_grant',
    /^The audience in ID Token \[A\] does not match the expected audience/,
  ],
  [
    'the default audience where others are named',
    { aud: `https://iam.googleapis.com/${pool}/providers/named` },
    'github/providers/named',
    'invalid_grant',
    /audience/,
  ],
  ['the issuer', { iss: 'https://gitlab.com' }, undefined, 'invalid_grant', /issuer in ID Token https:\/\/gitlab\.com/],
  ['its age', { exp: 1_600_000_000 }, undefined, 'invalid_grant', /is stale to sign-in/],
  [
    'a long subject',
    { sub: `repo:acme/${'x'.repeat(130)}` },
    undefined,
    'invalid_request',
    /google\.subject exceeds the 127 bytes limit/,
  ],
  ['no subject', { sub: undefined }, undefined, 'invalid_grant', /google\.subject/],
  [
    'a provider that is off',
    {},
    'github/providers/off',
    'invalid_target',
    /^The target service indicated by the "audience" parameters is invalid/,
  ],
  ['a deleted provider', {}, 'github/providers/gone', 'invalid_target', /audience/],
  ['a pool that is off', {}, 'closed/providers/actions', 'invalid_target', /audience/],
  ['a provider that never was', {}, 'github/providers/nope', 'invalid_target', /audience/],
  ['a pool that never was', {}, 'nope/providers/nope', 'invalid_target', /audience/],
])('an exchange is refused for %s', async (_, change, provider, error, description) => {
  const { status, body } = await exchange(request(change, provider));
  expect([status, body]).toEqual([400, { error, error_description: expect.stringMatching(description) }]);
});

test.each([
  ['another grant type', { ...request(), grantType: 'password' }, 'unsupported_grant_type'],
  ['a token that is no JWT', { ...request(), subjectToken: 'abc' }, 'invalid_request'],
])('%s is refused', async (_, body, error) => {
  expect((await exchange(body)).body.error).toBe(error);
});

test('the other audiences, and the mapping, hold too', async () => {
  const named = request({ aud: 'https://example.com/audience' }, 'github/providers/named');
  expect((await exchange(named)).status).toBe(200);
  const mapped = { aud: `//iam.googleapis.com/${pool}/providers/mapped`, teams: ['sre'] };
  const { body } = await exchange(request(mapped, 'github/providers/mapped'));
  const token = cloud.cloud.world.tokens[String(body.access_token)];
  expect(token?.email).toBe(
    `principal://iam.googleapis.com/${pool}/subject/repo:acme/web:ref:refs/heads/main::refs/heads/main`,
  );
  expect(token?.principalSets).toEqual([
    `principalSet://iam.googleapis.com/${pool}/*`,
    `principalSet://iam.googleapis.com/${pool}/group/sre`,
    `principalSet://iam.googleapis.com/${pool}/attribute.owner/acme`,
  ]);
});

describe('a federated token', () => {
  let token: string;
  beforeAll(async () => {
    const fields = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: request().audience,
      scope: request().scope,
      requested_token_type: request().requestedTokenType,
      subject_token_type: request().subjectTokenType,
      subject_token: jwt(),
    });
    const answer = await fetch(`${cloud.url}v1/token`, { method: 'POST', body: fields });
    const body = (await answer.json()) as { access_token: string };
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3_600 });
    token = body.access_token;
  });

  test('may what its subject may', async () => {
    expect((await cloud.call(token, 'GET', 'storage/v1/b/reports/o/daily%2F1.csv')).status).toBe(200);
    expect((await cloud.call(token, 'GET', 'storage/v1/b/reports')).status).toBe(403);
  });

  test('acts as the account whose policy names its repository, and as no other', async () => {
    const path = (email: string): string => `v1/projects/-/serviceAccounts/${email}:generateAccessToken`;
    expect((await cloud.call(token, 'POST', path(deployer), { scope: ['x'] })).status).toBe(200);
    const refused = await cloud.call(token, 'POST', path('app@acme-1.iam.gserviceaccount.com'), { scope: ['x'] });
    expect([refused.status, at(refused.body, 'error.details.0.metadata.permission')]).toEqual([
      403,
      'iam.serviceAccounts.getAccessToken',
    ]);
  });
});
