/** What a refusal of Google's means, and which command, if any, ends it (docs/domain/error-texts.md#googles-rest-apis). */
import { expect, test } from 'vitest';
import { asFact } from '../../../src/diagnosis/facts/read.ts';
import { GoogleApiError } from '../../../src/google/errors.ts';

const CALL = {
  source: 'container clusters.get',
  permission: 'container.clusters.get',
  resource: 'projects/p/locations/l/clusters/c',
  self: 'serviceAccount:bot@ops.iam.gserviceaccount.com',
};

const refused = (reason: string | undefined, metadata: Record<string, string> = {}, message = 'no') =>
  asFact(CALL, () =>
    Promise.reject(new GoogleApiError(message, { kind: 'http', service: 'container', status: 403, reason, metadata })),
  );

test('GKE names the permission in its message alone (docs/domain/error-texts.md#googles-rest-apis)', async () => {
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
  ['a number where a list should be', async () => JSON.parse('{"bindings":5}').bindings.map(String)],
  ['a number where a text should be', async () => JSON.parse('{"name":7}').name.split('/')],
  ['nothing where an object should be', async () => JSON.parse('{"role":null}').role.name],
])('%s is no answer, and no bug of ours', async (_, read) => {
  const call = { source: 'cloudresourcemanager projects.getIamPolicy', resource: 'projects/p', self: 'MEMBER' };
  expect(await asFact(call, read)).toMatchObject({ known: false, code: 'malformed' });
});
