/**
 * The types of resources below projects that have allow policies here, and their children (IAM, "Resource types that accept allow
 * policies"; Cloud Asset Inventory, "Asset names" for the full resource names).
 */
export type ResourceType = {
  service: string;
  /** The asset type, and `resource.type` in conditions. */
  type: string;
  /** What comes after `//SERVICE/` in its full name. */
  name: RegExp;
  /** The noun of its own permissions, `pubsub.topics`. */
  noun: string;
  /** It has no allow policy of its own. */
  withoutPolicy?: true;
  /** Prefixes of the permissions that apply to it or to its children: a role with one of them can be granted on it. */
  applies: string[];
};

const compute = (kind: string, noun: string, applies = [`compute.${noun}.`]): ResourceType => ({
  service: 'compute.googleapis.com',
  type: `compute.googleapis.com/${kind}`,
  name: new RegExp(`^projects/[^/]+/(?:zones|regions)/[^/]+/${noun}/[^/]+$`),
  noun: `compute.${noun}`,
  applies,
});

const objects = ['storage.objects.', 'storage.managedFolders.', 'storage.folders.', 'storage.multipartUploads.'];
const secret = '^projects/[^/]+/(?:locations/[^/]+/)?secrets/[^/]+';
const keyRing = '^projects/[^/]+/locations/[^/]+/keyRings/[^/]+';
const pool = '^projects/[^/]+/locations/global/workloadIdentityPools/[^/]+';

