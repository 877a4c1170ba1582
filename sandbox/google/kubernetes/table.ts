import { columns, defaultColumns } from './columns.ts';
import type { Json, KubernetesObject } from './manifest.ts';
import type { ResourceType } from './resources.ts';

/** Whether a client asked for a table, as `kubectl get` does. */
export function wantsTable(accept: string): boolean {
  return /as=Table;.*g=meta\.k8s\.io|g=meta\.k8s\.io.*as=Table/.test(accept);
}

/** A `Table` of objects (https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables); `now` is Unix time in ms. */
export function table(type: ResourceType, objects: KubernetesObject[], metadata: unknown, now: number): Json {
  const shown = columns[`${type.group}/${type.plural}`] ?? defaultColumns;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: shown.map(({ name, wide }) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: wide ? 1 : 0,
    })),
    rows: objects.map(object => ({
      cells: shown.map(({ cell }) => cell(object, now)),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}
