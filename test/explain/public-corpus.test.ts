import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PROBLEM_IDS } from '../../src/contracts/explanation.ts';
import { type Entry, entries } from './corpus.ts';

/** Named by the public halves; the contract may not have them yet. */
const NEWER_IDS = [
  'resource-permission',
  'quota-project-denied',
  'image-pull',
  'api-server-unreachable',
  'kubeconfig-missing',
  'certificate-untrusted',
  'caller-anonymous',
  'token-expired',
  'federation-denied',
  'caller-act-as',
  'kms-key',
  'no-api-token',
  'metadata-not-served',
  'vpc-sc-denied',
];
const IDS: readonly string[] = [...PROBLEM_IDS, ...NEWER_IDS];
const HALVES = ['public-a', 'public-b'] as const;

/** The rule of corpus/README.md. */
function halfOf(source: string): (typeof HALVES)[number] {
  const last = createHash('sha256').update(source).digest('hex').at(-1) ?? '0';
  return Number.parseInt(last, 16) % 2 === 0 ? 'public-a' : 'public-b';
}

const named = (list: readonly Entry[]) => list.map(({ name }) => name);

describe.each(HALVES)('%s', half => {
  const all = entries(half);
  const negatives = all.filter(({ problem }) => problem === null);

  it('names the source and the year of every text', () => {
    expect(named(all.filter(({ notes }) => (notes.source ?? '') === ''))).toEqual([]);
    expect(named(all.filter(({ notes }) => !/^202[3-6]$/.test(notes.year ?? '')))).toEqual([]);
  });

  it('holds only sources that belong to it', () => {
    expect(named(all.filter(({ notes }) => halfOf(notes.source ?? '') !== half))).toEqual([]);
  });

  it('expects known problems, and says of negatives alone why they are none', () => {
    const expected = ({ problem, notes }: Entry) => [
      ...(problem === null ? [] : [problem]),
      ...(notes.also?.split(', ') ?? []),
    ];
    expect(named(all.filter(entry => expected(entry).some(id => !IDS.includes(id))))).toEqual([]);
    expect(named(all.filter(({ problem, notes }) => (problem === null) !== (notes.why !== undefined)))).toEqual([]);
  });

  it('expects only entities that the text names', () => {
    const absent = all.flatMap(({ name, text, entities }) =>
      Object.entries(entities)
        .filter(([, value]) => !text.includes(value))
        .map(([key]) => `${name}: ${key}`),
    );
    expect(absent).toEqual([]);
  });

  it('has enough texts, negatives, and errors among healthy lines', () => {
    expect(all.length).toBeGreaterThanOrEqual(85);
    expect(negatives.length / all.length).toBeGreaterThanOrEqual(0.25);
    const around = all.filter(({ problem, notes }) => problem !== null && notes.around !== undefined);
    expect(around.length).toBeGreaterThanOrEqual(15);
    expect(named(all.filter(({ notes }) => !['configuration', 'output', undefined].includes(notes.around)))).toEqual(
      [],
    );
  });

  it('has a text of every problem', () => {
    const covered = new Set(all.map(({ problem }) => problem));
    expect(IDS.filter(id => !covered.has(id))).toEqual([]);
  });
});

describe('the public texts', () => {
  const all = [...HALVES, 'healthy' as const].flatMap(part => entries(part));

  it('differ from each other', () => {
    const seen = new Set<string>();
    expect(named(all.filter(({ text }) => text === '' || seen.size === seen.add(text).size))).toEqual([]);
  });

  it('include healthy snippets, all of which are none of the problems', () => {
    const healthy = entries('healthy');
    expect(healthy.length).toBeGreaterThanOrEqual(10);
    expect(named(healthy.filter(({ problem, notes }) => problem !== null || notes.why === undefined))).toEqual([]);
  });
});
