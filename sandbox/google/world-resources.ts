/** What a world may have besides its hierarchy, accounts and clusters; all of it plain JSON, all of it optional. */

import type { JsonObject, Policy } from './policy-types.ts';

/** A resource of a service that gives its resources policies of their own, or something inside such a resource. */
export type CloudResource = {
  /** What the service's `get` shows. */
  resource: JsonObject;
  /** Absent where the type has none: a secret's version, a bucket's object; a BigQuery dataset has `resource.access`. */
  policy?: Policy;
};

/** An Access Context Manager policy with what belongs to it (accesscontextmanager v1). */
export type AccessPolicy = { resource: JsonObject; servicePerimeters: JsonObject[]; accessLevels: JsonObject[] };

/** A principal access boundary policy (iam v3) and the binding that puts it on principals. */
export type AccessBoundary = {
  id: string;
  /** Full resource names of projects, folders and organizations that its principals are eligible to access. */
  resources: string[];
  /** Members as in allow policies (`user:`, `serviceAccount:`); absent: every principal. */
  members?: string[];
  /** Its rule restricts operations too; Policy Troubleshooter can't decide such a rule. */
  operations?: boolean;
};

/** A request that IAM denied, as Policy Troubleshooter knows it by the `error_info_id` of the denial. */
export type DeniedRequest = {
  principal: string;
  permission: string;
  fullResourceName: string;
  /** How many calls are still answered with 404: the record of a denial becomes available late. */
  notFound: number;
};
