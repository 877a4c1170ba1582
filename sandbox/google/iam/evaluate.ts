import {
  type Binding,
  type DenyPolicy,
  type Folder,
  findProject,
  findServiceAccount,
  type Organization,
  own,
  type Policy,
  type Project,
  type World,
} from '../world.ts';
import { isEligible } from './boundaries.ts';
import { type Attributes, evaluateCondition } from './condition.ts';
import { memberIdentifiers, memberOf, normalizeMember } from './members.ts';
import { grants } from './roles.ts';

/** A resource that policies apply to: its full resource name, and its attributes in conditions. */
export type Resource = {
  /** `//SERVICE/NAME` */
  fullName: string;
  type: string;
  service: string;
  name: string;
  /** The service provides no resource attributes: conditions on `resource.*` are undecidable. */
  withoutAttributes?: true;
  /** Allow policies from the resource itself up to the organization. */
  policies: { fullName: string; policy: Policy }[];
  denyPolicies: { fullName: string; denyPolicy: DenyPolicy }[];
};

export type Access = 'granted' | 'denied' | 'not-granted' | 'unknown';

const resourceManager = '//cloudresourcemanager.googleapis.com';

/** The nodes of the hierarchy from the named one upwards: `projects/P`, `folders/F`, `organizations/O`. */
export function ancestors(world: World, name: string): { name: string; node: Project | Folder | Organization }[] {
  const chain: { name: string; node: Project | Folder | Organization }[] = [];
  let next: string | undefined = name;
  while (next) {
    const [kind, id = ''] = next.split('/');
    if (kind === 'projects') {
      const project = findProject(world, id);
      if (!project) break;
      chain.push({ name: `projects/${project.projectId}`, node: project });
      next = project.parent;
    } else if (kind === 'folders') {
      const folder: Folder | undefined = own(world.folders, next);
      if (!folder) break;
      chain.push({ name: next, node: folder });
      next = folder.parent;
    } else {
      const organization = own(world.organizations, next);
      if (organization) chain.push({ name: next, node: organization });
      next = undefined;
    }
  }
  return chain;
}

const nodeTypes: { [kind: string]: string } = { projects: 'Project', folders: 'Folder', organizations: 'Organization' };

/** A project (by id or number), folder or organization as a resource. */
export function hierarchyResource(world: World, name: string): Resource | undefined {
  const chain = ancestors(world, name);
  const first = chain[0];
  if (!first) return undefined;
  return {
    fullName: `${resourceManager}/${first.name}`,
    type: `cloudresourcemanager.googleapis.com/${nodeTypes[first.name.split('/')[0] ?? '']}`,
    service: 'cloudresourcemanager.googleapis.com',
    name: first.name,
    policies: chain.map(({ name, node }) => ({ fullName: `${resourceManager}/${name}`, policy: node.policy })),
    denyPolicies: chain.flatMap(({ name, node }) =>
      node.denyPolicies.map(denyPolicy => ({ fullName: `${resourceManager}/${name}`, denyPolicy })),
    ),
  };
}

/** A service account as a resource below its project. */
export function serviceAccountResource(world: World, email: string): Resource | undefined {
  const found = findServiceAccount(world, email);
  const parent = found && hierarchyResource(world, `projects/${found.project.projectId}`);
  if (!found || !parent) return undefined;
  const name = `projects/${found.project.projectId}/serviceAccounts/${found.account.uniqueId}`;
  const fullName = `//iam.googleapis.com/projects/${found.project.projectId}/serviceAccounts/${found.account.email}`;
  return {
    ...parent,
    fullName,
    type: 'iam.googleapis.com/ServiceAccount',
    service: 'iam.googleapis.com',
    name,
    policies: [{ fullName, policy: found.account.policy }, ...parent.policies],
  };
}

/** A resource without a policy of its own (a cluster, a service …), below its project. */
export function projectResource(
  world: World,
  project: string,
  inside: { service: string; type: string; name: string },
): Resource | undefined {
  const parent = hierarchyResource(world, `projects/${project}`);
  return parent && { ...parent, ...inside, fullName: `//${inside.service}/${inside.name}` };
}

function bindingApplies(
  world: World,
  binding: Binding,
  members: Set<string>,
  permission: string,
  attributes: Attributes,
): boolean | 'unknown' {
  const listed = binding.members.some(
    member => members.has(normalizeMember(member)) || holdsBasicRole(world, member, members),
  );
  if (!listed) return false;
  if (!grants(world, binding.role, permission)) return false;
  return binding.condition ? evaluateCondition(binding.condition.expression, attributes) : true;
}

const basicRoles: { [convenience: string]: string } = {
  projectOwner: 'roles/owner',
  projectEditor: 'roles/editor',
  projectViewer: 'roles/viewer',
};

