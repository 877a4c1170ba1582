/**
 * Google Cloud resources below projects, by their full resource names, and what is known of each kind: whether it has an allow
 * policy of its own, what it is part of, and which permissions are used on it (docs/domain/resources.md;
 * https://cloud.google.com/iam/docs/resource-types-with-policies, https://cloud.google.com/asset-inventory/docs/asset-names).
 */

interface Kind {
  /** Name of the API and of the permissions: `storage`. */
  readonly service: string;
  /** `resource.type` in IAM conditions. */
  readonly type: string;
  /** The name after `//SERVICE.googleapis.com/`. */
  readonly name: RegExp;
  /** What its own permissions begin with: `pubsub.topics`. */
  readonly noun: string;
  /** `own`: an allow policy; `list`: an access list instead; `none`: the policy of what it is part of. */
  readonly policy: 'own' | 'list' | 'none';
  /** Prefixes of the permissions that are used on it or on its parts. */
  readonly applies: readonly string[];
  /** How many segments at the end of its name lead to what it is part of; absent where that is the project. */
  readonly below?: number;
}

const PROJECT = 'projects/[^/]+';
const LOCATION = `${PROJECT}/locations/[^/]+`;
const RING = `${LOCATION}/keyRings/[^/]+`;
const whole = (pattern: string) => new RegExp(`^${pattern}$`, 's');
const OBJECTS = ['storage.objects.', 'storage.managedFolders.', 'storage.folders.', 'storage.multipartUploads.'];
const TABLES = ['bigquery.tables.', 'bigquery.routines.', 'bigquery.models.', 'bigquery.rowAccessPolicies.'];
const VERSIONS = ['cloudkms.cryptoKeyVersions.'];

const compute = (type: string, noun: string): Kind => ({
  service: 'compute',
  type: `compute.googleapis.com/${type}`,
  name: whole(`${PROJECT}/(?:zones|regions)/[^/]+/${noun}/[^/]+`),
  noun: `compute.${noun}`,
  policy: 'own',
  applies: [`compute.${noun}.`],
});

const pubsub = (type: string, noun: string): Kind => ({
  service: 'pubsub',
  type: `pubsub.googleapis.com/${type}`,
  name: whole(`${PROJECT}/${noun}/[^/]+`),
  noun: `pubsub.${noun}`,
  policy: 'own',
  applies: [`pubsub.${noun}.`],
});

