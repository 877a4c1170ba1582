/** What a refusal of Google's means, and which command, if any, ends it (docs/domain/error-texts.md#googles-rest-apis). */
import { expect, test } from 'vitest';
import { type Cause, PLACEHOLDER } from '../../../src/diagnosis/facts/fact.ts';
import { asFact, type Call } from '../../../src/diagnosis/facts/read.ts';
import { GoogleApiError, type GoogleErrorKind } from '../../../src/google/errors.ts';

const CALL = {
  source: 'container clusters.get',
  permission: 'container.clusters.get',
  resource: 'projects/p/locations/l/clusters/c',
  self: async () => 'serviceAccount:bot@ops.iam.gserviceaccount.com',
};

const refused = (reason: string | undefined, metadata: Record<string, string> = {}, message = 'no') =>
  asFact(CALL, () =>
    Promise.reject(new GoogleApiError(message, { kind: 'http', service: 'container', status: 403, reason, metadata })),
  );

test('GKE names the permission in its message alone', async () => {
  const fact = await refused(
    'IAM_PERMISSION_DENIED',
    {},
    'Required "container.clusters.list" permission(s) for "projects/p".',
  );
  expect(fact).toMatchObject({ known: false, code: 'denied', permission: 'container.clusters.list' });
});

test.each<[string, string | undefined, Record<string, string>, string, string | undefined, RegExp | undefined]>([
  ['without details', undefined, {}, 'denied', 'container.clusters.get', /roles\/container\.viewer/],
  [
    'IAM says which permission',
    'IAM_PERMISSION_DENIED',
    { permission: 'container.clusters.list' },
    'denied',
    'container.clusters.list',
    /add-iam-policy-binding p /,
  ],
  [
    'the API is off',
    'SERVICE_DISABLED',
    { service: 'container.googleapis.com', consumer: 'projects/12' },
    'api-disabled',
    undefined,
    /services enable container\.googleapis\.com --project=12/,
  ],
  [
    'the project that pays may not be used',
    'USER_PROJECT_DENIED',
    { consumer: 'projects/quota-1', service: 'container.googleapis.com' },
    'denied',
    'serviceusage.services.use',
    /add-iam-policy-binding quota-1 .*roles\/serviceusage\.serviceUsageConsumer/,
  ],
  ['its billing is off', 'BILLING_DISABLED', { consumer: 'projects/12' }, 'denied', undefined, undefined],
  ['a service perimeter', 'SECURITY_POLICY_VIOLATED', {}, 'denied', undefined, undefined],
  ['credentials without the scope', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', {}, 'denied', undefined, undefined],
])('403, %s', async (_, reason, metadata, code, permission, command) => {
  const fact = await refused(reason, metadata, 'Google says why.');
  expect(fact).toMatchObject({ known: false, code });
  if (fact.known) return;
  expect(fact.permission).toBe(permission);
  if (command) expect(fact.command).toMatch(command);
  else {
    expect(fact.command).toBeUndefined();
    expect(fact.reason.en).toContain('Google says why.');
  }
});

test.each<[string, string | undefined, Record<string, string>, string | undefined]>([
  ['nothing said', undefined, {}, undefined],
  ['a permission named', 'IAM_PERMISSION_DENIED', { permission: 'iam.roles.get' }, undefined],
  ['a project that pays, unnamed', 'USER_PROJECT_DENIED', {}, undefined],
  [
    'a project that pays',
    'USER_PROJECT_DENIED',
    { consumer: 'projects/quota-1' },
    'gcloud projects add-iam-policy-binding quota-1',
  ],
  [
    'the API is off',
    'SERVICE_DISABLED',
    { service: 'iam.googleapis.com', consumer: 'projects/12' },
    'gcloud services enable iam.googleapis.com --project=12',
  ],
  ['the API is off, somewhere', 'SERVICE_DISABLED', {}, 'gcloud services enable iam.googleapis.com --project=PROJECT'],
])('a predefined role is refused, %s: the role is never taken for a project', async (_, reason, metadata, command) => {
  const init = { kind: 'http', service: 'iam', status: 403, reason, metadata } as const;
  const name = 'roles/logging.logWriter';
  const call = { ...CALL, source: `iam roles.get ${name}`, permission: 'iam.roles.get', resource: name };
  const fact = await asFact(call, () => Promise.reject(new GoogleApiError('Google says why.', init)));
  if (fact.known) throw new Error('it was refused');
  if (command) expect(fact.command).toContain(command);
  else {
    expect(fact.command).toBeUndefined();
    expect(fact.permission).toBeUndefined();
    expect(fact.reason.en).toMatch(
      /roles\/logging\.logWriter.* project that my calls are counted for.*Google says why\./,
    );
    expect(fact.reason.ja).toContain('Google says why.');
  }
});

test.each([
  ['a list of what is no object', async () => JSON.parse('{"bindings":5}').bindings.map(String)],
  ['nothing where an object should be', async () => JSON.parse('{"role":null}').role.name],
])('what our own code trips over (%s) is a bug, and no unknown fact', async (_, read) => {
  await expect(asFact(CALL, read)).rejects.toThrow(TypeError);
});

const failed = (kind: GoogleErrorKind, status?: number, message = 'no') =>
  new GoogleApiError(message, { kind, service: 'container', status });

test.each<[string, GoogleApiError, Partial<Call>, Cause]>([
  [
    'a missing permission, with the command that names our own account',
    failed('http', 403),
    {},
    {
      reason: 'denied',
      call: 'container',
      resource: CALL.resource,
      permission: 'container.clusters.get',
      command:
        'gcloud projects add-iam-policy-binding p --member=serviceAccount:bot@ops.iam.gserviceaccount.com --role=roles/container.viewer --condition=None',
    },
  ],
  [
    'a missing permission, by somebody whose email nobody knows',
    failed('http', 403),
    { self: async () => PLACEHOLDER },
    {
      reason: 'denied',
      call: 'container',
      resource: CALL.resource,
      permission: 'container.clusters.get',
      command:
        'gcloud projects add-iam-policy-binding p --member=MEMBER --role=roles/container.viewer --condition=None',
      placeholder: 'MEMBER',
    },
  ],
  [
    'an API that is down, whatever it was asked for',
    failed('http', 503),
    {},
    { reason: 'server-error', call: 'container' },
  ],
  ['an API that nobody reaches', failed('unreachable'), {}, { reason: 'unreachable', call: 'container' }],
  ['a quota that is used up', failed('http', 429), {}, { reason: 'rate-limited', call: 'container' }],
  [
    'one answer that can’t be read, with the call that it answered',
    failed('malformed'),
    {},
    { reason: 'malformed', call: 'container clusters.get', resource: CALL.resource },
  ],
  [
    'one thing that is not there',
    failed('http', 404),
    {},
    { reason: 'absent', call: 'container clusters.get', resource: CALL.resource },
  ],
])('the cause as data: %s', async (_, error, more, cause) => {
  const fact = await asFact({ ...CALL, ...more }, () => Promise.reject(error));
  expect(fact).toMatchObject({ known: false });
  expect(fact.known ? undefined : fact.cause).toEqual(cause);
});

test('two calls that one permission would allow have one cause; another project’s has another', async () => {
  const causeOf = async (source: string, resource: string) => {
    const call = { ...CALL, source, resource, permission: 'resourcemanager.projects.get' };
    const fact = await asFact(call, () => Promise.reject(failed('http', 403)));
    return fact.known ? undefined : fact.cause;
  };
  const project = await causeOf('cloudresourcemanager projects.get', 'projects/p');
  expect(await causeOf('cloudresourcemanager projects.getAncestry', 'projects/p')).toEqual(project);
  expect(await causeOf('cloudresourcemanager projects.get', 'projects/q')).not.toEqual(project);
});

test('roles of an API that is disabled share the cause: the project that the calls are counted for', async () => {
  const metadata = { service: 'iam.googleapis.com', consumer: 'projects/12' };
  const init = { kind: 'http', service: 'iam', status: 403, reason: 'SERVICE_DISABLED', metadata } as const;
  const causes = await Promise.all(
    ['roles/a', 'roles/b'].map(async role => {
      const call = { ...CALL, source: `iam roles.get ${role}`, resource: role };
      const fact = await asFact(call, () => Promise.reject(new GoogleApiError('off', init)));
      return fact.known ? undefined : fact.cause;
    }),
  );
  const command = 'gcloud services enable iam.googleapis.com --project=12';
  const cause = { reason: 'api-disabled', call: 'iam', resource: 'projects/12', command };
  expect(causes).toEqual([cause, cause]);
});
