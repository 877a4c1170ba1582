/** What a finding rests on names the call that told it, sentence by sentence; and no grant is offered that would change nothing. */
import { describe, expect, test } from 'vitest';
import { remediesOf } from '../../../src/diagnosis/checks/denial.ts';
import { evidenceOf, isOfferHarmless, toLetUs } from '../../../src/diagnosis/checks/evidence.ts';
import type { Answer, Doubt, Proof } from '../../../src/diagnosis/iam/model.ts';
import { unknown } from './facts.ts';

const DENY = 'policies/cloudresourcemanager.googleapis.com%2Fprojects%2F1/denypolicies/guard';
const proof: Proof = { level: 'folders/7', role: 'roles/x', member: 'user:a@example.com' };
const conditional: Proof = { ...proof, condition: { expression: 'x' } };
const FOLDER = 'cloudresourcemanager folders.getIamPolicy';
const PROJECT = 'cloudresourcemanager projects.getIamPolicy';
const DENIES = 'iam denypolicies.list';
const ACCOUNT = 'iam serviceAccounts.get';
const TROUBLESHOOTER = 'policytroubleshooter iam.troubleshoot';

describe('the source of each sentence', () => {
  test.each<[string, Answer, string[]]>([
    ['granted', { state: 'granted', proof }, [FOLDER]],
    ['granted, deny policies unread', { state: 'granted', proof, denyUnread: true }, [FOLDER, DENIES]],
    ['granted, boundaries unread', { state: 'granted', proof, boundariesUnread: true }, [FOLDER, TROUBLESHOOTER]],
    ['outside a boundary', { state: 'missing', because: { kind: 'boundary', policies: [] } }, [TROUBLESHOOTER]],
    ['granted by Troubleshooter', { state: 'granted', proof: { ...proof, role: '' } }, [TROUBLESHOOTER]],
    ['conditional', { state: 'conditional', proof: conditional }, [FOLDER, FOLDER]],
    ['conditional by a deny policy', { state: 'conditional', proof, deny: DENY }, [FOLDER, DENIES]],
    ['no binding', { state: 'missing', because: { kind: 'no-binding' } }, [PROJECT]],
    ['denied', { state: 'missing', because: { kind: 'denied', policy: DENY, level: 'projects/p' } }, [DENIES]],
    ['expired', { state: 'missing', because: { kind: 'expired', proof: conditional } }, [FOLDER]],
    ['disabled', { state: 'missing', because: { kind: 'principal-disabled' } }, [ACCOUNT]],
    ['deleted', { state: 'missing', because: { kind: 'principal-deleted' } }, [ACCOUNT]],
    ['missing by Troubleshooter', { state: 'missing', because: { kind: 'troubleshooter' } }, [TROUBLESHOOTER]],
    [
      'every doubt its own',
      {
        state: 'unknown',
        doubts: [
          { kind: 'policy', level: 'organizations/77', fact: unknown('denied', { source: 'the policy' }) },
          { kind: 'role', level: 'projects/p', role: 'roles/y', fact: unknown('denied', { source: 'the role' }) },
          { kind: 'role', level: 'projects/p', role: 'roles/z' },
          { kind: 'ancestors', fact: unknown('denied', { source: 'the ancestry' }) },
          { kind: 'group', level: 'folders/7', role: 'roles/x', member: 'group:g@example.com' },
          { kind: 'deny', level: 'projects/p', policy: DENY },
          { kind: 'troubleshooter', fact: unknown('api-disabled', { source: TROUBLESHOOTER }) },
        ],
      },
      ['the policy', 'the role', 'iam roles.get roles/z', 'the ancestry', FOLDER, DENIES, TROUBLESHOOTER],
    ],
  ])('%s', (_, answer, sources) => {
    expect(evidenceOf([answer], 'projects/p').map(({ source }) => source)).toEqual(sources);
  });

  test('a service account’s policy is named as where it is read', () => {
    const resource = 'projects/p/serviceAccounts/e@p.iam.gserviceaccount.com';
    const [line] = evidenceOf([{ state: 'missing', because: { kind: 'no-binding' } }], resource);
    expect(line?.source).toBe('iam serviceAccounts.getIamPolicy');
  });
});