const KINDS = {
  object: {
    service: 'storage',
    type: 'storage.googleapis.com/Object',
    name: whole('projects/_/buckets/[^/]+/objects/.+'),
    noun: 'storage.objects',
    policy: 'none',
    applies: OBJECTS,
  },
  managedFolder: {
    service: 'storage',
    type: 'storage.googleapis.com/ManagedFolder',
    name: whole('projects/_/buckets/[^/]+/managedFolders/.+'),
    noun: 'storage.managedFolders',
    policy: 'own',
    applies: OBJECTS,
  },
  bucket: {
    service: 'storage',
    type: 'storage.googleapis.com/Bucket',
    name: whole('projects/_/buckets/[^/]+'),
    noun: 'storage.buckets',
    policy: 'own',
    applies: [...OBJECTS, 'storage.buckets.'],
  },
  secretVersion: {
    service: 'secretmanager',
    type: 'secretmanager.googleapis.com/SecretVersion',
    name: whole(`${PROJECT}/secrets/[^/]+/versions/[^/]+`),
    noun: 'secretmanager.versions',
    policy: 'none',
    applies: ['secretmanager.versions.'],
    below: 2,
  },
  secret: {
    service: 'secretmanager',
    type: 'secretmanager.googleapis.com/Secret',
    name: whole(`${PROJECT}/secrets/[^/]+`),
    noun: 'secretmanager.secrets',
    policy: 'own',
    applies: ['secretmanager.secrets.', 'secretmanager.versions.'],
  },
  topic: pubsub('Topic', 'topics'),
  subscription: pubsub('Subscription', 'subscriptions'),
  keyVersion: {
    service: 'cloudkms',
    type: 'cloudkms.googleapis.com/CryptoKeyVersion',
    name: whole(`${RING}/cryptoKeys/[^/]+/cryptoKeyVersions/[^/]+`),
    noun: 'cloudkms.cryptoKeyVersions',
    policy: 'none',
    applies: VERSIONS,
    below: 2,
  },
  key: {
    service: 'cloudkms',
    type: 'cloudkms.googleapis.com/CryptoKey',
    name: whole(`${RING}/cryptoKeys/[^/]+`),
    noun: 'cloudkms.cryptoKeys',
    policy: 'own',
    applies: ['cloudkms.cryptoKeys.', ...VERSIONS],
    below: 2,
  },
  keyRing: {
    service: 'cloudkms',
    type: 'cloudkms.googleapis.com/KeyRing',
    name: whole(RING),
    noun: 'cloudkms.keyRings',
    policy: 'own',
    applies: ['cloudkms.keyRings.', 'cloudkms.cryptoKeys.', 'cloudkms.importJobs.', ...VERSIONS],
  },
  repository: {
    service: 'artifactregistry',
    type: 'artifactregistry.googleapis.com/Repository',
    name: whole(`${LOCATION}/repositories/[^/]+`),
    noun: 'artifactregistry.repositories',
    policy: 'own',
    applies: ['repositories', 'packages', 'versions', 'tags', 'files', 'dockerimages'].map(
      noun => `artifactregistry.${noun}.`,
    ),
  },
  database: {
    service: 'spanner',
    type: 'spanner.googleapis.com/Database',
    name: whole(`${PROJECT}/instances/[^/]+/databases/[^/]+`),
    noun: 'spanner.databases',
    policy: 'own',
    applies: ['spanner.databases.', 'spanner.sessions.', 'spanner.databaseOperations.', 'spanner.databaseRoles.'],
    below: 2,
  },
  spannerInstance: {
    service: 'spanner',
    type: 'spanner.googleapis.com/Instance',
    name: whole(`${PROJECT}/instances/[^/]+`),
    noun: 'spanner.instances',
    policy: 'own',
    applies: ['spanner.'],
  },
  zone: {
    service: 'dns',
    type: 'dns.googleapis.com/ManagedZone',
    name: whole(`${PROJECT}/managedZones/[^/]+`),
    noun: 'dns.managedZones',
    policy: 'own',
    applies: ['dns.managedZones.', 'dns.changes.', 'dns.resourceRecordSets.', 'dns.dnsKeys.'],
  },
  table: {
    service: 'bigquery',
    type: 'bigquery.googleapis.com/Table',
    name: whole(`${PROJECT}/datasets/[^/]+/tables/[^/]+`),
    noun: 'bigquery.tables',
    policy: 'own',
    applies: ['bigquery.tables.', 'bigquery.rowAccessPolicies.'],
    below: 2,
  },
  dataset: {
    service: 'bigquery',
    type: 'bigquery.googleapis.com/Dataset',
    name: whole(`${PROJECT}/datasets/[^/]+`),
    noun: 'bigquery.datasets',
    policy: 'list',
    applies: ['bigquery.datasets.', ...TABLES],
  },
  disk: compute('Disk', 'disks'),
  instance: compute('Instance', 'instances'),
  subnetwork: compute('Subnetwork', 'subnetworks'),
  sqlInstance: {
    service: 'cloudsql',
    type: 'sqladmin.googleapis.com/Instance',
    name: whole(`${PROJECT}/instances/[^/]+`),
    noun: 'cloudsql.instances',
    policy: 'none',
    applies: ['cloudsql.'],
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type ResourceKind = keyof typeof KINDS;

/**
 * Kinds that a grant may be made on by a click. Datasets can't: whoever may update one may grant anything on it, whatever limits
 * the grantor (https://cloud.google.com/iam/docs/conditions-attribute-reference).
 */
export const GRANTABLE_KINDS: readonly ResourceKind[] = [
  'bucket',
  'secret',
  'topic',
  'subscription',
  'key',
  'keyRing',
  'repository',
  'database',
  'spannerInstance',
  'disk',
  'instance',
  'subnetwork',
];

export interface CloudResource extends Kind {
  readonly kind: ResourceKind;
  /** `//storage.googleapis.com/projects/_/buckets/B`. */
  readonly fullName: string;
  /** The part after the service: `projects/_/buckets/B`. */
  readonly path: string;
}

/** Services whose API is not called as their permissions are. */
const APIS: Readonly<Record<string, string>> = { cloudsql: 'sqladmin' };

const KINDS_BY_NAME = Object.entries<Kind>(KINDS);

function isKind(name: string): name is ResourceKind {
  return name in KINDS;
}

/**
 * Reads the name of a resource: a full resource name, `gs://BUCKET[/OBJECT]`, or a relative name such as
 * `projects/P/topics/T`. Undefined for what is none of the kinds above.
 * @param permission tells kinds with names of one form apart: instances of Spanner and of Cloud SQL
 */
export function parseResource(text: string, permission?: string): CloudResource | undefined {
  const [, bucket, object] = /^gs:\/\/([^/]+)(?:\/(.+))?$/s.exec(text) ?? [];
  if (bucket)
    return parseResource(`//storage.googleapis.com/projects/_/buckets/${bucket}${object ? `/objects/${object}` : ''}`);
  const [, api, path = text] = /^\/\/([a-z0-9-]+)\.googleapis\.com\/(.+)$/s.exec(text) ?? [];
  const wanted = api ?? permission?.split('.')[0];
  const fits = KINDS_BY_NAME.filter(([, kind]) => kind.name.test(path));
  const [name, kind] =
    fits.find(([, { service }]) => service === wanted || APIS[service] === wanted) ??
    (api === undefined && fits.length === 1 ? fits[0] : undefined) ??
    [];
  if (!name || !kind || !isKind(name)) return undefined;
  const fullName = `//${APIS[kind.service] ?? kind.service}.googleapis.com/${path}`;
  return { ...kind, kind: name, fullName, path };
}

/** What a resource is part of, below its project; undefined where that is the project. An object's managed folders are not told by names alone. */
export function parentOf({ kind, path, below, service }: CloudResource): CloudResource | undefined {
  if (kind === 'object' || kind === 'managedFolder') return parseResource(`gs://${path.split('/')[3]}`);
  if (below === undefined) return undefined;
  return parseResource(`//${APIS[service] ?? service}.googleapis.com/${path.split('/').slice(0, -below).join('/')}`);
}

/** The resource with its own policy or access list that is nearest: a version's secret, an object's bucket. Undefined where only the project's counts. */
export function policyHolder(resource: CloudResource): CloudResource | undefined {
  if (resource.policy !== 'none') return resource;
  const parent = parentOf(resource);
  return parent && policyHolder(parent);
}

/** The id or number of the project that the name tells; a bucket's name tells none. */
export function projectOf({ path }: CloudResource): string | undefined {
  const project = path.split('/')[1];
  return project === '_' ? undefined : project;
}

/**
 * Whether a grant on the resource itself can give the permission: creating and listing resources of its kind, and whatever else
 * is not used on it or on its parts, is granted on what it is in.
 */
export function isUsedOn(permission: string, { noun, applies }: CloudResource): boolean {
  const ofParent = permission === `${noun}.create` || permission === `${noun}.list`;
  return !ofParent && applies.some(prefix => permission.startsWith(prefix));
}
