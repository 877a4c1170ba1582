/**
 * Changes to what makes a workload's Pods, as the part of its own manifest that changes: added by server-side apply it leaves
 * everything else as it is.
 */
import { type Controller, controllersOf } from '../../../facts/workload/controllers.ts';
import type { Workload } from '../../../facts/workload/workload.ts';
import type { RemedyRequest } from '../../check.ts';

export interface TemplateChange {
  readonly purpose: 'metadata-host' | 'wait-for-metadata-server' | 'istio-exclusion';
  /** Annotations and spec of the Pod template, as far as they change. */
  change(controller: Controller): { readonly annotations?: object; readonly spec?: object };
  /** A line for each thing that is added. */
  lines(controller: Controller): { readonly before: readonly string[]; readonly after: readonly string[] };
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
