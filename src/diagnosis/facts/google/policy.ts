/** Allow and deny policies of projects, folders, organizations and service accounts. */
import type { Policy as RawPolicy } from '../../../google/answers.ts';
import type { DenyPolicy, Policy } from '../../iam/model.ts';
import type { Fact } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

type RawCondition = NonNullable<NonNullable<RawPolicy['bindings']>[number]['condition']>;

const KINDS: Readonly<Record<string, { source: string; permission: string }>> = {
  projects: {
    source: 'cloudresourcemanager projects.getIamPolicy',
    permission: 'resourcemanager.projects.getIamPolicy',
  },
  folders: { source: 'cloudresourcemanager folders.getIamPolicy', permission: 'resourcemanager.folders.getIamPolicy' },
  organizations: {
    source: 'cloudresourcemanager organizations.getIamPolicy',
    permission: 'resourcemanager.organizations.getIamPolicy',
  },
  serviceAccounts: { source: 'iam serviceAccounts.getIamPolicy', permission: 'iam.serviceAccounts.getIamPolicy' },
  subnetworks: { source: 'compute subnetworks.getIamPolicy', permission: 'compute.subnetworks.getIamPolicy' },
};

/**
 * The allow policy of `projects/P`, `folders/F`, `organizations/O`, `projects/P/serviceAccounts/EMAIL` or
 * `projects/P/regions/R/subnetworks/N`.
 */
export function readPolicy(session: Session, resource: string): Promise<Fact<Policy>> {
  // The kind of a resource is the word before its name.
  const name = resource.split('/').at(-2) ?? '';
  const kind = KINDS[name];
  if (!kind) throw new Error(`no policy can be read of ${resource}`);
  return session.once(`policy ${resource}`, () =>
    asFact({ ...kind, resource, self: session.self }, async () => {
      const raw: RawPolicy =
        name === 'serviceAccounts'
          ? await session.google.getServiceAccountPolicy(resource)
          : name === 'subnetworks'
            ? await session.google.getSubnetworkPolicy(resource)
            : await session.google.getPolicy(resource);
      return toPolicy(raw);
    }),
  );
}

export function toPolicy(raw: RawPolicy): Policy {
  return {
    bindings: (raw.bindings ?? []).map(binding => ({
      role: binding.role ?? '',
      members: binding.members ?? [],
      ...(binding.condition ? { condition: toCondition(binding.condition) } : {}),
    })),
    etag: raw.etag ?? undefined,
    version: raw.version ?? undefined,
  };
}

function toCondition(raw: RawCondition) {
  return {
    title: raw.title ?? undefined,
    description: raw.description ?? undefined,
    expression: raw.expression ?? '',
  };
}

/** Deny policies attached to `projects/PN`, `folders/F` or `organizations/O`. */
export function readDenyPolicies(session: Session, resource: string): Promise<Fact<readonly DenyPolicy[]>> {
  return session.once(`deny ${resource}`, () =>
    asFact(
      { source: 'iam denypolicies.list', permission: 'iam.denypolicies.list', resource, self: session.self },
      async () => {
        const policies = await session.google.listDenyPolicies(`cloudresourcemanager.googleapis.com/${resource}`);
        return policies.map(policy => ({
          name: policy.name ?? '',
          rules: (policy.rules ?? []).flatMap(({ denyRule }) =>
            denyRule
              ? [
                  {
                    deniedPrincipals: denyRule.deniedPrincipals ?? [],
                    exceptionPrincipals: denyRule.exceptionPrincipals ?? [],
                    deniedPermissions: denyRule.deniedPermissions ?? [],
                    exceptionPermissions: denyRule.exceptionPermissions ?? [],
                    ...(denyRule.denialCondition ? { condition: toCondition(denyRule.denialCondition) } : {}),
                  },
                ]
              : [],
          ),
        }));
      },
    ),
  );
}
