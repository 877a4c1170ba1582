/** What pure code must not do: read or write anything, ask for the time, chance or the environment. */
import { isNode, type Node, type Source } from './sources.ts';

/** Modules of Node.js that only compute. */
const PURE_MODULES = ['node:crypto', 'node:util', 'node:url', 'node:path', 'node:buffer', 'node:assert'];
/** Packages that only compute. */
const PURE_PACKAGES = ['zod', '@slack/types', 'yaml'];

const FORBIDDEN_GLOBALS = [
  'process',
  'fetch',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'console',
  'globalThis',
  'crypto',
];
const FORBIDDEN_CALLS = ['Date.now', 'Math.random', 'Temporal.Now', 'crypto.randomUUID', 'crypto.randomBytes'];
const FORBIDDEN_NAMES = ['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'];

/** Why this file is not pure by itself, its imports' own contents aside; empty where it is. */
export function impurities(source: Source): string[] {
  const imported = source.imports
    .filter(
      ({ typeOnly, local, target }) => !typeOnly && !local && ![...PURE_MODULES, ...PURE_PACKAGES].includes(target),
    )
    .map(({ specifier }) => `imports ${specifier}`);
  return [...imported, ...source.nodes.flatMap(node => impurity(node) ?? [])];
}

function impurity(node: Node): string | undefined {
  if (node.type === 'NewExpression' && isName(node.callee, 'Date') && isEmpty(node.arguments)) return 'new Date()';
  if (node.type === 'CallExpression' && isName(node.callee, 'Date')) return 'Date()';
  if (
    node.type === 'CallExpression' &&
    isNode(node.callee) &&
    FORBIDDEN_NAMES.some(name => isName(node.callee, name))
  ) {
    return `${node.callee.name}()`;
  }
  if (node.type === 'CallExpression' && FORBIDDEN_GLOBALS.some(name => isName(node.callee, name))) {
    return `${nameOf(node.callee)}()`;
  }
  if (node.type !== 'MemberExpression') return undefined;
  const object = nameOf(node.object);
  if (object !== undefined && FORBIDDEN_GLOBALS.includes(object)) return object;
  const whole = `${object}.${nameOf(node.property)}`;
  return FORBIDDEN_CALLS.includes(whole) ? whole : undefined;
}

const nameOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Identifier' ? String(node.name) : undefined;
const isName = (node: unknown, name: string) => nameOf(node) === name;
const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;
