/** Who we are to Google: token files, Application Default Credentials, impersonation; and what of it commands can name. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { healthyWorld, tokens } from '../../sandbox/scenarios/base.ts';
import { UserFacingError } from '../../src/contracts/user-facing-error.ts';
import { EndpointError, Endpoints } from '../../src/google/endpoints.ts';
import { createIdentity, type Identity } from '../../src/google/identity.ts';
import { createReads } from '../../src/google/reads.ts';
import { CLUSTER, Terminal } from '../scenarios/terminal.ts';

interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

let folder = '';
let server: Server;
let base = '';
let seen: Seen[] = [];
/** Answers by the beginning of the path; anything else gets a role. */
let answers: Record<string, { status?: number; body: object | string }> = {};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identity-'));
  seen = [];
  answers = {};
  server = createServer((request, response) => {
    const path = request.url ?? '';
    request.resume();
    seen.push({ path, headers: request.headers });
    const known = Object.entries(answers).find(([start]) => path.startsWith(start))?.[1];
    const body = known?.body ?? { includedPermissions: [] };
    response.writeHead(known?.status ?? 200, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** Everything that Google would be asked is asked of the server above. */
function environment(more: Record<string, string> = {}): Record<string, string> {
  const services = ['IAM', 'CONTAINER', 'OAUTH2', 'IAMCREDENTIALS'];
  return { ...Object.fromEntries(services.map(name => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, base])), ...more };
}

const open = (env: Record<string, string>, impersonate?: string) =>
  createIdentity({ env, endpoints: new Endpoints(env), impersonate });

const readRole = async (identity: Identity) =>
  (await createReads({ identity, expect: 'nothing' })).getRole('roles/viewer');

const sent = (start: string) => seen.filter(({ path }) => path.startsWith(start));

async function write(name: string, content: string | object): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('a token file: its token is sent, and a new one as soon as somebody asks again', async () => {
  const file = await write('token', 'first\n');
  const env = environment({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file });
  await readRole(await open(env, 'ignored@p.iam.gserviceaccount.com'));
  await write('token', 'second');
  await readRole(await open(env, 'ignored@p.iam.gserviceaccount.com'));
  expect(sent('/v1/roles').map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  expect(sent('/v1/projects')).toEqual([]);
});

test('a token file that changes while an identity is used is read again', async () => {
  const file = await write('token', 'first');
  const identity = await open(environment({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file }));
  await write('token', 'second');
  await vi.waitFor(
    async () => {
      await readRole(identity);
      expect(seen.at(-1)?.headers.authorization).toBe('Bearer second');
    },
    { timeout: 3_000, interval: 100 },
  );
});

test.each([
  ['is missing', undefined, 'token-file-missing'],
  ['is empty', '', 'token-malformed'],
  ['holds two lines', 'a\nb', 'token-malformed'],
  ['holds what would break a header', 'a\r\nX-Evil: 1', 'token-malformed'],
])('a token file that %s is said so, in both languages, and nothing is asked', async (_, content, code) => {
  const file = join(folder, 'token');
  if (content !== undefined) await writeFile(file, content);
  const error: unknown = await open(environment({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file })).catch(
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(UserFacingError);
  expect(error).toMatchObject({ code, text: { en: expect.stringContaining(file), ja: expect.stringContaining(file) } });
  expect(seen).toEqual([]);
});

const USER = { type: 'authorized_user', client_id: 'i', client_secret: 's', refresh_token: 'r' };

/** Application Default Credentials of a file are found by google-auth-library in the process's own environment. */
async function withDefaults(credentials: object): Promise<Record<string, string>> {
  const file = await write('adc.json', credentials);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);
  return environment({ GOOGLE_APPLICATION_CREDENTIALS: file });
}

test('a user’s credentials: the token comes by the endpoints that are configured, and the quota project is named', async () => {
  const env = await withDefaults({ ...USER, quota_project_id: 'quota-1' });
  answers['/token'] = { body: { access_token: 'ya29.user', expires_in: 3600, token_type: 'Bearer' } };
  await Promise.all([readRole(await open(env)), readRole(await open(env))]);
  expect(sent('/token')).toHaveLength(1);
  expect(sent('/v1/roles')).toHaveLength(2);
  for (const { headers } of sent('/v1/roles')) {
    expect(headers).toMatchObject({ authorization: 'Bearer ya29.user', 'x-goog-user-project': 'quota-1' });
  }
});

test('impersonation: the service account’s token is sent, and commands name the service account', async () => {
  const env = await withDefaults(USER);
  answers['/token'] = { body: { access_token: 'ya29.user', expires_in: 3600 } };
  const expireTime = new Date(Date.now() + 3_600_000).toISOString();
  answers['/v1/projects/-/serviceAccounts/'] = { body: { accessToken: 'ya29.bot', expireTime } };
  const email = 'bot@ops.iam.gserviceaccount.com';
  const identity = await open(env, email);
  await readRole(identity);
  expect(sent(`/v1/projects/-/serviceAccounts/${email}:generateAccessToken`)[0]?.headers.authorization).toBe(
    'Bearer ya29.user',
  );
  expect(sent('/v1/roles')[0]?.headers.authorization).toBe('Bearer ya29.bot');
  expect(await identity.member()).toBe(`serviceAccount:${email}`);
  expect(sent('/tokeninfo')).toEqual([]);
});

test('credentials that Google no longer takes are no refusal of the call, and no call is counted', async () => {
  const env = await withDefaults(USER);
  answers['/token'] = { status: 400, body: { error: 'invalid_grant', error_description: 'Token has been revoked.' } };
  const identity = await open(env);
  const reads = await createReads({ identity, expect: 'nothing' });
  await expect(reads.getRole('roles/viewer')).rejects.toMatchObject({ kind: 'credentials', service: 'iam' });
  expect(reads.calls()).toEqual({});
});

test('credentials that impersonate by themselves: calls go where the others go, and commands name the service account', async () => {
  const email = 'bot@ops.iam.gserviceaccount.com';
  const env = await withDefaults({
    type: 'impersonated_service_account',
    service_account_impersonation_url: `${base}v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
    source_credentials: USER,
  });
  const identity = await open(env);
  // As if it had been renewed: the library asks Google itself for the token of the credentials below.
  identity.auth.setCredentials({ access_token: 'ya29.bot', expiry_date: Date.now() + 3_600_000 });
  await readRole(identity);
  expect(sent('/v1/roles')[0]?.headers.authorization).toBe('Bearer ya29.bot');
  expect(await identity.member()).toBe(`serviceAccount:${email}`);
});

test('workload identity federation: a token that is a plain text, from a server that is not Google’s', async () => {
  answers['/subject'] = { body: 'a.plain.text' };
  const env = await withDefaults({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${base}v1/token`,
    credential_source: { url: `${base}subject` },
  });
  answers['/v1/token'] = {
    body: {
      access_token: 'ya29.federated',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3600,
    },
  };
  await readRole(await open(env));
  expect(sent('/v1/roles')[0]?.headers.authorization).toBe('Bearer ya29.federated');
});

test.each([
  ['alice@example.com', 'user:alice@example.com'],
  ['bot@ops.iam.gserviceaccount.com', 'serviceAccount:bot@ops.iam.gserviceaccount.com'],
  ['12-compute@developer.gserviceaccount.com', 'serviceAccount:12-compute@developer.gserviceaccount.com'],
  [undefined, undefined],
])('tokeninfo says whose a token is: %s', async (email, member) => {
  const file = await write('token', 'ya29.x');
  answers['/tokeninfo'] = { body: { scope: 's', expires_in: '10', ...(email ? { email } : {}) } };
  const env = environment({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file, GKE_AUTH_TOKENINFO_URL: `${base}tokeninfo` });
  const identity = await open(env);
  expect(await identity.member()).toBe(member);
  expect(await identity.member()).toBe(member);
  expect(sent('/tokeninfo').map(({ path }) => path)).toEqual(['/tokeninfo?access_token=ya29.x']);
});

test('a tokeninfo that fails leaves it unknown', async () => {
  const file = await write('token', 'ya29.x');
  answers['/tokeninfo'] = { status: 400, body: { error: 'invalid_token' } };
  const env = environment({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file, GKE_AUTH_TOKENINFO_URL: `${base}tokeninfo` });
  expect(await (await open(env)).member()).toBeUndefined();
});

test('a token for another server than Google’s is shown to nobody else', async () => {
  const file = await write('token', 'ya29.x');
  const env = environment({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file });
  delete env.CLOUDSDK_API_ENDPOINT_OVERRIDES_OAUTH2;
  expect(await (await open(env)).member()).toBeUndefined();
  expect(seen).toEqual([]);
});

test('an override that is no URL is said so, in both languages', () => {
  const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: 'ftp://x' };
  expect(() => new Endpoints(env)).toThrow(EndpointError);
  try {
    new Endpoints(env);
  } catch (error) {
    expect(error).toMatchObject({
      code: 'endpoint-invalid',
      text: { en: expect.stringContaining('ftp://x'), ja: expect.stringContaining('ftp://x') },
    });
  }
});

test.each([
  ['https://iam.googleapis.com/v1/roles/viewer', 'http://127.0.0.1:8000/prefix/v1/roles/viewer'],
  ['https://iam.googleapis.com:443/v1/x?a=b', 'http://127.0.0.1:8000/prefix/v1/x?a=b'],
  ['https://container.googleapis.com/v1/x', 'https://container.googleapis.com/v1/x'],
  ['https://iam.googleapis.com.evil.example/v1/x', 'https://iam.googleapis.com.evil.example/v1/x'],
  ['http://169.254.169.254/computeMetadata', 'http://169.254.169.254/computeMetadata'],
])('%s is called at %s', (original, called) => {
  const endpoints = new Endpoints({ CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: 'http://127.0.0.1:8000/prefix' });
  expect(endpoints.resolve(original).href).toBe(called);
});

test('a refused read names the command that ends it, with our own account in it', async () => {
  const terminal = await Terminal.start(healthyWorld().world.world);
  try {
    await terminal.become(tokens.requester);
    const report = await terminal.diagnose(CLUSTER, '--only', 'node-sa-permissions');
    expect(report.findings.map(({ status }) => status)).toContain('unknown');
    const email = terminal.google.cloud.world.tokens[tokens.requester]?.email;
    expect(JSON.stringify(report)).toContain(`--member=user:${email} `);
    expect(JSON.stringify(report)).not.toContain('--member=MEMBER');
  } finally {
    await terminal.close();
  }
});
