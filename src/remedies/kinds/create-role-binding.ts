/**
 * Lets somebody do one thing in a cluster: a binding to `view` where that covers it, else to a role with that one rule
 * (docs/domain/callers.md#rbac-forbidden). In one namespace, unless the whole cluster was asked for.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { canonicalJson } from '../../contracts/plan.ts';
import { isEscalating, isSystemIdentity } from '../../diagnosis/iam/kubernetes-access.ts';
import { KubernetesApiError } from '../../kubernetes/errors.ts';
import type { KubernetesWrites, RbacObject } from '../../kubernetes/writes.ts';
import { refusedBy } from '../apply/refused.ts';
import type { ApplyContext, RemedyDefinition } from '../remedy.ts';
import { type Manifests, rbacTerraform } from '../text/role-binding-terraform.ts';
import { shell } from '../text/shell.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** What lets its holder take any other right is never given by a button. */
const Verb = z
  .string()
  .min(1)
  .refine(verb => !isEscalating(verb));

const Rule = z.strictObject({
  apiGroups: z.array(z.string()).length(1),
  resources: z.array(z.string().min(1)).length(1),
  verbs: z.array(Verb).length(1),
});

const Name = z
  .string()
  .min(1)
  .refine(name => !isSystemIdentity(name));

const Subject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('User'), name: Name }),
  z.strictObject({ kind: z.literal('Group'), name: Name }),
  z.strictObject({ kind: z.literal('ServiceAccount'), name: z.string().min(1), namespace: z.string().min(1) }),
]);

export const CreateRoleBinding = z.strictObject({
  project: z.string().min(1),
  location: z.string().min(1),
  cluster: z.string().min(1),
  /** Absent: the whole cluster. */
  namespace: z.string().min(1).optional(),
  subject: Subject,
  role: z.union([z.strictObject({ clusterRole: z.literal('view') }), z.strictObject({ rule: Rule })]),
});
export type CreateRoleBinding = z.infer<typeof CreateRoleBinding>;

