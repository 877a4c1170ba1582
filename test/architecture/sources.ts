/** The project's TypeScript sources as syntax trees: what each imports, and what it says. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { parseAst } from 'vitest/node';

export const ROOT = join(import.meta.dirname, '../..');

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** The file's path in the project, where the specifier is relative; else the package's name. */
  readonly target: string;
  readonly local: boolean;
  /** Vanishes when types are stripped. */
  readonly typeOnly: boolean;
}

export type Node = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Source {
  /** With slashes, from the project's root. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Every node of the tree. */
  readonly nodes: readonly Node[];
}

/** Every file that git tracks, with slashes, from the project's root. */
export function trackedFiles(): string[] {
  return execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
}

/** All TypeScript files below these folders. */
export function readSources(folders: readonly string[]): Source[] {
  return folders.flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
      .map(entry => readSource(relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))),
  );
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return parseSource(path, text);
}

/** @throws where the text is no TypeScript. */
export function parseSource(path: string, text: string): Source {
  const nodes = nodesIn(parseAst(text, { lang: 'ts' }));
  return { path, text, nodes, imports: nodes.flatMap(node => importsOf(node, path)) };
}

function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (!isNode(value)) return [];
  return [value, ...Object.values(value).flatMap(nodesIn)];
}

export function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object' && 'type' in value && typeof value.type === 'string';
}

const IMPORTING = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
];

function importsOf(node: Node, path: string): Import[] {
  if (!IMPORTING.includes(node.type) || !isNode(node.source)) return [];
  const specifier = node.source.value;
  if (typeof specifier !== 'string') return [];
  const local = specifier.startsWith('.');
  const target = local
    ? normalize(join(dirname(path), specifier))
        .split(sep)
        .join('/')
    : packageOf(specifier);
  return [{ specifier, target, local, typeOnly: isTypeOnly(node) }];
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type') return true;
  const { specifiers } = node;
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every(one => isNode(one) && (one.importKind === 'type' || one.exportKind === 'type'));
}

/** `@scope/name` or `name`; `node:fs` stays as it is. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
