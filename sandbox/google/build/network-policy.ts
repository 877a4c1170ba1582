import type { KubernetesObject } from '../kubernetes/server.ts';

/** A NetworkPolicy with the `spec` of the API. */
export function networkPolicy(namespace: string, name: string, spec: { [field: string]: unknown }): KubernetesObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}
