/** Terraform of roles and bindings (provider hashicorp/kubernetes). */
import type { RbacObject } from '../../kubernetes/writes.ts';
import { hcl, terraformLabel } from './shell.ts';

/** One rule of a role: one verb on one resource. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The objects as they are sent: the role, where it is one of ours, and the binding. */
export interface Manifests {
  readonly role?: RbacObject & { readonly rules: readonly Rule[] };
  readonly binding: RbacObject & {
    readonly subjects: readonly object[];
    readonly roleRef: { readonly apiGroup: string; readonly kind: 'Role' | 'ClusterRole'; readonly name: string };
  };
}

const TYPES = {
  Role: 'kubernetes_role_v1',
  ClusterRole: 'kubernetes_cluster_role_v1',
  RoleBinding: 'kubernetes_role_binding_v1',
  ClusterRoleBinding: 'kubernetes_cluster_role_binding_v1',
} as const;

export function rbacTerraform({ role, binding }: Manifests): string {
  const { metadata, roleRef, subjects } = binding;
  const blocks = [
    block('metadata', metadata),
    block('role_ref', { api_group: roleRef.apiGroup, kind: roleRef.kind, name: roleRef.name }),
    ...subjects.map(subject => block('subject', renamed(subject))),
  ];
  return [
    ...(role
      ? [
          resource(TYPES[role.kind], role.metadata.name, [
            block('metadata', role.metadata),
            ...role.rules.map(ruleBlock),
          ]),
        ]
      : []),
    resource(TYPES[binding.kind], metadata.name, blocks),
  ].join('\n\n');
}

function resource(type: string, name: string, blocks: readonly string[]): string {
  return [`resource "${type}" "${terraformLabel(name)}" {`, blocks.join('\n'), '}'].join('\n');
}

function ruleBlock({ apiGroups, resources, verbs }: Rule): string {
  return block('rule', { api_groups: apiGroups, resources, verbs });
}

function renamed(subject: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(subject).map(([key, value]) => [key === 'apiGroup' ? 'api_group' : key, value]),
  );
}

/** A block with its attributes aligned, as `terraform fmt` does. */
function block(name: string, attributes: object): string {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const width = Math.max(...entries.map(([key]) => key.length));
  const lines = entries.map(([key, value]) => `    ${key.padEnd(width)} = ${hclValue(value)}`);
  return [`  ${name} {`, ...lines, '  }'].join('\n');
}

function hclValue(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(item => hcl(String(item))).join(', ')}]` : hcl(String(value));
}
