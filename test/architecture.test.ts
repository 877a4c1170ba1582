/** The rules of docs/architecture.md, "Who may import whom", computed from the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHECKS } from '../src/diagnosis/checks/index.ts';
import { impurities } from './architecture/purity.ts';
import { type Import, parseSource, ROOT, readSources, type Source, trackedFiles } from './architecture/sources.ts';
import { textProblems } from './architecture/texts.ts';

const sources = readSources(['bin', 'src', 'jobs', 'sandbox', 'test']);
const byPath = new Map(sources.map(source => [source.path, source]));
const below = (...folders: string[]) => sources.filter(({ path }) => folders.some(folder => path.startsWith(folder)));

/** "importer → imported" for each import for which `bad` holds. */
function importsWhere(files: readonly Source[], bad: (one: Import, source: Source) => boolean): string[] {
  return files.flatMap(source =>
    source.imports.filter(one => bad(one, source)).map(({ specifier }) => `${source.path} → ${specifier}`),
  );
}

const within = (path: string, ...allowed: string[]) =>
  allowed.some(one => (one.endsWith('/') ? path.startsWith(one) : path === one));

/** Only the remediating worker opens the writing clients; it hands them to remedies. */
const OPENS_WRITES = ['jobs/remediate.ts', 'jobs/worker/remediating.ts'];
/** Shapes of Kubernetes' objects: types of facts. */
const SHAPES = 'src/kubernetes/objects.ts';

