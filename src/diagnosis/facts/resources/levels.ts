/** The levels whose policies count for a resource below a project, and what conditions see of it (docs/domain/resources.md). */
import { type CloudResource, isUsedOn, parentOf, parseResource } from '../../../contracts/resource-name.ts';
import type { Doubt, Knowledge, Level, Policy } from '../../iam/model.ts';
import { type Fact, known, type Unknown, unknown } from '../fact.ts';
import { readProject } from '../google/project.ts';
import type { Session } from '../session.ts';
import { holdersOf, readBucket, readProjectOf, readResourcePolicy } from './resource.ts';

/** A level whose policy is on its way. */
export interface PendingLevel {
  readonly resource: string;
  readonly policy: Promise<Fact<Policy>>;
  readonly deny?: Promise<NonNullable<Level['deny']>>;
  readonly stands?: Promise<Level['stands']>;
}

export interface PendingLevels {
  readonly levels: readonly PendingLevel[];
  readonly complete: Fact<true>;
  readonly attributes?: Knowledge['attributes'];
  readonly doubts?: readonly Doubt[];
}

/** Whoever reads the levels of a project, for the part above the resource. */
type ProjectLevels = (project: string) => Promise<PendingLevels>;

/** `name`: a full resource name. */
export async function readResourceLevels(
  session: Session,
  name: string,
  projectLevels: ProjectLevels,
): Promise<PendingLevels> {
  const resource = parseResource(name);
  if (!resource) return unreadable(name);
  const own = holdersOf(resource, parentOf).map(holder => ({ holder, policy: readResourcePolicy(session, holder) }));
  const [project, folders, doubts] = await Promise.all([
    readProjectOf(session, resource),
    managedFolders(session, resource),
    doubtsOf(session, resource),
  ]);
  const above = project.known ? await projectLevels(await idOf(session, project.value)) : noProject(project);
  const levels = [
    ...folders.map(holder => ({ holder, policy: orNone(readResourcePolicy(session, holder)) })),
    ...own,
  ].map(({ holder, policy }) => ({ resource: holder.fullName, policy, stands: standsFor(policy, above.levels) }));
  const attributes = await attributesOf(session, resource);
  return {
    levels: [...levels, ...above.levels],
    complete: above.complete,
    doubts,
    ...(attributes ? { attributes } : {}),
  };
}

function noProject(project: Unknown): PendingLevels {
  return { levels: [], complete: project };
}

/** A kind of resource that this version can't read the policy of: it may grant. */
function unreadable(name: string): PendingLevels {
  const fact = unknown({
    code: 'not-asked',
    source: 'the name of the resource',
    reason: {
      en: `gke-auth can't read policies of resources such as ${name}.`,
      ja: `${name} のような種類のリソースのポリシーは読み取れません。`,
    },
  });
  return { levels: [{ resource: name, policy: Promise.resolve(fact) }], complete: fact };
}

async function idOf(session: Session, project: string): Promise<string> {
  if (!/^\d+$/.test(project)) return project;
  const fact = await readProject(session, project);
  return fact.known ? fact.value.id : project;
}

const MAX_FOLDERS = 10;

/**
 * The managed folders that an object may be in: every prefix of its name that ends in a slash
 * (https://cloud.google.com/storage/docs/managed-folders). Only a bucket with uniform bucket-level access has any.
 */
async function managedFolders(session: Session, { kind, path }: CloudResource): Promise<CloudResource[]> {
  if (kind !== 'object') return [];
  const [, , , bucket = '', , ...object] = path.split('/');
  if (object.length < 2) return [];
  const holder = parseResource(`gs://${bucket}`);
  const facts = holder && (await readBucket(session, holder));
  if (facts?.known && facts.value.uniform === false) return [];
  return object
    .slice(0, -1)
    .slice(0, MAX_FOLDERS)
    .flatMap((_, index) => {
      const folder = `${object.slice(0, index + 1).join('/')}/`;
      return parseResource(`//storage.googleapis.com/projects/_/buckets/${bucket}/managedFolders/${folder}`) ?? [];
    })
    .reverse();
}

