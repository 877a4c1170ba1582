/**
 * What we write to a cluster's API server. Only `remedies` may import this. Nothing is repeated here: whoever writes reads
 * again first. Every function throws `KubernetesApiError`.
 */
import { z } from 'zod';
import { KubernetesApiError } from './errors.ts';
import { Named, Role, RoleBinding, ServiceAccount } from './objects.ts';
import { createClient, path } from './reads.ts';
import type { KubernetesTransport } from './transport.ts';

/** A deletion is answered by a Status, or by the object. */
const ANY = z.looseObject({});

const RBAC = 'rbac.authorization.k8s.io';

export type RbacKind = 'Role' | 'ClusterRole' | 'RoleBinding' | 'ClusterRoleBinding';

/** A manifest: a Role or a binding as it is sent. `metadata.namespace` is absent for the kinds of the whole cluster. */
export interface RbacObject {
  readonly kind: RbacKind;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export type KubernetesWrites = ReturnType<typeof createKubernetesWrites>;

export function createKubernetesWrites(transport: KubernetesTransport) {
  const account = (namespace: string, name: string) =>
    path('api', 'v1', 'namespaces', namespace, 'serviceaccounts', name);

  const read = async <T>(request: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await request();
    } catch (error) {
      if (KubernetesApiError.from(error).status === 404) return undefined;
      throw error;
    }
  };

  return {
    readNodes: createClient(transport).nodes,

    readRole: (object: RbacObject) =>
      read(() => transport.request(Role, { method: 'GET', path: pathOf(object, object.metadata.name) })),

    readBinding: (object: RbacObject) =>
      read(() => transport.request(RoleBinding, { method: 'GET', path: pathOf(object, object.metadata.name) })),

    /** Refused with 403 where the role holds more than we do, unless we hold `escalate` or `bind` on it. */
    async createRbac(object: RbacObject): Promise<void> {
      const body = { apiVersion: `${RBAC}/v1`, ...object };
      await transport.request(Named, { method: 'POST', path: pathOf(object), body });
    },

    /** Gone already is as wanted. */
    async deleteRbac(object: RbacObject): Promise<void> {
      await read(() => transport.request(ANY, { method: 'DELETE', path: pathOf(object, object.metadata.name) }));
    },

    readServiceAccount: (namespace: string, name: string) =>
      read(() => transport.request(ServiceAccount, { method: 'GET', path: account(namespace, name) })),

    /** Sets an annotation, or takes it away where the value is null. `resourceVersion` refuses (409) where another wrote. */
    annotateServiceAccount: (
      namespace: string,
      name: string,
      annotation: { readonly key: string; readonly value: string | null; readonly resourceVersion?: string },
    ) =>
      transport.request(ServiceAccount, {
        method: 'PATCH',
        path: account(namespace, name),
        body: {
          metadata: {
            annotations: { [annotation.key]: annotation.value },
            ...(annotation.resourceVersion ? { resourceVersion: annotation.resourceVersion } : {}),
          },
        },
      }),
  };
}

const PLURALS: Readonly<Record<RbacKind, string>> = {
  Role: 'roles',
  ClusterRole: 'clusterroles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
};

function pathOf({ kind, metadata: { namespace } }: RbacObject, name?: string): string {
  const scope = namespace === undefined ? [] : ['namespaces', namespace];
  return path('apis', RBAC, 'v1', ...scope, PLURALS[kind], ...(name === undefined ? [] : [name]));
}
