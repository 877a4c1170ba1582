import { isDeepStrictEqual } from 'node:util';
import { isJson, type Json } from './manifest.ts';
import { badRequest, StatusError } from './status.ts';

/** JSON merge patch (RFC 7396). */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJson(patch)) return patch;
  const merged: Json = isJson(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else merged[field] = mergePatch(merged[field], value);
  }
  return merged;
}

/** The merge keys of lists, by the list's name. Lists without one are replaced as a whole. */
const mergeKeys: Record<string, string[]> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  ports: ['containerPort', 'port'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  hostAliases: ['ip'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  taints: ['key'],
};

/** Strategic merge patch (https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/). */
export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isJson(patch)) return patch;
  if (patch.$patch === 'replace') return withoutDirectives(patch);
  const merged: Json = isJson(target) ? { ...target } : {};
  if (Array.isArray(patch.$retainKeys)) {
    for (const field of Object.keys(merged)) if (!patch.$retainKeys.includes(field)) delete merged[field];
  }
  for (const [field, value] of Object.entries(patch)) {
    const removed = /^\$deleteFromPrimitiveList\/(.+)$/.exec(field)?.[1];
    if (removed !== undefined) {
      const gone: unknown[] = Array.isArray(value) ? value : [];
      merged[removed] = listOf(merged[removed]).filter(item => !gone.includes(item));
    } else if (field.startsWith('$')) {
    } else if (value === null || (isJson(value) && value.$patch === 'delete')) {
      delete merged[field];
    } else if (Array.isArray(value)) {
      merged[field] = mergeList(field, listOf(merged[field]), value);
    } else {
      merged[field] = strategicMergePatch(merged[field], value);
    }
  }
  return merged;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function mergeList(field: string, current: unknown[], patches: unknown[]): unknown[] {
  if (field === 'finalizers') return [...new Set([...current, ...patches])];
  if (patches.some(item => isJson(item) && item.$patch === 'replace')) {
    return patches.filter(item => !(isJson(item) && item.$patch === 'replace'));
  }
  const key = (mergeKeys[field] ?? []).find(name => patches.every(item => isJson(item) && item[name] !== undefined));
  if (key === undefined) return patches.map(withoutDirectives);
  const merged = [...current];
  for (const patch of patches.filter(isJson)) {
    const index = merged.findIndex(item => isJson(item) && item[key] === patch[key]);
    if (patch.$patch === 'delete') {
      if (index >= 0) merged.splice(index, 1);
    } else if (index >= 0) {
      merged[index] = strategicMergePatch(merged[index], patch);
    } else {
      merged.push(withoutDirectives(patch));
    }
  }
  return merged;
}

function withoutDirectives(value: unknown): unknown {
  if (!isJson(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([field]) => !field.startsWith('$')));
}

/** JSON patch (RFC 6902) on a copy. Throws 400 for a malformed patch, 422 where a test or a path fails. */
export function jsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw badRequest('error decoding patch: a JSON patch is a list of operations');
  return operations.filter(isJson).reduce<unknown>((document, operation) => {
    const path = pointer(operation.path);
    switch (operation.op) {
      case 'add':
        return write(document, path, operation.value, true);
      case 'replace':
        read(document, path);
        return write(document, path, operation.value, false);
      case 'remove':
        read(document, path);
        return write(document, path, undefined, false);
      case 'copy':
        return write(document, path, read(document, pointer(operation.from)), true);
      case 'move': {
        const from = pointer(operation.from);
        const value = read(document, from);
        return write(write(document, from, undefined, false), path, value, true);
      }
      case 'test':
        if (!isDeepStrictEqual(read(document, path), operation.value)) {
          throw unprocessable(`testing value ${operation.path} failed`);
        }
        return document;
      default:
        throw badRequest(`Unexpected kind: ${operation.op}`);
    }
  }, structuredClone(target));
}

const unprocessable = (message: string) =>
  new StatusError(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`);

function pointer(path: unknown): string[] {
  if (typeof path !== 'string') throw badRequest('error decoding patch: an operation has no path');
  return path
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: unknown, path: string[]): unknown {
  return path.reduce((current, part) => {
    const value = Array.isArray(current) ? current[Number(part)] : isJson(current) ? current[part] : undefined;
    if (value === undefined) throw unprocessable(`doc is missing path: /${path.join('/')}`);
    return value;
  }, document);
}

/** Writes `value` (undefined removes) at the path, in place below the root. */
function write(document: unknown, path: string[], value: unknown, insert: boolean): unknown {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = read(document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (value === undefined) parent.splice(index, 1);
    else parent.splice(index, insert ? 0 : 1, value);
  } else if (isJson(parent)) {
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return document;
}
