import type { KubernetesObject } from './manifest.ts';
import type { ResourceType } from './resources.ts';

export interface Change {
  event: 'ADDED' | 'MODIFIED' | 'DELETED';
  type: ResourceType;
  object: KubernetesObject;
}

/** The objects of one cluster. Stored objects are replaced, never modified: an object that a reader holds stays as it is. */
export interface Store {
  /** Sorted by namespace and name, as etcd returns them. Without a namespace: all of them. */
  list(type: ResourceType, namespace?: string): KubernetesObject[];
  get(type: ResourceType, namespace: string, name: string): KubernetesObject | undefined;
  /** Stores under a new resourceVersion and returns what is stored. */
  put(type: ResourceType, object: KubernetesObject): KubernetesObject;
  remove(type: ResourceType, namespace: string, name: string): KubernetesObject | undefined;
  revision(): string;
  all(): KubernetesObject[];
  /** Calls `listener` after each change; returns a function that unsubscribes. */
  watch(listener: (change: Change) => void): () => void;
}

type Shelf = { objects: Map<string, KubernetesObject>; sorted?: KubernetesObject[] };

export function createStore(): Store {
  const shelves = new Map<string, Shelf>();
  const listeners = new Set<(change: Change) => void>();
  let revision = 1000;

  const shelfOf = (type: ResourceType): Shelf => {
    const key = `${type.group}/${type.plural}`;
    const shelf = shelves.get(key) ?? { objects: new Map() };
    shelves.set(key, shelf);
    return shelf;
  };
  const keyOf = (namespace: string, name: string) => `${namespace}/${name}`;
  const sorted = (shelf: Shelf): KubernetesObject[] => {
    shelf.sorted ??= [...shelf.objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    return shelf.sorted;
  };
  const changed = (shelf: Shelf, change: Change) => {
    shelf.sorted = undefined;
    for (const listener of [...listeners]) listener(change);
  };

  return {
    list(type, namespace) {
      const objects = sorted(shelfOf(type));
      return namespace === undefined ? objects : objects.filter(object => object.metadata.namespace === namespace);
    },
    get: (type, namespace, name) => shelfOf(type).objects.get(keyOf(namespace, name)),
    put(type, object) {
      const shelf = shelfOf(type);
      revision += 1;
      const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
      const key = keyOf(stored.metadata.namespace ?? '', stored.metadata.name);
      const event = shelf.objects.has(key) ? 'MODIFIED' : 'ADDED';
      shelf.objects.set(key, stored);
      changed(shelf, { event, type, object: stored });
      return stored;
    },
    remove(type, namespace, name) {
      const shelf = shelfOf(type);
      const object = shelf.objects.get(keyOf(namespace, name));
      if (object === undefined) return undefined;
      revision += 1;
      shelf.objects.delete(keyOf(namespace, name));
      changed(shelf, { event: 'DELETED', type, object });
      return object;
    },
    revision: () => String(revision),
    all: () => [...shelves.values()].flatMap(sorted),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
