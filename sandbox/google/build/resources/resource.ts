import type { Binding, JsonObject, Policy } from '../../world.ts';
import type { CloudResource } from '../../world-resources.ts';

/** The project of a resource. */
export type Owner = { projectId: string; projectNumber: string };

/** Options of every resource with an allow policy. */
export type PolicyOptions = {
  /** Bindings of its own allow policy, in the API's form. */
  bindings?: Binding[];
  /** Any fields of the API's resource, merged over the defaults; null removes one. */
  fields?: JsonObject;
};

/** Entries that a builder's method adds to a project, by full resource name: the resource first, then its children. */
export type ResourceEntries = [fullName: string, entry: CloudResource][];

export const creationTime = '2025-03-01T09:00:00Z';

/** A new allow policy with these bindings. */
export function policyWith(bindings: Binding[] = []): Policy {
  return { etag: 'BwYkAAAAAAE=', bindings: bindings.map(binding => ({ ...binding, members: [...binding.members] })) };
}
