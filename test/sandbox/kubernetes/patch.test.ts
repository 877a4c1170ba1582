import { describe, expect, it } from 'vitest';
import { jsonPatch, mergePatch, strategicMergePatch } from '../../../sandbox/google/kubernetes/patch.ts';

const containers = [
  { name: 'a', image: 'x', env: [{ name: 'E', value: '1' }] },
  { name: 'b', image: 'y' },
];

describe('strategic merge', () => {
  it.each([
    ['a field', { a: 1, b: 2 }, { b: 3 }, { a: 1, b: 3 }],
    ['null removes', { a: 1, b: 2 }, { b: null }, { a: 1 }],
    [
      'items by name',
      { containers },
      { containers: [{ name: 'b', image: 'z' }] },
      { containers: [containers[0], { name: 'b', image: 'z' }] },
    ],
    ['a new item', { containers }, { containers: [{ name: 'c' }] }, { containers: [...containers, { name: 'c' }] }],
    [
      'an item taken away',
      { containers },
      { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: [containers[1]] },
    ],
    [
      'lists within items',
      { containers },
      { containers: [{ name: 'a', env: [{ name: 'F', value: '2' }] }] },
      {
        containers: [
          {
            ...containers[0],
            env: [
              { name: 'E', value: '1' },
              { name: 'F', value: '2' },
            ],
          },
          containers[1],
        ],
      },
    ],
    [
      'a list as a whole',
      { containers },
      { containers: [{ $patch: 'replace' }, { name: 'c' }] },
      { containers: [{ name: 'c' }] },
    ],
    [
      'lists without a key are replaced',
      { subjects: [{ name: 'a' }] },
      { subjects: [{ name: 'b' }] },
      { subjects: [{ name: 'b' }] },
    ],
    [
      'order directives change nothing',
      { containers },
      { '$setElementOrder/containers': [{ name: 'b' }] },
      { containers },
    ],
    ['an object as a whole', { s: { a: 1 } }, { s: { $patch: 'replace', b: 2 } }, { s: { b: 2 } }],
    ['a set', { finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
  ])('%s', (_name, target, patch, expected) => {
    const before = structuredClone(target);
    expect(strategicMergePatch(target, patch)).toEqual(expected);
    expect(target).toEqual(before);
  });
});

it('merge patch replaces lists and removes by null', () => {
  expect(mergePatch({ a: [1, 2], b: { c: 1, d: 2 } }, { a: [3], b: { d: null } })).toEqual({ a: [3], b: { c: 1 } });
});

describe('JSON patch', () => {
  it.each([
    ['add', { a: 1 }, [{ op: 'add', path: '/b~1c', value: 2 }], { a: 1, 'b/c': 2 }],
    ['insert', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    ['append', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    ['replace', { a: [1, 2] }, [{ op: 'replace', path: '/a/0', value: 9 }], { a: [9, 2] }],
    [
      'remove',
      { a: [1, 2], b: 1 },
      [
        { op: 'remove', path: '/a/0' },
        { op: 'remove', path: '/b' },
      ],
      { a: [2] },
    ],
    ['move', { a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
    ['copy', { a: 1 }, [{ op: 'copy', from: '/a', path: '/b' }], { a: 1, b: 1 }],
    ['test', { a: { b: 1 } }, [{ op: 'test', path: '/a', value: { b: 1 } }], { a: { b: 1 } }],
  ])('%s', (_name, target, patch, expected) => {
    const before = structuredClone(target);
    expect(jsonPatch(target, patch)).toEqual(expected);
    expect(target).toEqual(before);
  });

  it.each([
    [[{ op: 'test', path: '/a', value: 2 }]],
    [[{ op: 'remove', path: '/none' }]],
    [[{ op: 'dance', path: '/a' }]],
    [{ op: 'add' }],
  ])('refuses %j', patch => {
    expect(() => jsonPatch({ a: 1 }, patch)).toThrow();
  });
});
