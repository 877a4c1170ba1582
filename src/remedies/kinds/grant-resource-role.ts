/** Grants a role on one resource below a project: appended to the unconditional binding of its policy (docs/domain/remedies.md#grant-resource-role). */
import { z } from 'zod';
import {
  type CloudResource,
  GRANTABLE_KINDS,
  parseResource,
  projectOf,
  type ResourceKind,
} from '../../contracts/resource-name.ts';
import type { Policy } from '../../diagnosis/iam/model.ts';
import { nameOfResource } from '../../diagnosis/iam/resources/names.ts';
import { addMember, type Membership, removeMember } from '../apply/policy-write.ts';
import type { ApplyContext, RemedyDefinition } from '../remedy.ts';
import { conditionBlock, conditionFlag, type ManualSteps } from '../text/manual.ts';
import { shell, terraform, terraformLabel } from '../text/shell.ts';
import { expiry } from './grant-project-role.ts';

/** Full resource name of a kind that a grant can be made on. */
const Resource = z.string().refine(name => {
  const resource = parseResource(name);
  return resource !== undefined && resource.fullName === name && GRANTABLE_KINDS.includes(resource.kind);
});

export const GrantResourceRole = z.strictObject({
  resource: Resource,
  member: z.string().min(1),
  role: z.string().min(1),
  /** The resource's project, where its name doesn't tell: a bucket's. Its approval rules count. */
  project: z.string().min(1).optional(),
});
export type GrantResourceRole = z.infer<typeof GrantResourceRole>;

export const grantResourceRole: RemedyDefinition<GrantResourceRole> = {
  kind: 'grant-resource-role',
  risk: 'grant',
  params: GrantResourceRole,

  plan({ resource, member, role, project }, { access, missing }) {
    const name = nameOfResource(of(resource));
    const policy = access.policy(resource);
    const before = policy.known ? membersOf(policy.value, role) : [];
    const contents = access.role(role);
    const adds = contents?.known ? [...contents.value.permissions].sort() : [];
    return {
      params: { resource, member, role, ...(project ? { project } : {}) },
      ...manualResourceGrant({ resource, member, role }),
      summary: { en: `Grant ${role} on ${name.en}`, ja: `${name.ja}に対する ${role} を付与` },
      change: {
        resource,
        before,
        after: before.includes(member) ? before : [...before, member],
        ...(adds.length > 0 ? { adds, extra: adds.filter(permission => !missing.includes(permission)).length } : {}),
      },
    };
  },

  writing: {
    authority: ({ resource }) => ({ permission: `${of(resource).noun}.setIamPolicy`, resource }),
    apply: (params, context) => addMember(context.google, membership(params, context)),
    revoke: (params, context) => removeMember(context.google, membership(params, context)),
  },
};

/** @throws where the name is none: parameters are validated before. */
function of(resource: string): CloudResource {
  const found = parseResource(resource);
  if (!found) throw new Error(`${resource} is no resource that is known`);
  return found;
}

/** Services whose resources' policies take no conditions: there a scheduled job ends a grant (docs/domain/resources.md#time-bound-grants). */
const WITHOUT_CONDITIONS = new Set(['pubsub', 'artifactregistry']);

/** Whether a grant on the resource can carry its own end. */
export function takesConditions({ service }: CloudResource): boolean {
  return !WITHOUT_CONDITIONS.has(service);
}

function membership({ resource, member, role }: GrantResourceRole, { approval, endsAt }: ApplyContext): Membership {
  const ends = endsAt && takesConditions(of(resource));
  return { resource, role, member, ...(ends ? { condition: expiry(approval, endsAt) } : {}) };
}

/** The grant as people make it themselves; with an end, for a time, where the service takes conditions. */
export function manualResourceGrant({ resource, member, role }: GrantResourceRole, endsAt?: Date): ManualSteps {
  const target = of(resource);
  const end = takesConditions(target) ? endsAt : undefined;
  const { words, type, attributes } = STEPS[target.kind]?.(target) ?? { words: [], type: '', attributes: {} };
  const [group = [], name = [], where = []] = words;
  const condition = WITHOUT_FLAG.has(target.kind) ? [] : [conditionFlag(end)];
  const gcloud = (verb: string) =>
    shell(['gcloud', ...group, verb, ...name, ...where, `--member=${member}`, `--role=${role}`, ...condition]);
  return {
    command: gcloud('add-iam-policy-binding'),
    undo: gcloud('remove-iam-policy-binding'),
    terraform: terraform(
      type,
      terraformLabel(`${target.path.split('/').at(-1)}_${member.split(/[:/]/).at(-1)}`),
      { ...attributes, role, member },
      conditionBlock(end),
    ),
  };
}

