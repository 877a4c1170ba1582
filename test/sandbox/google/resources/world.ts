import type { ProjectBuilder } from '../../../../sandbox/google/build/project.ts';
import { WorldBuilder } from '../../../../sandbox/google/build/world.ts';

export const projectId = 'acme-1';
export const projectNumber = '333333333333';

/** Tokens of a world: `admin` may read and change every policy, `reader` may read everything, `nobody` nothing. */
export const tokens = { admin: 'token-admin', reader: 'token-reader', nobody: 'token-nobody' } as const;

export type Arranged = { world: WorldBuilder; project: ProjectBuilder; app: string };

const adminRoles = [
  'roles/iam.securityAdmin',
  'roles/storage.admin',
  'roles/secretmanager.admin',
  'roles/pubsub.admin',
  'roles/bigquery.admin',
  'roles/cloudkms.admin',
  'roles/artifactregistry.admin',
  'roles/spanner.admin',
  'roles/dns.admin',
  'roles/compute.admin',
];

/** A project with one resource of each kind, and a service account `app` that may nothing yet. */
export function resourceWorld(): Arranged {
  const world = new WorldBuilder();
  const project = world.project(projectId, projectNumber);
  for (const role of adminRoles) project.bind(role, 'user:admin@example.com');
  project.bind('roles/viewer', 'user:reader@example.com').bind('roles/iam.securityReviewer', 'user:reader@example.com');
  world
    .token(tokens.admin, 'admin@example.com')
    .token(tokens.reader, 'reader@example.com')
    .token(tokens.nobody, 'nobody@example.com');
  const app = project.serviceAccount('app');
  world.token('token-app', app);
  project.bucket('reports', { objects: { 'daily/1.csv': { content: 'a,b' } }, managedFolders: { 'daily/': {} } });
  project.secret('db', { versions: { 1: 'ENABLED', 2: 'DISABLED' } });
  project.topic('orders');
  project.subscription('orders-worker', { topic: 'orders' });
  project.dataset('sales', { tables: { orders: {} } });
  project.key('etcd', { ring: 'gke' });
  project.repository('apps', { location: 'europe-west1' });
  project.spannerInstance('main', { databases: { shop: {} } });
  project.dnsZone('example');
  project.disk('data');
  project.vmInstance('bastion');
  project.subnetwork('nodes');
  return { world, project, app };
}

/** The policy calls of one kind of resource, as Google's discovery documents have them. */
export type Kind = {
  kind: string;
  fullName: string;
  role: string;
  /** Path of a get of the resource; none for a kind that is got otherwise. */
  get?: string;
  read: [method: string, path: string];
  write: [method: string, path: string];
  /** Whether the body of a write is the policy itself. */
  bare?: true;
  /** HTTP status of a stale etag. */
  stale: number;
  /** What a caller without rights is told on reading the policy. */
  denied: RegExp;
  /** The path of a resource that is not there, and what an admin is told. */
  missing: [path: string, text: RegExp];
};

const p = `projects/${projectId}`;
const onRead = (name: string): [string, string] => ['GET', `v1/${name}:getIamPolicy?options.requestedPolicyVersion=3`];
const onPost = (path: string): [string, string] => ['POST', `${path}:getIamPolicy`];
const key = `${p}/locations/asia-northeast1/keyRings/gke/cryptoKeys/etcd`;
const zone = `${p}/zones/asia-northeast1-a`;
const compute = (name: string): Pick<Kind, 'fullName' | 'get' | 'read' | 'write' | 'stale'> => ({
  fullName: `//compute.googleapis.com/${name}`,
  get: `compute/v1/${name}`,
  read: ['GET', `compute/v1/${name}/getIamPolicy?optionsRequestedPolicyVersion=3`],
  write: ['POST', `compute/v1/${name}/setIamPolicy`],
  stale: 412,
});

