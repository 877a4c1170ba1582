/** The policies of resources below projects, and which project they are in (docs/domain/resources.md). */
import { type CloudResource, policyHolder, projectOf } from '../../../contracts/resource-name.ts';
import type { Policy } from '../../iam/model.ts';
import { memberOf } from '../../iam/principal.ts';
import { type Fact, known, unknown } from '../fact.ts';
import { toPolicy } from '../google/policy.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

/** What is known of a resource beside its policies. */
export interface NamedResource {
  readonly resource: CloudResource;
  /** Id or number of the project that it is in. */
  readonly project: Fact<string>;
}

export interface BucketFacts {
  readonly projectNumber: string | undefined;
  /** Whether objects have no access control lists of their own; undefined where the answer doesn't tell. */
  readonly uniform: boolean | undefined;
}

function bucketOf({ path }: CloudResource): string {
  return path.split('/')[3] ?? '';
}

export function readBucket(session: Session, resource: CloudResource): Promise<Fact<BucketFacts>> {
  const bucket = bucketOf(resource);
  return session.once(`bucket ${bucket}`, () =>
    asFact(
      {
        source: 'storage buckets.get',
        permission: 'storage.buckets.get',
        resource: `//storage.googleapis.com/projects/_/buckets/${bucket}`,
        self: session.self,
      },
      async () => {
        const { projectNumber, iamConfiguration } = await session.google.getBucket(bucket);
        return {
          projectNumber: projectNumber === undefined || projectNumber === null ? undefined : String(projectNumber),
          uniform: iamConfiguration?.uniformBucketLevelAccess?.enabled ?? undefined,
        };
      },
    ),
  );
}

/** The project of a resource: its name tells, or for what is in a bucket the bucket does. */
export async function readProjectOf(session: Session, resource: CloudResource): Promise<Fact<string>> {
  const named = projectOf(resource);
  if (named !== undefined) return known(named, 'the name of the resource');
  const bucket = await readBucket(session, resource);
  if (!bucket.known) return bucket;
  const { projectNumber } = bucket.value;
  if (projectNumber !== undefined) return known(projectNumber, bucket.source);
  const reason = {
    en: `The answer about bucket ${bucketOf(resource)} doesn't name its project.`,
    ja: `バケット ${bucketOf(resource)} についての応答にプロジェクトが含まれていません。`,
  };
  return unknown({ code: 'malformed', source: bucket.source, reason });
}

export async function readNamedResource(session: Session, resource: CloudResource): Promise<NamedResource> {
  return { resource, project: await readProjectOf(session, resource) };
}

/** The allow policy of a resource that has one; of a dataset, its access list in the form of a policy. */
export function readResourcePolicy(session: Session, resource: CloudResource): Promise<Fact<Policy>> {
  const { fullName, noun } = resource;
  if (resource.policy === 'list') return readDataset(session, resource);
  return session.once(`policy ${fullName}`, () =>
    asFact(
      {
        source: `${noun.replace('.', ' ')}.getIamPolicy`,
        permission: `${noun}.getIamPolicy`,
        resource: fullName,
        self: session.self,
      },
      async () => toPolicy(await session.google.getResourcePolicy(resource)),
    ),
  );
}

/** `READER`, `WRITER` and `OWNER` of an access list stand for these roles (https://cloud.google.com/bigquery/docs/access-control-basic-roles). */
const BASIC_ACCESS: Readonly<Record<string, string>> = {
  READER: 'roles/bigquery.dataViewer',
  WRITER: 'roles/bigquery.dataEditor',
  OWNER: 'roles/bigquery.dataOwner',
};
const SPECIAL_GROUPS: Readonly<Record<string, string>> = {
  projectReaders: 'projectViewer',
  projectWriters: 'projectEditor',
  projectOwners: 'projectOwner',
};

function readDataset(session: Session, { fullName, path }: CloudResource): Promise<Fact<Policy>> {
  const project = path.split('/')[1] ?? '';
  const special = (group: string) => (SPECIAL_GROUPS[group] ? `${SPECIAL_GROUPS[group]}:${project}` : group);
  return session.once(`policy ${fullName}`, () =>
    asFact(
      { source: 'bigquery datasets.get', permission: 'bigquery.datasets.get', resource: fullName, self: session.self },
      async () => {
        const { access } = await session.google.getDataset(path);
        const bindings = (access ?? []).flatMap(entry => {
          const { role, userByEmail, groupByEmail, domain, specialGroup, iamMember, condition } = entry;
          const member =
            iamMember ??
            (userByEmail ? memberOf(userByEmail) : undefined) ??
            (groupByEmail ? `group:${groupByEmail}` : undefined) ??
            (domain ? `domain:${domain}` : undefined) ??
            (specialGroup ? special(specialGroup) : undefined);
          // What has no role is another view, routine or dataset that may read this one.
          if (!role || !member) return [];
          return [{ role: BASIC_ACCESS[role] ?? role, members: [member], ...(condition ? { condition } : {}) }];
        });
        return toPolicy({ bindings });
      },
    ),
  );
}

/** The policies that count for a resource, its own first: those of what it is part of, below the project. */
export function holdersOf(
  resource: CloudResource,
  parent: (of: CloudResource) => CloudResource | undefined,
): CloudResource[] {
  const holder = policyHolder(resource);
  if (!holder) return [];
  const above = parent(holder);
  return [holder, ...(above ? holdersOf(above, parent) : [])];
}
