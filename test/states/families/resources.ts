/** Permissions on buckets, secrets, topics and other resources with policies of their own. */
import type { ProjectBuilder } from '../../../sandbox/google/build/project.ts';
import type { HealthyWorld } from '../../../sandbox/scenarios/base.ts';
import type { Family, State } from '../state.ts';
import { asDiagnoser, CHECKOUT, healthy, NUMBER } from '../worlds.ts';

const ERRORS = 'https://docs.cloud.google.com/iam/docs/permission-error-messages';
const POLICIES = 'https://docs.cloud.google.com/iam/docs/resource-types-with-policies';
const BUCKETS = 'https://docs.cloud.google.com/storage/docs/access-control/iam';
const UNIFORM = 'https://docs.cloud.google.com/storage/docs/uniform-bucket-level-access';
const FOLDERS = 'https://docs.cloud.google.com/storage/docs/managed-folders';
const SECRETS = 'https://docs.cloud.google.com/secret-manager/docs/access-control';
const PUBSUB = 'https://docs.cloud.google.com/pubsub/docs/access-control';
const DATASETS = 'https://docs.cloud.google.com/bigquery/docs/control-access-to-resources-iam';
const KMS = 'https://docs.cloud.google.com/kms/docs/iam';
const SPANNER = 'https://docs.cloud.google.com/spanner/docs/iam';
const REGISTRY = 'https://docs.cloud.google.com/artifact-registry/docs/access-control';
const SQL = 'https://docs.cloud.google.com/sql/docs/mysql/roles-and-permissions';
const CONDITIONS = 'https://docs.cloud.google.com/iam/docs/conditions-resource-attributes';

const check = 'resource-permission';
const MEMBER = `serviceAccount:${CHECKOUT}`;
const grant = (resource: string, role: string) => ({
  kind: 'grant-resource-role',
  params: { resource, role, member: MEMBER },
});
const anyGrant = [{ kind: 'grant-resource-role' }, { kind: 'grant-project-role' }];

const ask = (permission: string, on: string, ...who: string[]): string[] => [
  ...asDiagnoser,
  ...(who.length > 0 ? who : ['--workload', 'shop/checkout']),
  ...['--needs', permission, '--on', on, '--only', check],
];

/** The healthy world in which checkout@ has no role, with a resource. */
const withResource = (change: (project: ProjectBuilder, here: HealthyWorld) => void) => () =>
  healthy({}, here => {
    here.project.unbind('roles/storage.objectViewer', MEMBER);
    change(here.project, here);
  });
const held = (role: string) => ({ bindings: [{ role, members: [MEMBER] }] });

const GET = 'storage.objects.get';
const RECEIPTS = '//storage.googleapis.com/projects/_/buckets/receipts';
const fails = (resource: string, permission: string, role: string) => [
  { check, status: 'fail' as const, missing: [permission], offers: [grant(resource, role)] },
];
const passes = [{ check, status: 'pass' as const, refuses: anyGrant }];

