/** Every file and heading of this repository that the code or a page cites exists. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, trackedFiles } from '../architecture/sources.ts';

/** A page of this repository, perhaps with a heading: `docs/slack.md#rate-limits`, `README.md#configuration`. */
const CITATION = /(?<![\w/.-])((?:docs\/[\w./-]+|README|CONTRIBUTING|SECURITY|CHANGELOG)\.md)(?:#([\w-]+))?/g;
/** A link of a page, relative to it. */
const LINK = /\]\((?!https?:|mailto:)([^)#\s]*)(?:#([\w-]+))?\)/g;

/** GitHub's anchors: lower case, no punctuation, dashes for blanks. */
function anchors(markdown: string): Set<string> {
  const headings = markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

function problemWith(file: string, heading: string | undefined): string | undefined {
  const path = join(ROOT, file);
  if (!existsSync(path)) return `${file} does not exist`;
  if (heading === undefined || !file.endsWith('.md')) return undefined;
  return anchors(readFileSync(path, 'utf8')).has(heading) ? undefined : `${file} has no heading #${heading}`;
}

const files = trackedFiles().filter(path => existsSync(join(ROOT, path)));
const texts = files.filter(
  path =>
    path !== 'test/docs/citations.test.ts' &&
    /\.(ts|mjs|js|md|ya?ml|tf)$/.test(path) &&
    !path.startsWith('test/explain/corpus'),
);

describe('citations', () => {
  test('lead to a file and heading that exist', () => {
    const broken = texts.flatMap(path =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(CITATION)].flatMap(([, file = '', heading]) => {
        const problem = problemWith(file, heading);
        return problem ? [`${path}: ${problem}`] : [];
      }),
    );
    expect(broken).toEqual([]);
  });

  test('and links of pages do, too', () => {
    const broken = texts
      .filter(path => path.endsWith('.md'))
      .flatMap(path =>
        [...readFileSync(join(ROOT, path), 'utf8').matchAll(LINK)].flatMap(([, target = '', heading]) => {
          const file = target === '' ? path : normalize(join(dirname(path), target));
          const problem = problemWith(file, heading);
          return problem ? [`${path}: ${problem}`] : [];
        }),
      );
    expect(broken).toEqual([]);
  });

  test('name no page that the repository does not have', () => {
    const foreign = texts
      .filter(path => path.endsWith('.ts'))
      .flatMap(path =>
        [
          ...readFileSync(join(ROOT, path), 'utf8').matchAll(
            /\b(?:DOMAIN2?|PRODUCT|SLACK|UX|ARCHITECTURE)(?:\.md\b|, \d)/g,
          ),
        ].map(([citation]) => `${path}: ${citation}`),
      );
    expect(foreign).toEqual([]);
  });

  test.each([
    ['docs/nowhere.md', undefined, 'does not exist'],
    ['docs/slack.md', 'no-such-heading', 'has no heading'],
  ])('%s#%s is found', (file, heading, problem) => {
    expect(problemWith(file, heading)).toContain(problem);
  });
});