export const createRoleBinding: RemedyDefinition<CreateRoleBinding> = {
  kind: 'create-role-binding',
  risk: 'change',
  params: CreateRoleBinding,

  plan(params) {
    const { project, location, cluster, namespace, subject } = params;
    const { role, binding } = manifestsOf(params);
    const objects = [...(role ? [role] : []), binding];
    const scope = namespace ? [`--namespace=${namespace}`] : [];
    const remove = (object: RbacObject) =>
      shell(['kubectl', 'delete', object.kind.toLowerCase(), object.metadata.name, ...scope]);
    const allows = whatItAllows(params);
    return {
      params: { ...params },
      command: createCommands(params).join(' && '),
      undo: [binding, ...(role ? [role] : [])].map(remove).join(' && '),
      manifest: objects.map(manifestText).join('\n---\n'),
      terraform: rbacTerraform({ role, binding }),
      console: `https://console.cloud.google.com/kubernetes/object/browser?project=${encodeURIComponent(project)}`,
      summary: namespace
        ? {
            en: `Allow ${subject.name} to ${allows} in the namespace ${namespace}`,
            ja: `${subject.name} に Namespace ${namespace} での ${allows} を許可`,
          }
        : {
            en: `Allow ${subject.name} to ${allows} in the whole cluster`,
            ja: `${subject.name} にクラスタ全体での ${allows} を許可`,
          },
      change: {
        resource: `projects/${project}/locations/${location}/clusters/${cluster}${namespace ? `/k8s/namespaces/${namespace}` : ''}`,
        before: [],
        after: objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      },
    };
  },

  writing: {
    authority: ({ project, namespace }) => ({
      permission: namespace ? 'container.roleBindings.create' : 'container.clusterRoleBindings.create',
      resource: `projects/${project}`,
    }),

    async apply(params, context) {
      const { role, binding } = manifestsOf(params);
      const objects = [...(role ? [role] : []), binding];
      const writes = await open(params, context);
      const created: boolean[] = [];
      for (const object of objects) created.push(await ensure(writes, object));
      const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      return { changed: created.includes(true), before: [], after: names };
    },

    async revoke(params, context) {
      const { role, binding } = manifestsOf(params);
      const objects = [binding, ...(role ? [role] : [])];
      const writes = await open(params, context);
      for (const object of objects) await writes.deleteRbac(object).catch(refuse);
      return { changed: true, before: objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`), after: [] };
    },
  },
};

async function open(
  { project, location, cluster }: CreateRoleBinding,
  { google }: ApplyContext,
): Promise<KubernetesWrites> {
  return google.kubernetes(`projects/${project}/locations/${location}/clusters/${cluster}`);
}

const ATTEMPTS = 4;
const DELAY_MS = 300;

/**
 * Creates it, or finds that it is there: the name is made of the content, so what has the name is ours. An answer that got
 * lost is asked for again.
 */
async function ensure(writes: KubernetesWrites, object: RbacObject): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await writes.createRbac(object);
      return true;
    } catch (error) {
      const failure = KubernetesApiError.from(error);
      // After an attempt whose answer got lost, being there is our own doing.
      if (failure.status === 409) return attempt > 1;
      const passes = failure.status === 429 || (failure.status ?? 500) >= 500;
      if (!passes || attempt >= ATTEMPTS) throw refusedBy(failure);
      await sleep(DELAY_MS * 2 ** attempt);
    }
  }
}

function refuse(error: unknown): never {
  throw refusedBy(error);
}

export function manifestsOf(params: CreateRoleBinding): Manifests {
  const { namespace, subject, role } = params;
  const metadata = { name: nameOf(params), ...(namespace ? { namespace } : {}) };
  const own = 'rule' in role;
  const kind = own && namespace ? 'Role' : 'ClusterRole';
  const subjects = [subject.kind === 'ServiceAccount' ? subject : { ...subject, apiGroup: GROUP }];
  return {
    ...(own ? { role: { kind, metadata, rules: [role.rule] } } : {}),
    binding: {
      kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding',
      metadata,
      subjects,
      roleRef: { apiGroup: GROUP, kind, name: own ? metadata.name : role.clusterRole },
    },
  };
}

/** Readable, and a hash of all that it stands for: `gke-auth-list-roles-alice-1f0c2a9b`. */
function nameOf({ namespace, subject, role }: CreateRoleBinding): string {
  const what = 'rule' in role ? `${role.rule.verbs[0]}-${role.rule.resources[0]}` : role.clusterRole;
  const words = `gke-auth-${what}-${subject.name.split('@')[0]}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const hash = createHash('sha256').update(canonicalJson({ namespace, subject, role })).digest('hex').slice(0, 8);
  return `${words.slice(0, 54).replace(/-+$/, '')}-${hash}`;
}

function whatItAllows({ role }: CreateRoleBinding): string {
  return 'rule' in role ? `${role.rule.verbs[0]} ${role.rule.resources[0]}` : role.clusterRole;
}

function createCommands(params: CreateRoleBinding): string[] {
  const { namespace, subject } = params;
  const { role, binding } = manifestsOf(params);
  const scope = namespace ? [`--namespace=${namespace}`] : [];
  const who =
    subject.kind === 'ServiceAccount'
      ? `--serviceaccount=${subject.namespace}:${subject.name}`
      : `--${subject.kind.toLowerCase()}=${subject.name}`;
  const { kind, name } = binding.roleRef;
  const bind = [
    'kubectl',
    'create',
    binding.kind.toLowerCase(),
    binding.metadata.name,
    `--${kind.toLowerCase()}=${name}`,
    who,
    ...scope,
  ];
  const [rule] = role?.rules ?? [];
  if (!role || !rule) return [shell(bind)];
  const [resource = '', subresource] = (rule.resources[0] ?? '').split('/');
  const grouped = rule.apiGroups[0] ? `${resource}.${rule.apiGroups[0]}` : resource;
  const what = [`--verb=${rule.verbs[0]}`, `--resource=${subresource ? `${grouped}/${subresource}` : grouped}`];
  return [shell(['kubectl', 'create', role.kind.toLowerCase(), role.metadata.name, ...what, ...scope]), shell(bind)];
}

/** YAML is a superset of JSON's scalars and lists: names are quoted, nothing can break out of its line. */
function manifestText(object: RbacObject): string {
  const { kind, metadata, ...rest } = object;
  const lines = [
    `apiVersion: ${GROUP}/v1`,
    `kind: ${kind}`,
    'metadata:',
    ...Object.entries(metadata).map(([key, value]) => `  ${key}: ${scalar(value)}`),
    ...Object.entries(rest).flatMap(([key, value]) => [`${key}:`, ...nested(value)]),
  ];
  return lines.join('\n');
}

function nested(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(item => fields(item).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`));
  }
  return fields(value).map(line => `  ${line}`);
}

function fields(value: unknown): string[] {
  return Object.entries(value ?? {}).map(([key, item]) =>
    Array.isArray(item) ? `${key}: [${item.map(scalar).join(', ')}]` : `${key}: ${scalar(item)}`,
  );
}

function scalar(value: unknown): string {
  const text = String(value);
  return /^[a-z][a-z0-9./-]*$/i.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