/** A folder that is none has no policy. */
async function orNone(policy: Promise<Fact<Policy>>): Promise<Fact<Policy>> {
  const fact = await policy;
  return !fact.known && fact.code === 'absent' ? known({ bindings: [] }, fact.source) : fact;
}

/** Objects of a bucket without uniform bucket-level access may be granted by access control lists, which no policy shows. */
async function doubtsOf(session: Session, resource: CloudResource): Promise<Doubt[]> {
  if (resource.service !== 'storage') return [];
  const facts = await readBucket(session, resource);
  if (facts.known && facts.value.uniform === true) return [];
  if (!facts.known && facts.code === 'absent') return [];
  const bucket = `//storage.googleapis.com/${resource.path.split('/').slice(0, 4).join('/')}`;
  return [{ kind: 'acl', level: bucket, ...(facts.known ? {} : { fact: facts }) }];
}

const BASIC_ROLES: Readonly<Record<string, string>> = {
  projectOwner: 'roles/owner',
  projectEditor: 'roles/editor',
  projectViewer: 'roles/viewer',
};

/**
 * Who a convenience value such as `projectViewer:P` stands for: the holders of that basic role on the project
 * (https://cloud.google.com/storage/docs/access-control/iam#convenience-values). Whether inherited roles count is not documented.
 */
async function standsFor(policy: Promise<Fact<Policy>>, above: readonly PendingLevel[]): Promise<Level['stands']> {
  const own = await policy;
  if (!own.known) return undefined;
  const values = own.value.bindings.flatMap(({ members }) =>
    members.filter(member => /^project(?:Owner|Editor|Viewer):/.test(member)),
  );
  if (values.length === 0) return undefined;
  const [project, ...ancestors] = await Promise.all(
    above.map(async level => ({ resource: level.resource, policy: await level.policy })),
  );
  if (!project?.policy.known) return undefined;
  const holders = (level: { readonly policy: Fact<Policy> }, role: string) =>
    level.policy.known
      ? level.policy.value.bindings.filter(binding => binding.role === role).flatMap(({ members }) => members)
      : [];
  return new Map(
    [...new Set(values)]
      .filter(value => project.resource === `projects/${value.split(':')[1]}`)
      .map(value => {
        const role = BASIC_ROLES[value.split(':')[0] ?? ''] ?? '';
        const inherited = ancestors.flatMap(level => holders(level, role));
        return [value, { members: holders(project, role), inherited }] as const;
      }),
  );
}

/** Services that give conditions nothing of the resource (https://cloud.google.com/iam/docs/conditions-resource-attributes). */
const WITH_ATTRIBUTES = new Set(['storage', 'secretmanager', 'cloudkms', 'compute', 'spanner']);

/** What is certain of `resource.*`: the name only where the permission is used on the resource itself, which `of` tells. */
async function attributesOf(session: Session, resource: CloudResource): Promise<Knowledge['attributes']> {
  const { service, type, path } = resource;
  if (!WITH_ATTRIBUTES.has(service)) return undefined;
  const [, project = '', ...rest] = path.split('/');
  // Secret Manager names the project by its number.
  const number = service === 'secretmanager' ? await readProject(session, project) : undefined;
  const owner = number?.known ? number.value.number : project;
  const name = number && !number.known ? {} : { name: ['projects', owner, ...rest].join('/') };
  return { service: `${service}.googleapis.com`, type, ...name };
}

/** The attributes that hold for one permission: those of a part of the resource, such as an object of the bucket, are not known. */
export function attributesFor(
  permission: string,
  name: string,
  attributes: Knowledge['attributes'],
): Knowledge['attributes'] {
  const resource = parseResource(name);
  if (!attributes || !resource) return attributes;
  const itself = permission.startsWith(`${resource.noun}.`) || permission === 'storage.objects.list';
  return itself && isUsedOn(permission, resource)
    ? attributes
    : { ...(attributes.service ? { service: attributes.service } : {}) };
}