describe('a grant is offered where it helps and widens nothing', () => {
  const grant = { kind: 'grant-project-role', params: {} } as const;
  const denied: Answer = { state: 'missing', because: { kind: 'denied', policy: DENY, level: 'projects/p' } };
  const maybe: Answer = { state: 'conditional', proof, deny: DENY };
  const absent: Answer = { state: 'missing', because: { kind: 'no-binding' } };
  const byCondition: Answer = { state: 'conditional', proof: conditional };
  const policy = 'organizations/77/locations/global/principalAccessBoundaryPolicies/home';
  const bounded: Answer = { state: 'missing', because: { kind: 'boundary', policies: [policy] } };
  const disabled: Answer = { state: 'missing', because: { kind: 'principal-disabled' } };
  const deleted: Answer = { state: 'missing', because: { kind: 'principal-deleted' } };
  const group: Answer = {
    state: 'unknown',
    doubts: [{ kind: 'group', level: 'projects/p', role: 'roles/x', member: 'group:g@example.com' }],
  };

  test.each<[string, Answer[], string[]]>([
    ['nothing bound', [absent], ['grant-project-role']],
    ['a group may hold it', [group], ['grant-project-role']],
    ['denied', [denied], ['command']],
    ['denied under a condition', [maybe], ['command']],
    ['one denied, one not bound', [denied, absent], ['grant-project-role', 'command']],
    ['both denied by one policy', [denied, denied], ['command']],
    ['only under a condition of its own', [byCondition], []],
    ['one under a condition, one not bound', [byCondition, absent], []],
    ['outside a boundary', [bounded], ['command']],
    [
      'outside boundaries that can’t be read',
      [{ state: 'missing', because: { kind: 'boundary', policies: [] } }],
      ['command'],
    ],
    ['one outside a boundary, one not bound', [bounded, absent], ['grant-project-role', 'command']],
    ['a disabled account', [disabled], []],
    ['a deleted account', [deleted], []],
  ])('%s', (_, answers, kinds) => {
    expect(remediesOf(answers, [grant]).map(({ kind }) => kind)).toEqual(kinds);
  });

  test('the command shows the policy that blocks', () => {
    const [deny, boundary] = remediesOf([denied, bounded], []);
    expect(deny?.params.command).toEqual(
      'gcloud iam policies get guard --attachment-point=cloudresourcemanager.googleapis.com/projects/1 --kind=denypolicies'.split(
        ' ',
      ),
    );
    expect(boundary?.params.command).toEqual(
      'gcloud iam principal-access-boundary-policies describe home --organization=77 --location=global'.split(' '),
    );
  });
});

describe('whether a grant could at worst be a double', () => {
  const P = 'projects/p';
  const fact = unknown('denied');
  const group: Doubt = { kind: 'group', level: P, role: 'roles/x', member: 'group:g@example.com' };
  const own: Doubt = { kind: 'policy', level: P, fact };
  const deny: Doubt = { kind: 'deny', level: P, policy: DENY };
  const open = (...doubts: Doubt[]): Answer => ({ state: 'unknown', doubts });

  test.each<[string, Answer[], boolean]>([
    ['a group', [open(group)], true],
    ['a role', [open({ kind: 'role', level: P, role: 'roles/x', fact })], true],
    ['ancestors', [open({ kind: 'ancestors', fact })], true],
    ['Troubleshooter', [open(group, { kind: 'troubleshooter', fact })], true],
    ['a folder’s policy', [open({ kind: 'policy', level: 'folders/1', fact })], true],
    ['the resource’s own policy', [open(own)], false],
    ['a deny rule', [open(deny)], false],
    ['a group, and the own policy', [open(group, own)], false],
    ['a group, and a deny rule', [open(group, deny)], false],
    ['a group, of another the own policy', [open(group), open(own)], false],
    ['a group, another is under a condition', [open(group), { state: 'conditional', proof: conditional }], false],
    ['a group, another is missing', [open(group), { state: 'missing', because: { kind: 'no-binding' } }], true],
  ])('%s: %s', (_, answers, harmless) => {
    expect(isOfferHarmless(answers, P)).toBe(harmless);
  });
});

test.each([
  [[], undefined],
  [['gcloud projects add-iam-policy-binding p --member=m'], /^To grant it: gcloud projects/],
  [['gcloud services enable iam.googleapis.com'], /^To enable it: gcloud services/],
  [
    ['gcloud projects add-iam-policy-binding p', 'gcloud services enable x'],
    /^To make it readable: .* && gcloud services/,
  ],
  [['gcloud container clusters update c --enable-dns-access'], /^To make it readable: /],
  [['gcloud services enable x', 'gcloud services enable x'], /^To enable it: gcloud services enable x$/],
])('%j', (commands, expected) => {
  const [text] = toLetUs(commands);
  if (expected) expect(text?.en).toMatch(expected);
  else expect(text).toBeUndefined();
});
