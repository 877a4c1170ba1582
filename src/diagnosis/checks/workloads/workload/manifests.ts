/**
 * Changes to what makes a workload's Pods, as the part of its own manifest that changes: added by server-side apply it leaves
 * everything else as it is.
 */
import type { Pod } from '../../../../kubernetes/objects.ts';
import { SIDECAR } from '../../../facts/workload/marks.ts';
import type { Workload } from '../../../facts/workload/workload.ts';
import type { RemedyRequest } from '../../check.ts';

/** What makes Pods, with the names that a change has to know. */
export interface Controller {
  /** `Pod` where nothing makes it: it can't be changed in place. */
  readonly kind: string;
  readonly name: string;
  readonly containers: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface TemplateChange {
  readonly purpose: 'metadata-host' | 'wait-for-metadata-server' | 'istio-exclusion';
  /** Annotations and spec of the Pod template, as far as they change. */
  change(controller: Controller): { readonly annotations?: object; readonly spec?: object };
  /** A line for each thing that is added. */
  lines(controller: Controller): { readonly before: readonly string[]; readonly after: readonly string[] };
}

export function controllersOf({ pods, deployments }: Workload): Controller[] {
  const known = deployments.known ? deployments.value : [];
  const made = known.map(({ metadata, spec }) => ({
    kind: 'Deployment',
    name: metadata.name,
    containers: spec.template.spec.containers.map(({ name }) => name),
    annotations: spec.template.metadata.annotations,
  }));
  if (made.length > 0) return made;
  const owned = (pods.known ? pods.value : []).map(pod => ({
    ...ownerOf(pod),
    containers: pod.spec.containers.map(({ name }) => name).filter(name => name !== SIDECAR),
    annotations: pod.metadata.annotations,
  }));
  return [...new Map(owned.map(one => [`${one.kind}/${one.name}`, one])).values()];
}

/** A ReplicaSet is a Deployment's, by the hash that ends its name. What can't be changed in place is taken as a Pod. */
function ownerOf({ metadata }: Pod): Pick<Controller, 'kind' | 'name'> {
  const owner = metadata.ownerReferences.find(({ controller }) => controller !== false);
  if (owner?.kind === 'ReplicaSet') return { kind: 'Deployment', name: owner.name.replace(/-[a-z0-9]+$/, '') };
  if (owner?.kind === 'StatefulSet' || owner?.kind === 'DaemonSet') return { kind: owner.kind, name: owner.name };
  return { kind: 'Pod', name: metadata.name };
}

/** Nothing where the workload has nothing that could be changed. */
export function templateRemedy(workload: Workload, { purpose, change, lines }: TemplateChange): RemedyRequest[] {
  const controllers = controllersOf(workload);
  const [first] = controllers;
  if (!first) return [];
  const { namespace } = workload;
  const objects = controllers.map(controller => {
    const { kind, name } = controller;
    const { annotations, spec } = change(controller);
    const metadata = annotations ? { metadata: { annotations } } : {};
    if (kind === 'Pod') {
      return { apiVersion: 'v1', kind, metadata: { name, namespace, ...(annotations ? { annotations } : {}) }, spec };
    }
    return {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name, namespace },
      spec: { template: { ...metadata, ...(spec ? { spec } : {}) } },
    };
  });
  const said = controllers.map(lines);
  const rollback = controllers
    .filter(({ kind }) => kind !== 'Pod')
    .map(({ kind, name }) => `${kind.toLowerCase()}/${name}`);
  return [
    {
      kind: 'manifest',
      params: {
        purpose,
        resource: workload.resource.replace(/\/serviceaccounts\/.*/, `/${first.kind.toLowerCase()}s/${first.name}`),
        before: said.flatMap(({ before }) => before),
        after: said.flatMap(({ after }) => after),
        objects,
        ...(rollback.length > 0
          ? { undo: ['kubectl', 'rollout', 'undo', ...rollback, `--namespace=${namespace}`] }
          : {}),
      },
    },
  ];
}