/**
 * Whether a convenience value such as `projectViewer:P` includes one of these members: it stands for the holders of that
 * basic role on the project (Cloud Storage, "Convenience values"). Inherited roles count too; Google's documentation
 * leaves that open.
 */
export function holdsBasicRole(world: World, member: string, members: Set<string>): boolean {
  if (!member.startsWith('project')) return false;
  const [kind = '', project = ''] = member.split(':');
  const role = own(basicRoles, kind);
  if (!role) return false;
  return ancestors(world, `projects/${project}`).some(({ node }) =>
    node.policy.bindings.some(
      binding => binding.role === role && binding.members.some(other => members.has(normalizeMember(other))),
    ),
  );
}

/** The names of a principal in deny policies, such as `principal://goog/subject/EMAIL` (https://cloud.google.com/iam/docs/principal-identifiers). */
function denyPrincipals(members: Set<string>): Set<string> {
  const principals = new Set(['principalSet://goog/public:all']);
  for (const member of members) {
    const [kind, email = ''] = member.split(':');
    if (kind === 'principal' || kind === 'principalSet') principals.add(member);
    if (kind === 'user') principals.add(`principal://goog/subject/${email}`);
    if (kind === 'group') principals.add(`principalSet://goog/group/${email}`);
    if (kind === 'serviceAccount') {
      principals.add(`principal://iam.googleapis.com/projects/-/serviceAccounts/${email}`);
    }
  }
  return principals;
}

/** `container.clusters.get` as deny policies name it: `container.googleapis.com/clusters.get`. */
export function qualifiedPermission(permission: string): string {
  if (permission.includes('/')) return permission;
  const dot = permission.indexOf('.');
  const service = permission.slice(0, dot);
  return `${service === 'resourcemanager' ? 'cloudresourcemanager' : service}.googleapis.com/${permission.slice(dot + 1)}`;
}

function listsPermission(list: string[] | undefined, permission: string): boolean {
  return (list ?? []).some(entry => {
    if (entry === permission) return true;
    const [service, rest = ''] = permission.split('/');
    const [noun, verb] = rest.split('.');
    return entry === `${service}/*` || entry === `${service}/${noun}.*` || entry === `${service}/*.${verb}`;
  });
}

/** Whether a deny policy denies the permission, whatever is granted (https://cloud.google.com/iam/docs/deny-overview). */
export function isDenied(
  resource: Resource,
  members: Set<string>,
  permission: string,
  attributes: Attributes,
): boolean {
  const principals = denyPrincipals(members);
  const named = qualifiedPermission(permission);
  return resource.denyPolicies.some(({ denyPolicy }) =>
    denyPolicy.rules.some(({ denyRule: rule }) => {
      if (!rule.deniedPrincipals?.some(principal => principals.has(principal))) return false;
      if (rule.exceptionPrincipals?.some(principal => principals.has(principal))) return false;
      if (!listsPermission(rule.deniedPermissions, named)) return false;
      if (listsPermission(rule.exceptionPermissions, named)) return false;
      return (
        rule.denialCondition === undefined || evaluateCondition(rule.denialCondition.expression, attributes) === true
      );
    }),
  );
}

/** The resource attributes that conditions see. */
export function visibleResource(resource: Resource): Pick<Attributes, 'resource'> {
  return resource.withoutAttributes ? {} : { resource };
}

/**
 * Whether any of these members has a permission on a resource: deny policies first, then the allow policies of the
 * resource and of everything above it. A condition that can't be decided grants nothing, as in the real service; the
 * result is `unknown` then.
 */
export function accessOf(
  world: World,
  members: Set<string>,
  permission: string,
  resource: Resource,
  attributes: Omit<Attributes, 'resource'>,
): Access {
  const all: Attributes = { ...attributes, ...visibleResource(resource) };
  if (resource.denyPolicies.length > 0 && isDenied(resource, members, permission, all)) return 'denied';
  let doubt = false;
  for (const { policy } of resource.policies) {
    for (const binding of policy.bindings) {
      const applies = bindingApplies(world, binding, members, permission, all);
      if (applies === true) return 'granted';
      doubt ||= applies === 'unknown';
    }
  }
  return doubt ? 'unknown' : 'not-granted';
}

/**
 * Whether an account (by email) has a permission now. A disabled or deleted service account has none, and no account has
 * one outside its principal access boundaries.
 */
export function may(
  world: World,
  email: string,
  permission: string,
  resource: Resource,
  attributes: Omit<Attributes, 'resource'>,
): boolean {
  if (memberOf(email).startsWith('serviceAccount:')) {
    const account = findServiceAccount(world, email)?.account;
    if (account?.disabled || account?.deleteTime) return false;
  }
  if (!isEligible(world, email, resource)) return false;
  return accessOf(world, memberIdentifiers(world, email), permission, resource, attributes) === 'granted';
}
