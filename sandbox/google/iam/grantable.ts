import { typeOf } from './resource-types.ts';
import { predefinedRole } from './roles.ts';

const basicRole = /^roles\/(?:owner|editor|viewer)$/;
const onBucketsOnly = /^roles\/storage\.legacy/;

/**
 * Whether a predefined role can be granted on a resource (full resource name): where the resource is of a known type, a
 * role that has a permission for it or for what is in it. Cloud Storage and BigQuery resources take no basic roles, and
 * the legacy roles of Cloud Storage are for buckets and what is in them (Cloud Storage, "IAM roles for Cloud Storage").
 */
export function isGrantableOn(role: string, fullName: string): boolean {
  const type = typeOf(fullName);
  if (!type) return !onBucketsOnly.test(role);
  if (basicRole.test(role)) return !/^(?:storage|bigquery)\./.test(type.service);
  const permissions = predefinedRole(role)?.permissions ?? [];
  return permissions.some(permission => type.applies.some(beginning => permission.startsWith(beginning)));
}
