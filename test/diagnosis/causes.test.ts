/** What could not be read, each cause once however many facts, findings and checks it blocks (docs/domain/README.md#facts). */
import { describe, expect, test } from 'vitest';
import type { CheckId, Finding } from '../../src/contracts/report.ts';
import { causeId, causesOf, type Judged } from '../../src/diagnosis/causes.ts';
import { type Unknown, type UnknownCode, unknown } from '../../src/diagnosis/facts/fact.ts';

const command = (role: string) =>
  `gcloud projects add-iam-policy-binding p --member=serviceAccount:d@p.iam.gserviceaccount.com --role=${role} --condition=None`;

function denied(permission: string, resource: string, role = 'roles/iam.securityReviewer'): Unknown {
  const reason = { en: `no ${permission} on ${resource}`, ja: `${resource} に ${permission} なし` };
  return unknown({ code: 'denied', source: 'iam get', resource, permission, reason, command: command(role) });
}

function failed(code: UnknownCode, source: string, resource?: string): Unknown {
  const reason = { en: `${source} is ${code}`, ja: `${source} は ${code} です` };
  return unknown({ code, source, reason, ...(resource ? { resource } : {}) });
}

function judged(check: CheckId, ...unread: Unknown[]): Judged {
  const finding: Finding = {
    check,
    subject: 'projects/p',
    status: 'unknown',
    title: 't',
    detail: 'd',
    evidence: [],
    remedies: [],
    docs: 'https://cloud.google.com',
  };
  return { finding, unread };
}

const POLICY = denied('resourcemanager.projects.getIamPolicy', 'projects/p');
const account = (name: string) =>
  denied('iam.serviceAccounts.get', `projects/p/serviceAccounts/${name}@p.iam.gserviceaccount.com`);

describe('two facts have one cause', () => {
  test.each<[string, Unknown, Unknown, boolean]>([
    ['the same permission on the same project', POLICY, { ...POLICY }, true],
    ['one permission, on two accounts of a project', account('a'), account('b'), true],
    ['another permission, one command', POLICY, account('a'), false],
    ['the same permission on another folder', denied('x.y.z', 'folders/1'), denied('x.y.z', 'folders/2'), false],
    [
      'an API server that does not answer, for two reads',
      failed('timeout', 'kubernetes pods.list', 'projects/p/locations/l/clusters/c'),
      failed('timeout', 'kubernetes nodes.list', 'projects/p/locations/l/clusters/c'),
      true,
    ],
    [
      'another cluster’s',
      failed('timeout', 'kubernetes pods.list', 'projects/p/locations/l/clusters/c'),
      failed('timeout', 'kubernetes pods.list', 'projects/p/locations/l/clusters/d'),
      false,
    ],
    [
      'a failing API, for two resources',
      failed('server-error', 'iam serviceAccounts.get', 'projects/p'),
      failed('server-error', 'iam roles.get', 'projects/q'),
      true,
    ],
    [
      'another reason',
      failed('timeout', 'iam roles.get', 'projects/p'),
      failed('server-error', 'iam roles.get', 'projects/p'),
      false,
    ],
    ['another API', failed('timeout', 'iam roles.get'), failed('timeout', 'recommender list'), false],
  ])('%s: %s', (_, one, other, same) => {
    expect(causeId(one) === causeId(other)).toBe(same);
  });
});

test('each cause lists its checks once, in the order of reports, with its command', () => {
  const causes = causesOf(
    [
      judged('node-sa-state', account('a')),
      judged('node-sa-state', account('b')),
      judged('node-sa-permissions', POLICY, account('a')),
      judged('agent-gke-service-agent', POLICY),
      judged('wi-metadata-dns', failed('timeout', 'logging entries.list')),
    ],
    'en',
  );
  expect(causes).toEqual([
    {
      id: 'denied iam.serviceAccounts.get projects/p',
      code: 'denied',
      reason: 'gke-auth’s own identity lacks iam.serviceAccounts.get on projects/p.',
      permission: 'iam.serviceAccounts.get',
      resource: 'projects/p',
      command: command('roles/iam.securityReviewer'),
      checks: ['node-sa-permissions', 'node-sa-state'],
    },
    {
      id: 'denied resourcemanager.projects.getIamPolicy projects/p',
      code: 'denied',
      reason: 'gke-auth’s own identity lacks resourcemanager.projects.getIamPolicy on projects/p.',
      permission: 'resourcemanager.projects.getIamPolicy',
      resource: 'projects/p',
      command: command('roles/iam.securityReviewer'),
      checks: ['agent-gke-service-agent', 'node-sa-permissions'],
    },
    {
      id: 'timeout logging',
      code: 'timeout',
      reason: 'logging entries.list is timeout',
      checks: ['wi-metadata-dns'],
    },
  ]);
});

test('nothing unread is no cause, and a cause of one thing names it', () => {
  expect(causesOf([judged('node-sa-state')], 'en')).toEqual([]);
  const [one] = causesOf([judged('node-sa-state', account('a'))], 'ja');
  expect(one?.resource).toBe('projects/p/serviceAccounts/a@p.iam.gserviceaccount.com');
  expect(one?.reason).toContain('gke-auth 自身の ID');
});

test('what is in two projects has no resource in common', () => {
  const here = denied('iam.serviceAccounts.get', 'projects/p/serviceAccounts/a');
  const there = { ...denied('iam.serviceAccounts.get', 'projects/q/serviceAccounts/b') };
  expect(causesOf([judged('node-sa-state', here, there)], 'en').map(({ resource }) => resource)).toEqual([
    'projects/p/serviceAccounts/a',
    'projects/q/serviceAccounts/b',
  ]);
});
