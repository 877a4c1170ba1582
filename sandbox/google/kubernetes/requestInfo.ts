import type { Attributes } from './rbac.ts';

/** The authorization attributes of a request, and its query. */
export interface RequestInfo extends Attributes {
  query: URLSearchParams;
}

const verbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/**
 * Reads verb, group, resource, namespace and name from a method and a URL
 * (https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb). Anything outside /api/v1/… and /apis/G/V/… is a path with the method as its verb.
 */
export function parseRequest(method: string, url: string): RequestInfo {
  const { pathname, searchParams: query } = new URL(url, 'https://cluster');
  const parts = pathname
    .split('/')
    .filter(part => part !== '')
    .map(decodeURIComponent);
  const legacy = parts[0] === 'api';
  const rest = parts.slice(legacy ? 2 : 3);
  const empty = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '', query };
  if ((!legacy && parts[0] !== 'apis') || rest.length === 0) {
    return { ...empty, verb: method.toLowerCase(), path: pathname };
  }
  const group = legacy ? '' : (parts[1] ?? '');
  const version = (legacy ? parts[1] : parts[2]) ?? '';
  const [namespace, [resource = '', name = '', subresource = '']] = scopeOf(rest);
  const selected = name === '' ? /^metadata\.name=([^,]+)$/.exec(query.get('fieldSelector') ?? '')?.[1] : undefined;
  return {
    ...empty,
    group,
    version,
    resource,
    subresource,
    namespace,
    name: name || selected || '',
    verb: verbOf(method, name === '', query),
  };
}

/** Splits a path into the namespace and the rest. A Namespace object counts as being in itself. */
function scopeOf(parts: string[]): [namespace: string, rest: string[]] {
  const [first, namespace = '', third] = parts;
  if (first !== 'namespaces') return ['', parts];
  const isNamespaceItself = third === undefined || third === 'status' || third === 'finalize';
  return [namespace, isNamespaceItself ? parts : parts.slice(2)];
}

function verbOf(method: string, isCollection: boolean, query: URLSearchParams): string {
  if (method === 'DELETE') return isCollection ? 'deletecollection' : 'delete';
  if (method !== 'GET' && method !== 'HEAD') return verbs[method] ?? method.toLowerCase();
  const watched = ['1', 'true'].includes(query.get('watch') ?? '');
  if (watched) return 'watch';
  return isCollection ? 'list' : 'get';
}