const buckets: State[] = [
  {
    id: 'bucket-no-role',
    says: 'The workload has no role on the bucket nor above it.',
    source: ERRORS,
    world: withResource(project => project.bucket('receipts')),
    arguments: ask(GET, 'gs://receipts'),
    expect: fails(RECEIPTS, GET, 'roles/storage.objectViewer'),
  },
  {
    id: 'bucket-role-on-bucket',
    says: 'The bucket itself grants the workload the role; the project grants nothing.',
    source: BUCKETS,
    opposite: true,
    world: withResource(project => project.bucket('receipts', held('roles/storage.objectViewer'))),
    arguments: ask(GET, 'gs://receipts'),
    expect: passes,
  },
  {
    id: 'bucket-role-on-project',
    says: 'The project grants the role; the bucket inherits it.',
    source: BUCKETS,
    opposite: true,
    world: () => healthy({}, ({ project }) => project.bucket('receipts')),
    arguments: ask(GET, 'gs://receipts'),
    expect: passes,
  },
  {
    id: 'bucket-object-role-without-buckets-get',
    says: 'roles/storage.objectViewer does not contain storage.buckets.get.',
    source: BUCKETS,
    world: () => healthy({}, ({ project }) => project.bucket('receipts')),
    arguments: ask('storage.buckets.get', 'gs://receipts'),
    expect: fails(RECEIPTS, 'storage.buckets.get', 'roles/storage.bucketViewer'),
  },
  {
    id: 'bucket-write-with-read-role',
    says: 'The workload may read objects and not create them.',
    source: BUCKETS,
    world: withResource(project => project.bucket('receipts', held('roles/storage.objectViewer'))),
    arguments: ask('storage.objects.create', 'gs://receipts'),
    expect: fails(RECEIPTS, 'storage.objects.create', 'roles/storage.objectCreator'),
  },
  {
    id: 'bucket-missing',
    says: 'The bucket does not exist: Google says “or it may not exist”.',
    source: ERRORS,
    world: withResource(() => {}),
    arguments: ask(GET, 'gs://recipts'),
    expect: [{ check, status: 'fail', says: [/no bucket recipts/], refuses: anyGrant }],
  },
  {
    id: 'bucket-access-control-lists',
    says: 'The bucket has no uniform bucket-level access: objects may be granted by access control lists.',
    source: UNIFORM,
    opposite: true,
    world: withResource(project => project.bucket('receipts', { uniformBucketLevelAccess: false })),
    arguments: ask(GET, 'gs://receipts'),
    expect: [{ check, status: 'unknown', says: [/access control lists/] }],
  },
  {
    id: 'bucket-public',
    says: 'allUsers may read the objects of the bucket.',
    source: BUCKETS,
    opposite: true,
    world: withResource(project =>
      project.bucket('receipts', { bindings: [{ role: 'roles/storage.objectViewer', members: ['allUsers'] }] }),
    ),
    arguments: ask(GET, 'gs://receipts'),
    expect: passes,
  },
  {
    id: 'bucket-project-viewer',
    says: 'The bucket grants projectViewer:sandbox-1, and the workload holds roles/viewer on the project.',
    source: BUCKETS,
    opposite: true,
    world: withResource(project => {
      project.bind('roles/viewer', MEMBER);
      project.bucket('receipts', {
        bindings: [{ role: 'roles/storage.objectViewer', members: ['projectViewer:sandbox-1'] }],
      });
    }),
    arguments: ask(GET, 'gs://receipts'),
    expect: passes,
  },
  {
    id: 'bucket-project-viewer-not-held',
    says: 'The bucket grants projectViewer:sandbox-1, and the workload does not hold roles/viewer.',
    source: BUCKETS,
    world: withResource(project => {
      project.bucket('receipts', {
        bindings: [{ role: 'roles/storage.objectViewer', members: ['projectViewer:sandbox-1'] }],
      });
    }),
    arguments: ask(GET, 'gs://receipts'),
    expect: fails(RECEIPTS, GET, 'roles/storage.objectViewer'),
  },
  {
    id: 'bucket-group',
    says: 'A group holds the role on the bucket, and its members can not be read.',
    source: BUCKETS,
    opposite: true,
    world: withResource((project, { world }) => {
      world.group('readers@example.com', [], { hidden: true });
      project.bucket('receipts', {
        bindings: [{ role: 'roles/storage.objectViewer', members: ['group:readers@example.com'] }],
      });
    }),
    arguments: ask(GET, 'gs://receipts'),
    expect: [
      {
        check,
        status: 'unknown',
        says: [/readers@example\.com/],
        offers: [grant(RECEIPTS, 'roles/storage.objectViewer')],
      },
    ],
  },
  {
    id: 'managed-folder-grants',
    says: 'A managed folder grants the role on the objects in it.',
    source: FOLDERS,
    opposite: true,
    world: withResource(project =>
      project.bucket('receipts', { managedFolders: { 'daily/': held('roles/storage.objectViewer') } }),
    ),
    arguments: ask(GET, 'gs://receipts/daily/1.csv'),
    expect: passes,
  },
  {
    id: 'managed-folder-of-other-objects',
    says: 'A managed folder grants the role, and the object is not in it.',
    source: FOLDERS,
    world: withResource(project =>
      project.bucket('receipts', { managedFolders: { 'daily/': held('roles/storage.objectViewer') } }),
    ),
    arguments: ask(GET, 'gs://receipts/monthly/1.csv'),
    expect: fails(RECEIPTS, GET, 'roles/storage.objectViewer'),
  },
  {
    id: 'bucket-condition-on-prefix',
    says: 'The bucket grants the role on objects with a prefix: which object is meant is not said.',
    source: CONDITIONS,
    opposite: true,
    world: withResource(project =>
      project.bucket('receipts', {
        bindings: [
          {
            role: 'roles/storage.objectViewer',
            members: [MEMBER],
            condition: {
              title: 'daily',
              expression: "resource.name.startsWith('projects/_/buckets/receipts/objects/daily/')",
            },
          },
        ],
      }),
    ),
    arguments: ask(GET, 'gs://receipts'),
    expect: [{ check, status: 'warn', refuses: anyGrant }],
  },
  {
    id: 'object-condition-on-other-prefix',
    says: 'The bucket grants the role on objects with a prefix that the object does not have.',
    source: CONDITIONS,
    world: withResource(project =>
      project.bucket('receipts', {
        bindings: [
          {
            role: 'roles/storage.objectViewer',
            members: [MEMBER],
            condition: {
              title: 'daily',
              expression: "resource.name.startsWith('projects/_/buckets/receipts/objects/daily/')",
            },
          },
        ],
      }),
    ),
    arguments: ask(GET, 'gs://receipts/monthly/1.csv'),
    expect: [{ check, status: 'fail', says: [/does not hold here/] }],
  },
];

