import { describe, expect, test } from 'vitest';
import type { Binding } from '../../../src/diagnosis/iam/model.ts';
import { relevantRoles } from '../../../src/diagnosis/iam/relevant-roles.ts';
import { PRINCIPALS } from './worlds.ts';

describe('which roles have to be read', () => {
  const bindings: Binding[] = [
    { role: 'roles/z', members: ['serviceAccount:Node@prod-1.iam.gserviceaccount.com', 'user:x@example.com'] },
    { role: 'roles/group', members: ['group:g@example.com'] },
    { role: 'roles/deleted', members: ['deleted:serviceAccount:node@prod-1.iam.gserviceaccount.com?uid=1'] },
    {
      role: 'roles/z',
      members: ['serviceAccount:node@prod-1.iam.gserviceaccount.com'],
      condition: { expression: 'x' },
    },
    { role: 'roles/domain', members: ['domain:example.com'] },
    { role: 'roles/other', members: ['serviceAccount:other@prod-1.iam.gserviceaccount.com', 'user:y@example.com'] },
    { role: 'roles/gone', members: ['deleted:group:g@example.com?uid=2', 'deleted:user:y@example.com?uid=3'] },
  ];

  test('those of bindings that could be about the principal, each once', () => {
    expect(relevantRoles({ bindings }, [PRINCIPALS.node])).toEqual(['roles/deleted', 'roles/group', 'roles/z']);
  });

  test('of any of several principals', () => {
    expect(relevantRoles({ bindings }, [PRINCIPALS.node, PRINCIPALS.alice])).toEqual([
      'roles/deleted',
      'roles/domain',
      'roles/group',
      'roles/z',
    ]);
  });
});