export const resourceTypes: ResourceType[] = [
  {
    service: 'storage.googleapis.com',
    type: 'storage.googleapis.com/Object',
    name: /^projects\/_\/buckets\/[^/]+\/objects\/.+$/s,
    noun: 'storage.objects',
    withoutPolicy: true,
    applies: ['storage.objects.'],
  },
  {
    service: 'storage.googleapis.com',
    type: 'storage.googleapis.com/ManagedFolder',
    name: /^projects\/_\/buckets\/[^/]+\/managedFolders\/.+$/s,
    noun: 'storage.managedFolders',
    applies: objects,
  },
  {
    service: 'storage.googleapis.com',
    type: 'storage.googleapis.com/Bucket',
    name: /^projects\/_\/buckets\/[^/]+$/,
    noun: 'storage.buckets',
    applies: [...objects, 'storage.buckets.'],
  },
  {
    service: 'secretmanager.googleapis.com',
    type: 'secretmanager.googleapis.com/SecretVersion',
    name: new RegExp(`${secret}/versions/[^/]+$`),
    noun: 'secretmanager.versions',
    withoutPolicy: true,
    applies: ['secretmanager.versions.'],
  },
  {
    service: 'secretmanager.googleapis.com',
    type: 'secretmanager.googleapis.com/Secret',
    name: new RegExp(`${secret}$`),
    noun: 'secretmanager.secrets',
    applies: ['secretmanager.secrets.', 'secretmanager.versions.'],
  },
  ...['Topic', 'Subscription'].map((kind): ResourceType => {
    const noun = `${kind.toLowerCase()}s`;
    return {
      service: 'pubsub.googleapis.com',
      type: `pubsub.googleapis.com/${kind}`,
      name: new RegExp(`^projects/[^/]+/${noun}/[^/]+$`),
      noun: `pubsub.${noun}`,
      applies: [`pubsub.${noun}.`],
    };
  }),
  {
    service: 'bigquery.googleapis.com',
    type: 'bigquery.googleapis.com/Table',
    name: /^projects\/[^/]+\/datasets\/[^/]+\/tables\/[^/]+$/,
    noun: 'bigquery.tables',
    applies: ['bigquery.tables.'],
  },
  {
    service: 'bigquery.googleapis.com',
    type: 'bigquery.googleapis.com/Dataset',
    name: /^projects\/[^/]+\/datasets\/[^/]+$/,
    noun: 'bigquery.datasets',
    applies: ['bigquery.datasets.', 'bigquery.tables.', 'bigquery.routines.', 'bigquery.models.'],
  },
  {
    service: 'cloudkms.googleapis.com',
    type: 'cloudkms.googleapis.com/CryptoKeyVersion',
    name: new RegExp(`${keyRing}/cryptoKeys/[^/]+/cryptoKeyVersions/[^/]+$`),
    noun: 'cloudkms.cryptoKeyVersions',
    withoutPolicy: true,
    applies: ['cloudkms.cryptoKeyVersions.'],
  },
  {
    service: 'cloudkms.googleapis.com',
    type: 'cloudkms.googleapis.com/CryptoKey',
    name: new RegExp(`${keyRing}/cryptoKeys/[^/]+$`),
    noun: 'cloudkms.cryptoKeys',
    applies: ['cloudkms.cryptoKeys.', 'cloudkms.cryptoKeyVersions.'],
  },
  {
    service: 'cloudkms.googleapis.com',
    type: 'cloudkms.googleapis.com/KeyRing',
    name: new RegExp(`${keyRing}$`),
    noun: 'cloudkms.keyRings',
    applies: ['cloudkms.keyRings.', 'cloudkms.cryptoKeys.', 'cloudkms.cryptoKeyVersions.', 'cloudkms.importJobs.'],
  },
  {
    service: 'artifactregistry.googleapis.com',
    type: 'artifactregistry.googleapis.com/Repository',
    name: /^projects\/[^/]+\/locations\/[^/]+\/repositories\/[^/]+$/,
    noun: 'artifactregistry.repositories',
    applies: ['repositories', 'packages', 'versions', 'tags', 'files', 'dockerimages'].map(
      noun => `artifactregistry.${noun}.`,
    ),
  },
  {
    service: 'spanner.googleapis.com',
    type: 'spanner.googleapis.com/Database',
    name: /^projects\/[^/]+\/instances\/[^/]+\/databases\/[^/]+$/,
    noun: 'spanner.databases',
    applies: ['spanner.databases.', 'spanner.sessions.', 'spanner.databaseOperations.', 'spanner.databaseRoles.'],
  },
  {
    service: 'spanner.googleapis.com',
    type: 'spanner.googleapis.com/Instance',
    name: /^projects\/[^/]+\/instances\/[^/]+$/,
    noun: 'spanner.instances',
    applies: ['spanner.'],
  },
  {
    service: 'dns.googleapis.com',
    type: 'dns.googleapis.com/ManagedZone',
    name: /^projects\/[^/]+\/managedZones\/[^/]+$/,
    noun: 'dns.managedZones',
    applies: ['dns.managedZones.', 'dns.changes.', 'dns.resourceRecordSets.', 'dns.dnsKeys.'],
  },
  compute('Disk', 'disks'),
  compute('Instance', 'instances'),
  compute('Subnetwork', 'subnetworks'),
  {
    service: 'iam.googleapis.com',
    type: 'iam.googleapis.com/WorkloadIdentityPoolProvider',
    name: new RegExp(`${pool}/providers/[^/]+$`),
    noun: 'iam.googleapis.com/workloadIdentityPoolProviders',
    withoutPolicy: true,
    applies: ['iam.googleapis.com/workloadIdentityPoolProviders.'],
  },
  {
    service: 'iam.googleapis.com',
    type: 'iam.googleapis.com/WorkloadIdentityPool',
    name: new RegExp(`${pool}$`),
    noun: 'iam.googleapis.com/workloadIdentityPools',
    applies: ['iam.googleapis.com/workloadIdentityPools.', 'iam.googleapis.com/workloadIdentityPoolProviders.'],
  },
  {
    service: 'iam.googleapis.com',
    type: 'iam.googleapis.com/ServiceAccount',
    name: /^projects\/[^/]+\/serviceAccounts\/[^/]+$/,
    noun: 'iam.serviceAccounts',
    applies: ['iam.serviceAccounts.', 'iam.serviceAccountKeys.'],
  },
];

/** Services whose resources conditions can look at (IAM, "Attribute reference for IAM Conditions"). */
const withAttributes = ['bigquery', 'cloudkms', 'compute', 'iam', 'secretmanager', 'spanner', 'storage'];

/** Whether the service provides `resource.service`, `resource.type` and `resource.name` to conditions. */
export function hasAttributes(service: string): boolean {
  return withAttributes.some(name => service === `${name}.googleapis.com`);
}

/** Service and name of a full resource name `//SERVICE/NAME`. */
export function splitFullName(fullName: string): { service: string; name: string } | undefined {
  const [, service, name] = /^\/\/([^/]+)\/(.+)$/s.exec(fullName) ?? [];
  return service && name ? { service, name } : undefined;
}

/** The type of a full resource name; undefined for an unknown one. */
export function typeOf(fullName: string): ResourceType | undefined {
  const split = splitFullName(fullName);
  return split && resourceTypes.find(({ service, name }) => service === split.service && name.test(split.name));
}