const secret = `//secretmanager.googleapis.com/projects/sandbox-1/secrets/db`;
const topic = '//pubsub.googleapis.com/projects/sandbox-1/topics/orders';
const subscription = '//pubsub.googleapis.com/projects/sandbox-1/subscriptions/orders';
const key = '//cloudkms.googleapis.com/projects/sandbox-1/locations/asia-northeast1/keyRings/app/cryptoKeys/data';
const repository = '//artifactregistry.googleapis.com/projects/sandbox-1/locations/asia-northeast1/repositories/apps';
const database = '//spanner.googleapis.com/projects/sandbox-1/instances/main/databases/shop';
const dataset = '//bigquery.googleapis.com/projects/sandbox-1/datasets/sales';

const others: State[] = [
  {
    id: 'secret-no-role',
    says: 'The workload may not read the versions of a secret.',
    source: SECRETS,
    world: withResource(project => project.secret('db')),
    arguments: ask('secretmanager.versions.access', secret),
    expect: fails(secret, 'secretmanager.versions.access', 'roles/secretmanager.secretAccessor'),
  },
  {
    id: 'secret-version-by-number',
    says: 'The secret is named by the number of its project and a version, as errors name it; the secret grants the role.',
    source: SECRETS,
    opposite: true,
    world: withResource(project => project.secret('db', held('roles/secretmanager.secretAccessor'))),
    arguments: ask(
      'secretmanager.versions.access',
      `//secretmanager.googleapis.com/projects/${NUMBER}/secrets/db/versions/latest`,
    ),
    expect: passes,
  },
  {
    id: 'secret-viewer-is-no-accessor',
    says: 'roles/secretmanager.viewer shows secrets, and not what is in them.',
    source: SECRETS,
    world: withResource(project => project.secret('db', held('roles/secretmanager.viewer'))),
    arguments: ask('secretmanager.versions.access', secret),
    expect: fails(secret, 'secretmanager.versions.access', 'roles/secretmanager.secretAccessor'),
  },
  {
    id: 'topic-no-role',
    says: 'The workload may not publish to a topic.',
    source: PUBSUB,
    world: withResource(project => project.topic('orders')),
    arguments: ask('pubsub.topics.publish', topic),
    expect: fails(topic, 'pubsub.topics.publish', 'roles/pubsub.publisher'),
  },
  {
    id: 'topic-publisher',
    says: 'The topic grants roles/pubsub.publisher, which Policy Troubleshooter does not look at.',
    source: PUBSUB,
    opposite: true,
    world: withResource(project => project.topic('orders', held('roles/pubsub.publisher'))),
    arguments: ask('pubsub.topics.publish', topic),
    expect: passes,
  },
  {
    id: 'subscription-granted-on-topic',
    says: 'The role is on the topic; pulling needs it on the subscription.',
    source: PUBSUB,
    world: withResource(project => {
      project.topic('orders', held('roles/pubsub.subscriber'));
      project.subscription('orders', { topic: 'orders' });
    }),
    arguments: ask('pubsub.subscriptions.consume', subscription),
    expect: fails(subscription, 'pubsub.subscriptions.consume', 'roles/pubsub.subscriber'),
  },
  {
    id: 'key-no-role',
    says: 'The workload may not encrypt with a key.',
    source: KMS,
    world: withResource(project => {
      project.keyRing('app');
      project.key('data', { ring: 'app' });
    }),
    arguments: ask('cloudkms.cryptoKeyVersions.useToEncrypt', key),
    expect: fails(key, 'cloudkms.cryptoKeyVersions.useToEncrypt', 'roles/cloudkms.cryptoKeyEncrypter'),
  },
  {
    id: 'key-role-on-ring',
    says: 'The key ring grants the role, and its keys inherit it.',
    source: KMS,
    opposite: true,
    world: withResource(project => {
      project.keyRing('app', held('roles/cloudkms.cryptoKeyEncrypterDecrypter'));
      project.key('data', { ring: 'app' });
    }),
    arguments: ask('cloudkms.cryptoKeyVersions.useToEncrypt', key),
    expect: passes,
  },
  {
    id: 'repository-no-role',
    says: 'A workload that pulls by itself may not read a repository.',
    source: REGISTRY,
    world: withResource(project => project.repository('apps', { location: 'asia-northeast1' })),
    arguments: ask('artifactregistry.repositories.downloadArtifacts', repository),
    expect: fails(repository, 'artifactregistry.repositories.downloadArtifacts', 'roles/artifactregistry.reader'),
  },
  {
    id: 'database-role-on-instance',
    says: 'The Spanner instance grants the role, and its databases inherit it.',
    source: SPANNER,
    opposite: true,
    world: withResource(project =>
      project.spannerInstance('main', { ...held('roles/spanner.databaseReader'), databases: { shop: {} } }),
    ),
    arguments: ask('spanner.databases.read', database),
    expect: passes,
  },
  {
    id: 'dataset-no-role',
    says: 'The access list of a dataset does not name the workload: a command, because datasets have no button.',
    source: DATASETS,
    world: withResource(project => project.dataset('sales')),
    arguments: ask('bigquery.tables.getData', dataset),
    expect: [
      {
        check,
        status: 'fail',
        missing: ['bigquery.tables.getData'],
        offers: [{ kind: 'command', text: /GRANT `roles\/bigquery\.dataViewer` ON SCHEMA/ }],
        refuses: anyGrant,
      },
    ],
  },
  {
    id: 'dataset-reader',
    says: 'The access list of a dataset has the workload as READER.',
    source: DATASETS,
    opposite: true,
    world: withResource(project => project.dataset('sales', { access: [{ role: 'READER', userByEmail: CHECKOUT }] })),
    arguments: ask('bigquery.tables.getData', dataset),
    expect: passes,
  },
  {
    id: 'cloud-sql-on-project',
    says: 'Cloud SQL instances have no policy: the project grants the role, which is wider.',
    source: SQL,
    world: withResource(() => {}),
    arguments: ask('cloudsql.instances.connect', '//sqladmin.googleapis.com/projects/sandbox-1/instances/main'),
    expect: [
      {
        check,
        status: 'fail',
        offers: [{ kind: 'grant-project-role', params: { role: 'roles/cloudsql.client', project: 'sandbox-1' } }],
        refuses: [{ kind: 'grant-resource-role' }],
        says: [/covers everything of the kind/],
      },
    ],
  },
  {
    id: 'person-on-topic',
    says: 'A person may not publish to a topic.',
    source: POLICIES,
    world: withResource(project => project.topic('orders')),
    arguments: ask('pubsub.topics.publish', topic, '--for', 'alice@example.com'),
    expect: [
      {
        check,
        status: 'fail',
        offers: [{ kind: 'grant-resource-role', params: { resource: topic, member: 'user:alice@example.com' } }],
      },
    ],
  },
];