export const kinds: Kind[] = [
  {
    kind: 'bucket',
    fullName: '//storage.googleapis.com/projects/_/buckets/reports',
    role: 'roles/storage.objectViewer',
    get: 'storage/v1/b/reports',
    read: ['GET', 'storage/v1/b/reports/iam?optionsRequestedPolicyVersion=3'],
    write: ['PUT', 'storage/v1/b/reports/iam'],
    bare: true,
    stale: 412,
    denied:
      /^nobody@example\.com does not have storage\.buckets\.getIamPolicy access to the Google Cloud Storage bucket\. Permission 'storage\.buckets\.getIamPolicy' denied on resource \(or it may not exist\)\.$/,
    missing: ['storage/v1/b/nope', /^The specified bucket does not exist\.$/],
  },
  {
    kind: 'managed folder',
    fullName: '//storage.googleapis.com/projects/_/buckets/reports/managedFolders/daily/',
    role: 'roles/storage.objectViewer',
    get: 'storage/v1/b/reports/managedFolders/daily%2F',
    read: ['GET', 'storage/v1/b/reports/managedFolders/daily%2F/iam?optionsRequestedPolicyVersion=3'],
    write: ['PUT', 'storage/v1/b/reports/managedFolders/daily%2F/iam'],
    bare: true,
    stale: 412,
    denied: /storage\.managedFolders\.getIamPolicy access to the Google Cloud Storage managed folder\./,
    missing: ['storage/v1/b/reports/managedFolders/nope%2F', /nope/],
  },
  {
    kind: 'secret',
    fullName: `//secretmanager.googleapis.com/${p}/secrets/db`,
    role: 'roles/secretmanager.secretAccessor',
    get: `v1/${p}/secrets/db`,
    read: onRead(`${p}/secrets/db`),
    write: ['POST', `v1/${p}/secrets/db:setIamPolicy`],
    stale: 409,
    denied:
      /^Permission 'secretmanager\.secrets\.getIamPolicy' denied for resource 'projects\/acme-1\/secrets\/db' \(or it may not exist\)\.$/,
    missing: [`v1/${p}/secrets/nope`, /^Secret \[projects\/acme-1\/secrets\/nope\] not found\.$/],
  },
  {
    kind: 'topic',
    fullName: `//pubsub.googleapis.com/${p}/topics/orders`,
    role: 'roles/pubsub.publisher',
    get: `v1/${p}/topics/orders`,
    read: onRead(`${p}/topics/orders`),
    write: ['POST', `v1/${p}/topics/orders:setIamPolicy`],
    stale: 409,
    denied: /^User not authorized to perform this action\.$/,
    missing: [`v1/${p}/topics/nope`, /^Resource not found \(resource=nope\)\.$/],
  },
  {
    kind: 'subscription',
    fullName: `//pubsub.googleapis.com/${p}/subscriptions/orders-worker`,
    role: 'roles/pubsub.subscriber',
    get: `v1/${p}/subscriptions/orders-worker`,
    read: onRead(`${p}/subscriptions/orders-worker`),
    write: ['POST', `v1/${p}/subscriptions/orders-worker:setIamPolicy`],
    stale: 409,
    denied: /^User not authorized to perform this action\.$/,
    missing: [`v1/${p}/subscriptions/nope`, /resource=nope/],
  },
  {
    kind: 'key',
    fullName: `//cloudkms.googleapis.com/${key}`,
    role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
    get: `v1/${key}`,
    read: onRead(key),
    write: ['POST', `v1/${key}:setIamPolicy`],
    stale: 409,
    denied: /^Permission 'cloudkms\.cryptoKeys\.getIamPolicy' denied on resource 'projects\/acme-1\/locations\//,
    missing: [`v1/${key}x`, /^CryptoKey projects\/acme-1\/.*\/etcdx not found\.$/],
  },
  {
    kind: 'key ring',
    fullName: `//cloudkms.googleapis.com/${p}/locations/asia-northeast1/keyRings/gke`,
    role: 'roles/cloudkms.viewer',
    get: `v1/${p}/locations/asia-northeast1/keyRings/gke`,
    read: onRead(`${p}/locations/asia-northeast1/keyRings/gke`),
    write: ['POST', `v1/${p}/locations/asia-northeast1/keyRings/gke:setIamPolicy`],
    stale: 409,
    denied: /^Permission 'cloudkms\.keyRings\.getIamPolicy' denied on resource/,
    missing: [`v1/${p}/locations/asia-northeast1/keyRings/nope`, /^KeyRing .*\/nope not found\.$/],
  },
  {
    kind: 'repository',
    fullName: `//artifactregistry.googleapis.com/${p}/locations/europe-west1/repositories/apps`,
    role: 'roles/artifactregistry.reader',
    get: `v1/${p}/locations/europe-west1/repositories/apps`,
    read: onRead(`${p}/locations/europe-west1/repositories/apps`),
    write: ['POST', `v1/${p}/locations/europe-west1/repositories/apps:setIamPolicy`],
    stale: 409,
    denied:
      /^Permission 'artifactregistry\.repositories\.getIamPolicy' denied on resource '\/\/artifactregistry\.googleapis\.com\/projects\/acme-1\/locations\/europe-west1\/repositories\/apps' \(or it may not exist\)\.$/,
    missing: [`v1/${p}/locations/europe-west1/repositories/nope`, /^Requested entity was not found\.$/],
  },
  {
    kind: 'Spanner instance',
    fullName: `//spanner.googleapis.com/${p}/instances/main`,
    role: 'roles/spanner.databaseReader',
    get: `v1/${p}/instances/main`,
    read: onPost(`v1/${p}/instances/main`),
    write: ['POST', `v1/${p}/instances/main:setIamPolicy`],
    stale: 409,
    denied:
      /^Caller is missing IAM permission spanner\.instances\.getIamPolicy on resource projects\/acme-1\/instances\/main\.$/,
    missing: [`v1/${p}/instances/nope`, /^Instance not found: projects\/acme-1\/instances\/nope$/],
  },
  {
    kind: 'Spanner database',
    fullName: `//spanner.googleapis.com/${p}/instances/main/databases/shop`,
    role: 'roles/spanner.databaseUser',
    get: `v1/${p}/instances/main/databases/shop`,
    read: onPost(`v1/${p}/instances/main/databases/shop`),
    write: ['POST', `v1/${p}/instances/main/databases/shop:setIamPolicy`],
    stale: 409,
    denied: /^Caller is missing IAM permission spanner\.databases\.getIamPolicy on resource /,
    missing: [`v1/${p}/instances/main/databases/nope`, /^Database not found: .*\/nope$/],
  },
  {
    kind: 'DNS zone',
    fullName: `//dns.googleapis.com/${p}/managedZones/example`,
    role: 'roles/dns.reader',
    get: `dns/v1/${p}/managedZones/example`,
    read: onPost(`dns/v1/${p}/locations/global/managedZones/example`),
    write: ['POST', `dns/v1/${p}/locations/global/managedZones/example:setIamPolicy`],
    stale: 409,
    denied: /^Forbidden$/,
    missing: [
      `dns/v1/${p}/managedZones/nope`,
      /^The 'parameters\.managedZone' resource named 'nope' does not exist\.$/,
    ],
  },
  {
    kind: 'table',
    fullName: `//bigquery.googleapis.com/${p}/datasets/sales/tables/orders`,
    role: 'roles/bigquery.dataViewer',
    get: `bigquery/v2/${p}/datasets/sales/tables/orders`,
    read: onPost(`bigquery/v2/${p}/datasets/sales/tables/orders`),
    write: ['POST', `bigquery/v2/${p}/datasets/sales/tables/orders:setIamPolicy`],
    stale: 409,
    denied: /^Access Denied: Table acme-1:sales\.orders: Permission bigquery\.tables\.getIamPolicy denied on table /,
    missing: [`bigquery/v2/${p}/datasets/sales/tables/nope`, /^Not found: Table acme-1:sales\.nope$/],
  },
  {
    kind: 'disk',
    ...compute(`${zone}/disks/data`),
    role: 'roles/compute.viewer',
    denied:
      /^Required 'compute\.disks\.getIamPolicy' permission for 'projects\/acme-1\/zones\/asia-northeast1-a\/disks\/data'$/,
    missing: [`compute/v1/${zone}/disks/nope`, /^The resource '.*\/disks\/nope' was not found$/],
  },
  {
    kind: 'virtual machine',
    ...compute(`${zone}/instances/bastion`),
    role: 'roles/compute.viewer',
    denied: /^Required 'compute\.instances\.getIamPolicy' permission for /,
    missing: [`compute/v1/${zone}/instances/nope`, /was not found$/],
  },
  {
    kind: 'subnetwork',
    ...compute(`${p}/regions/asia-northeast1/subnetworks/nodes`),
    role: 'roles/compute.networkUser',
    denied: /^Required 'compute\.subnetworks\.getIamPolicy' permission for /,
    missing: [`compute/v1/${p}/regions/asia-northeast1/subnetworks/nope`, /was not found$/],
  },
];