/** Kinds whose `gcloud … add-iam-policy-binding` has no flag `--condition` (https://cloud.google.com/sdk/gcloud/reference). */
const WITHOUT_FLAG: ReadonlySet<ResourceKind> = new Set<ResourceKind>(['topic', 'subscription', 'subnetwork']);

interface Steps {
  /** Words before the verb, the name, and where it is. */
  readonly words: readonly (readonly string[])[];
  readonly type: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const on = (target: CloudResource) => `--project=${projectOf(target) ?? ''}`;
const parts = ({ path }: CloudResource) => path.split('/');

const compute =
  (noun: string, type: string, argument: string) =>
  (target: CloudResource): Steps => {
    const [, project = '', level = '', place = '', , name = ''] = parts(target);
    const scope = level.replace(/s$/, '');
    return {
      words: [['compute', ...noun.split(' ')], [name], [`--${scope}=${place}`, on(target)]],
      type: `google_compute_${type}_iam_member`,
      attributes: { project, [scope]: place, [argument]: name },
    };
  };

/** gcloud's and Terraform's words for each kind. */
const STEPS: Partial<Record<ResourceKind, (target: CloudResource) => Steps>> = {
  bucket: ({ path }) => {
    const bucket = path.split('/')[3] ?? '';
    return {
      words: [['storage', 'buckets'], [`gs://${bucket}`]],
      type: 'google_storage_bucket_iam_member',
      attributes: { bucket },
    };
  },
  secret: target => {
    const [, project = '', , name = ''] = parts(target);
    return {
      words: [['secrets'], [name], [on(target)]],
      type: 'google_secret_manager_secret_iam_member',
      attributes: { project, secret_id: name },
    };
  },
  topic: target => {
    const [, project = '', , name = ''] = parts(target);
    return {
      words: [['pubsub', 'topics'], [name], [on(target)]],
      type: 'google_pubsub_topic_iam_member',
      attributes: { project, topic: name },
    };
  },
  subscription: target => {
    const [, project = '', , name = ''] = parts(target);
    return {
      words: [['pubsub', 'subscriptions'], [name], [on(target)]],
      type: 'google_pubsub_subscription_iam_member',
      attributes: { project, subscription: name },
    };
  },
  key: target => {
    const [, , , location = '', , ring = '', , name = ''] = parts(target);
    return {
      words: [['kms', 'keys'], [name], [`--keyring=${ring}`, `--location=${location}`, on(target)]],
      type: 'google_kms_crypto_key_iam_member',
      attributes: { crypto_key_id: target.path },
    };
  },
  keyRing: target => {
    const [, , , location = '', , name = ''] = parts(target);
    return {
      words: [['kms', 'keyrings'], [name], [`--location=${location}`, on(target)]],
      type: 'google_kms_key_ring_iam_member',
      attributes: { key_ring_id: target.path },
    };
  },
  repository: target => {
    const [, project = '', , location = '', , name = ''] = parts(target);
    return {
      words: [['artifacts', 'repositories'], [name], [`--location=${location}`, on(target)]],
      type: 'google_artifact_registry_repository_iam_member',
      attributes: { project, location, repository: name },
    };
  },
  database: target => {
    const [, project = '', , instance = '', , name = ''] = parts(target);
    return {
      words: [['spanner', 'databases'], [name], [`--instance=${instance}`, on(target)]],
      type: 'google_spanner_database_iam_member',
      attributes: { project, instance, database: name },
    };
  },
  spannerInstance: target => {
    const [, project = '', , name = ''] = parts(target);
    return {
      words: [['spanner', 'instances'], [name], [on(target)]],
      type: 'google_spanner_instance_iam_member',
      attributes: { project, instance: name },
    };
  },
  disk: compute('disks', 'disk', 'name'),
  instance: compute('instances', 'instance', 'instance_name'),
  subnetwork: compute('networks subnets', 'subnetwork', 'subnetwork'),
};

/** Members of the binding that a grant appends to: the role's, without a condition. */
function membersOf(policy: Policy, role: string): string[] {
  return policy.bindings
    .filter(binding => binding.role === role && !binding.condition)
    .flatMap(({ members }) => members);
}
