/** One half of the public texts is kept apart, so that the figure it gives stays honest. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entries } from './corpus.ts';

const ROOT = join(import.meta.dirname, '../..');
const APART = 'public-b';
/** The files that may read it: they only count. */
const READERS = [
  'test/explain/apart.test.ts',
  'test/explain/corpus.ts',
  'test/explain/corpus.test.ts',
  'test/explain/healthy.test.ts',
  'test/explain/public-corpus.test.ts',
  'test/bench/figures/explain.ts',
];

const files = ['src', 'jobs', 'test', 'docs', 'sandbox']
  .flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(path => `${folder}/${path}`),
  )
  .filter(path => /\.(?:ts|txt|md|json|snap)$/.test(path) && !path.includes(`/${APART}/`));

describe('the half kept apart', () => {
  it('is read by the tests alone that count', () => {
    const readers = files.filter(
      path => path.endsWith('.ts') && readFileSync(join(ROOT, path), 'utf8').includes(APART),
    );
    expect(readers.filter(path => !READERS.includes(path))).toEqual([]);
  });

  it('has no source in common with the other parts', () => {
    const sources = (part: Parameters<typeof entries>[0]) => entries(part).flatMap(({ notes }) => notes.source ?? []);
    const others = new Set([...sources('public-a'), ...sources('platform')]);
    expect(sources(APART).filter(source => others.has(source))).toHaveLength(0);
  });

  it('has no text that stands in another file', () => {
    // One line may be what every such error says; a whole paste is somebody's own.
    const pastes = entries(APART).filter(({ problem, text }) => problem !== null && text.includes('\n'));
    const texts = files.map(path => readFileSync(join(ROOT, path), 'utf8'));
    expect(pastes.length).toBeGreaterThan(20);
    // Names alone: the texts must not be read here either.
    expect(pastes.filter(({ text }) => texts.some(other => other.includes(text))).map(({ name }) => name)).toEqual([]);
  });
});
