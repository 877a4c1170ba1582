/** What a finding rests on names the call that told it, sentence by sentence; and no grant is offered that would change nothing. */
import { describe, expect, test } from 'vitest';
import { remediesOf } from '../../../src/diagnosis/checks/denial.ts';
import { evidenceOf } from '../../../src/diagnosis/checks/evidence.ts';
import type { Answer, Proof } from '../../../src/diagnosis/iam/model.ts';
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

describe('a deny policy isn’t answered with a grant', () => {
  const grant = { kind: 'grant-project-role', params: {} } as const;
  const denied: Answer = { state: 'missing', because: { kind: 'denied', policy: DENY, level: 'projects/p' } };
  const maybe: Answer = { state: 'conditional', proof, deny: DENY };
  const absent: Answer = { state: 'missing', because: { kind: 'no-binding' } };

  test.each<[string, Answer[], string[]]>([
    ['nothing bound', [absent], ['grant-project-role']],
    ['denied', [denied], ['command']],
    ['denied under a condition', [maybe], ['command']],
    ['one denied, one not bound', [denied, absent], ['grant-project-role', 'command']],
    ['only under a condition of its own', [{ state: 'conditional', proof: conditional }], ['grant-project-role']],
  ])('%s', (_, answers, kinds) => {
    expect(remediesOf(answers, [grant]).map(({ kind }) => kind)).toEqual(kinds);
  });
});