describe('who may import whom', () => {
  test.each([
    ['bin/', ['bin/', 'jobs/', 'src/']],
    ['jobs/', ['jobs/', 'src/']],
    ['src/', ['src/', 'docs/']],
    ['sandbox/', ['sandbox/']],
    [
      'src/diagnosis/checks/',
      [
        'src/diagnosis/checks/',
        'src/diagnosis/facts/',
        'src/diagnosis/iam/',
        'src/diagnosis/network-policy/',
        'src/contracts/',
        'src/nearest.ts',
      ],
    ],
    ['src/diagnosis/iam/', ['src/diagnosis/iam/', 'src/diagnosis/facts/fact.ts', 'src/contracts/']],
    ['src/contracts/', ['src/contracts/']],
    ['src/http/', ['src/http/']],
    ['src/google/', ['src/google/', 'src/http/', 'src/contracts/']],
    ['src/kubernetes/', ['src/kubernetes/', 'src/http/', 'src/contracts/']],
    ['src/locales/', ['src/locales/', 'src/contracts/', 'src/grammar/']],
  ])('%s imports only %j', (folder, allowed) => {
    const files = below(folder);
    expect(files).not.toHaveLength(0);
    const shape = (one: Import) => one.typeOnly && one.target === SHAPES && folder === 'src/diagnosis/checks/';
    expect(importsWhere(files, one => one.local && !within(one.target, ...allowed) && !shape(one))).toEqual([]);
  });

  test('workers import neither the bot, nor the terminal, nor npm start', () => {
    const outside = importsWhere(below('jobs/'), one => within(one.target, 'src/bot/', 'src/cli/', 'src/start/'));
    expect(outside).toEqual([]);
  });

  test('only checks, remedies and the sequences that run them import a check', () => {
    const outsiders = below('src/').filter(
      ({ path }) =>
        !within(path, 'src/diagnosis/', 'src/remedies/', 'src/cli/') || path.startsWith('src/diagnosis/facts/'),
    );
    expect(
      importsWhere(outsiders, one => one.local && within(one.target, 'src/diagnosis/checks/', 'src/remedies/')),
    ).toEqual([]);
  });

  test('only src/http sends HTTP requests, so that proxies, deadlines and CAs hold for all of them', () => {
    // A Pod's own metadata server is never behind a proxy.
    const others = below('bin/', 'jobs/', 'src/').filter(
      ({ path }) => !within(path, 'src/http/', 'src/cli/doctor/metadata-server.ts'),
    );
    const opening = importsWhere(others, one => /^(undici|node:https?|node:tls)$/.test(one.target) && !one.typeOnly);
    expect(opening).toEqual([]);
    const fetching = others.filter(({ text }) => /(?<![.\w])fetch\(/.test(text)).map(({ path }) => path);
    expect(fetching).toEqual([]);
  });

  test('the store knows no diagnosis', () => {
    expect(importsWhere(below('src/store/'), one => within(one.target, 'src/diagnosis/', 'src/google/'))).toEqual([]);
  });

  test('checks import no remedy, and remedies no registry of checks', () => {
    expect(importsWhere(below('src/diagnosis/checks/'), one => within(one.target, 'src/remedies/'))).toEqual([]);
  });

  test('only remedies call the writing clients; the remediating worker opens them', () => {
    const writes = /^src\/(google|kubernetes)\/.*writes\.ts$/;
    const others = below('bin/', 'jobs/', 'src/').filter(
      ({ path }) => !within(path, 'src/remedies/', 'src/google/', 'src/kubernetes/'),
    );
    expect(importsWhere(others, one => writes.test(one.target) && !one.typeOnly)).toEqual([]);
    const opening = others.filter(({ text }) => /\b\w+Writes\b/.test(text));
    expect(opening.map(({ path }) => path).filter(path => !within(path, ...OPENS_WRITES))).toEqual([]);
  });

  test('the bot reaches no Google or Kubernetes code, no diagnosis and no remedy, directly or not', () => {
    const [main] = below('src/bot/main.ts');
    if (!main) throw new Error('src/bot/main.ts is missing');
    const forbidden = ['src/google/', 'src/kubernetes/', 'src/diagnosis/', 'src/remedies/'];
    const packages =
      /^(googleapis|googleapis-common|google-auth-library|google-gax|@google-cloud\/.+|@kubernetes\/.+)$/;
    const reached = [...new Set([...reachedFrom(main), ...below('src/bot/').flatMap(source => reachedFrom(source))])];
    expect(reached.map(({ path }) => path).filter(path => within(path, ...forbidden))).toEqual([]);
    expect(importsWhere(reached, one => packages.test(one.target))).toEqual([]);
  });

  test('only src/store opens Redis and spells its keys', () => {
    const others = below('bin/', 'jobs/', 'src/').filter(({ path }) => !path.startsWith('src/store/'));
    expect(importsWhere(others, one => ['ioredis', 'bullmq'].includes(one.target) && !one.typeOnly)).toEqual([]);
    const spelled = others.filter(({ text }) => /\{gke-auth\}|['"`]gke-auth:\w/.test(text));
    expect(spelled.map(({ path }) => path)).toEqual([]);
  });

  test('only src/slack and the bot load Slack libraries', () => {
    const others = below('bin/', 'jobs/', 'src/').filter(({ path }) => !within(path, 'src/slack/', 'src/bot/'));
    expect(importsWhere(others, one => /^@slack\/(bolt|web-api)$/.test(one.target) && !one.typeOnly)).toEqual([]);
  });

  test('only the delivery posts to channels; the bot answers one person', () => {
    const posting = /chat\.(postMessage|update|delete)\b(?!:)|['"`]chat\.postMessage['"`]|completeUploadExternal\(/;
    const posts = below('bin/', 'jobs/', 'src/').filter(({ text }) => posting.test(withoutComments(text)));
    expect(posts.map(({ path }) => path).sort()).toEqual([
      'src/bot/send-ephemeral.ts',
      'src/slack/delivery.ts',
      'src/slack/upload.ts',
    ]);
    const client = importsWhere(below('src/', 'jobs/'), ({ target }) => within(target, 'src/slack/delivery.ts'));
    expect(client.filter(one => !one.startsWith('src/slack/'))).toEqual([
      'jobs/worker/services.ts → ../../src/slack/delivery.ts',
    ]);
  });

  test('what runs in production imports only what is installed there', () => {
    const { dependencies } = readPackage();
    const missing = importsWhere(
      below('bin/', 'src/', 'jobs/'),
      one => !one.local && !one.typeOnly && !one.target.startsWith('node:') && !(one.target in dependencies),
    );
    expect(missing).toEqual([]);
  });

  test('every import leads to a file', () => {
    expect(importsWhere(sources, one => one.local && one.target.endsWith('.ts') && !byPath.has(one.target))).toEqual(
      [],
    );
  });

  test('no files import each other in a circle, types included', () => {
    expect(circles(below('bin/', 'src/', 'jobs/', 'sandbox/'))).toEqual([]);
  });
});

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

/** Groups of files that import each other, directly or not (Tarjan's strongly connected components). */
function circles(files: readonly Source[]): string[][] {
  const index = new Map<Source, number>();
  const low = new Map<Source, number>();
  const stack: Source[] = [];
  const found: string[][] = [];
  const interaction = (source: Source): number => {
    const own = index.size;
    index.set(source, own);
    let lowest = own;
    stack.push(source);
    for (const one of source.imports) {
      const next = one.local ? byPath.get(one.target) : undefined;
      if (!next || next === source) continue;
      if (!index.has(next)) lowest = Math.min(lowest, interaction(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, index.get(next) ?? lowest);
    }
    low.set(source, lowest);
    if (lowest === own) {
      const group = stack.splice(stack.indexOf(source));
      if (group.length > 1) found.push(group.map(({ path }) => path).sort());
    }
    return lowest;
  };
  for (const file of files) if (!index.has(file)) interaction(file);
  return found;
}

describe('purity', () => {
  const pure = below(
    'src/slack/messages/',
    'src/approvals/approval.ts',
    'src/approvals/policy.ts',
    'src/contracts/',
    'src/diagnosis/iam/',
    'src/diagnosis/network-policy/',
    'src/diagnosis/checks/',
  );

  test.each(pure.map(source => [source.path, source] as const))('%s, with all it imports', (_, source) => {
    const reached = reachedFrom(source);
    const bad = reached.flatMap(one => impurities(one).map(why => `${one.path}: ${why}`));
    expect(bad).toEqual([]);
  });

  test.each([
    ["import { readFileSync } from 'node:fs';", 'imports node:fs'],
    ["const { Redis } = await import('ioredis');", 'imports ioredis'],
    ['export const now = () => Date.now();', 'Date.now'],
    ['export const now = () => new Date();', 'new Date()'],
    ['export const home = process.env.HOME;', 'process'],
    ['export const dice = () => Math.random();', 'Math.random'],
    ["export const page = await fetch('http://x');", 'fetch()'],
  ])('%s is found', (text, why) => {
    expect(impurities(parseSource('x.ts', text))).toEqual([why]);
  });

  test.each([
    "import type { Stats } from 'node:fs'; export type T = Stats;",
    "import { type Stats } from 'node:fs'; export type T = Stats;",
    'export const day = (at: number) => new Date(at).toISOString();',
    'export const parsed = Date.parse("2026-01-01");',
  ])('%s is allowed', text => {
    expect(impurities(parseSource('x.ts', text))).toEqual([]);
  });
});

/** A file and all that it loads, directly or not. */
function reachedFrom(source: Source, seen = new Set<Source>()): Source[] {
  if (seen.has(source)) return [];
  seen.add(source);
  const next = source.imports.flatMap(one => (one.typeOnly || !one.local ? [] : (byPath.get(one.target) ?? [])));
  return [source, ...next.flatMap(one => reachedFrom(one, seen))];
}

describe('checks', () => {
  const folder = join(ROOT, 'src/diagnosis/checks');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
  const ids = CHECKS.map(({ id }): string => id);

  test('each is named once in the registry', () => {
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('the registry holds what the folder holds, one in a file of its name', async () => {
    const found = await Promise.all(
      files.map(async file => {
        const exported: Record<string, unknown> = await import(join(folder, file));
        const own = Object.values(exported).filter(isCheck);
        return own.map(({ id }) => ({ file, id }));
      }),
    );
    const checks = found.flat();
    expect(checks.filter(({ file, id }) => basename(file) !== `${id}.ts` || file === basename(file))).toEqual([]);
    expect(checks.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });
});

function isCheck(value: unknown): value is { readonly id: string } {
  return value !== null && typeof value === 'object' && 'id' in value && 'title' in value && 'needs' in value;
}

describe('texts', () => {
  test('no language is empty or the other one', () => {
    const bad = below('bin/', 'src/', 'jobs/').flatMap(source =>
      textProblems(source).map(why => `${source.path}: ${why}`),
    );
    expect(bad).toEqual([]);
  });

  test.each([
    ["const t = { en: 'Something is wrong', ja: '' };", 'one language is empty'],
    ["const t = { en: 'Something is wrong', ja: 'Something is wrong' };", 'not in Japanese'],
    ["const t = { en: '問題', ja: '問題' };", 'Japanese in the English text'],
    [`const t = { en: \`The whole pool \${name} is wrong\`, ja: \`Pool \${name}\` };`, 'not in Japanese'],
  ])('%s is found', (text, why) => {
    expect(textProblems(parseSource('x.ts', text))).toEqual([expect.stringContaining(why)]);
  });
});

describe('the repository', () => {
  const files = trackedFiles();

  test('has no folders that say nothing', () => {
    expect(files.filter(path => /(^|\/)(utils?|helpers?|common|libs?|misc)\//.test(path))).toEqual([]);
  });

  test('does not name the machine it was written on', () => {
    const places = [`${ROOT}/`, `${homedir()}/`, hostname()].filter(place => place.length > 5);
    const named = files
      .filter(path => !/\.(png|svg|snap|lock)$|package-lock\.json$|^test\/explain\/|^test\/architecture/.test(path))
      .filter(path => {
        const text = readIfThere(join(ROOT, path));
        return places.some(place => text.includes(place));
      });
    expect(named).toEqual([]);
  });

  test('has no file that holds two things', () => {
    const long = below('bin/', 'src/', 'jobs/').filter(({ text }) => text.split('\n').length > 400);
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});

/** Empty where a tracked file was just removed. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readPackage(): { readonly dependencies: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}
