import type { Binding, JsonObject, Policy } from '../../world.ts';
import type { CloudResource } from '../../world-resources.ts';

/** The project that a resource is made in. */
export type Owner = { projectId: string; projectNumber: string };

/** What every resource with an allow policy can be given. */
export type PolicyOptions = {
  /** Of its own allow policy, in the API's form. */
  bindings?: Binding[];
  /** Any fields of the API's resource, merged over the defaults; null removes one. */
  fields?: JsonObject;
};

/** What a builder's method adds to a project: the resource itself first, then what is in it, by full resource name. */
export type Made = [fullName: string, entry: CloudResource][];

export const madeAt = '2025-03-01T09:00:00Z';

/** An allow policy with these bindings; its etag is the one of a policy that nobody changed yet. */
export function policyWith(bindings: Binding[] = []): Policy {
  return { etag: 'BwYkAAAAAAE=', bindings: bindings.map(binding => ({ ...binding, members: [...binding.members] })) };
}
