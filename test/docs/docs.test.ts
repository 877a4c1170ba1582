/** Documentation that is made out of the code can't drift from it: what differs is written anew, and the test fails once. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Catalogue } from '../../src/contracts/catalogue.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { pages } from './pages.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const generated = pages(CHECKS);

test.each([...generated])('docs/%s is what the checks say', (name, content) => {
  const path = join(DOCS, name);
  const before = read(path);
  if (before !== content) writeFileSync(path, content);
  expect(before, `docs/${name} was out of date and has been written anew: look at it and commit it`).toBe(content);
});

test('the bot can read its catalogue', () => {
  const catalogue = Catalogue.parse(JSON.parse(generated.get('checks.json') ?? ''));
  expect(catalogue.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
});

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