const CLUSTER_IS = 'The cluster is projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x.';
const paste = (text: string): Pick<State, 'arguments' | 'input'> => ({
  arguments: ['explain', '--format', 'json'],
  input: `${text}\n${CLUSTER_IS}\n`,
});
const secretDenied = `ERROR: (gcloud.secrets.versions.access) PERMISSION_DENIED: Permission 'secretmanager.versions.access' denied for resource 'projects/sandbox-1/secrets/db/versions/latest' (or it may not exist). This command is authenticated as ${CHECKOUT} which is the active account specified by the [core/account] property.`;

const texts: State[] = [
  {
    id: 'text-secret-denied',
    says: 'gcloud names the permission, the secret and the account, which lacks the permission.',
    source: ERRORS,
    world: withResource(project => project.secret('db')),
    ...paste(secretDenied),
    expect: [
      {
        check,
        status: 'fail',
        offers: [
          grant('//secretmanager.googleapis.com/projects/sandbox-1/secrets/db', 'roles/secretmanager.secretAccessor'),
        ],
      },
    ],
    report: { problem: [check] },
  },
  {
    id: 'text-secret-denied-fixed',
    says: 'The same text, and the secret grants the role by now.',
    source: ERRORS,
    opposite: true,
    world: withResource(project => project.secret('db', held('roles/secretmanager.secretAccessor'))),
    ...paste(secretDenied),
    expect: passes,
    report: { problem: [check] },
  },
  {
    id: 'text-bucket-not-named',
    says: 'Cloud Storage names the account and the permission, and not the bucket.',
    source: ERRORS,
    opposite: true,
    world: withResource(project => project.bucket('receipts')),
    ...paste(
      `googleapi: Error 403: ${CHECKOUT} does not have storage.objects.get access to the Google Cloud Storage object. Permission 'storage.objects.get' denied on resource (or it may not exist)., forbidden`,
    ),
    expect: [{ check, status: 'not-applicable', says: [/--on RESOURCE/], refuses: anyGrant }],
    report: { problem: [check] },
  },
  {
    id: 'text-pubsub-says-nothing',
    says: 'Pub/Sub names neither permission nor resource: no guess is made.',
    source: PUBSUB,
    opposite: true,
    world: withResource(project => project.topic('orders')),
    ...paste(
      'google.api_core.exceptions.PermissionDenied: 403 User not authorized to perform this action. (pubsub.googleapis.com)',
    ),
    expect: [{ check, status: 'not-applicable', refuses: anyGrant }],
    report: { problem: [check] },
  },
];

export const resources: Family = { name: 'resources', states: [...buckets, ...others, ...texts] };
