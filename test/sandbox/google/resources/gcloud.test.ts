import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEntry } from '../../../../sandbox/google/build/audit-log.ts';
import { type Client, start } from '../client.ts';
import { installed, type RealClients, realClients, SLOW_MS } from '../real-clients.ts';
import { projectId, resourceWorld, tokens } from './world.ts';

const services = [
  'ACCESSCONTEXTMANAGER',
  'ARTIFACTREGISTRY',
  'BIGQUERY',
  'CLOUDASSET',
  'CLOUDKMS',
  'CLOUDRESOURCEMANAGER',
  'COMPUTE',
  'DNS',
  'IAM',
  'LOGGING',
  'POLICYTROUBLESHOOTER',
  'PUBSUB',
  'SECRETMANAGER',
  'SPANNER',
  'STORAGE',
];
let cloud: Client;
let clients: RealClients<keyof typeof tokens>;

const gcloud = (line: string, as?: keyof typeof tokens) => clients.gcloud(line, as);

const key = 'etcd --keyring gke --location asia-northeast1';
const app = `app@${projectId}.iam.gserviceaccount.com`;
const troubleshooter = `iam //storage.googleapis.com/projects/_/buckets/reports --principal-email=${app} --permission=storage.objects.get`;

describe.skipIf(!installed('gcloud'))('gcloud, unchanged', () => {
  beforeAll(async () => {
    const { world, project } = resourceWorld();
    project
      .bind('roles/iam.workloadIdentityPoolViewer', 'user:admin@example.com')
      .bind('roles/logging.privateLogViewer', 'user:admin@example.com')
      .bind('roles/cloudasset.viewer', 'user:admin@example.com')
      .bindOnResource(
        '//storage.googleapis.com/projects/_/buckets/reports',
        'roles/storage.objectViewer',
        `serviceAccount:${app}`,
      )
      .log(
        auditEntry({
          project: projectId,
          log: 'data_access',
          minutesAgo: 5,
          service: 'storage.googleapis.com',
          method: 'storage.objects.get',
          principal: 'zed@example.com',
          permission: 'storage.objects.get',
          resource: 'projects/_/buckets/reports/objects/x',
        }),
      );
    world
      .accessPolicy('987654', { perimeters: { prod: { projects: ['1'], services: ['storage.googleapis.com'] } } })
      .bindOnOrganization('roles/accesscontextmanager.policyReader', 'user:admin@example.com');
    project.workloadIdentityPool('github', { providers: { actions: { attributeCondition: 'assertion.ref != ""' } } });
    cloud = await start(world.world);
    clients = await realClients({ url: cloud.url, project: projectId, services, tokens, as: 'admin' });
  }, SLOW_MS);
  afterAll(async () => {
    await cloud.close();
    await clients.close();
  });

  describe.concurrent('reads', () => {
    test.each<[string, RegExp]>([
      [
        'storage buckets get-iam-policy gs://reports',
        /- members:\n {2}- projectViewer:acme-1\n {2}role: roles\/storage\.legacyBucketReader\n/,
      ],
      ['storage buckets describe gs://reports', /^uniform_bucket_level_access: true$/m],
      ['storage managed-folders get-iam-policy gs://reports/daily/', /^etag: /m],
      ['storage cat gs://reports/daily/1.csv', /^a,b$/],
      ['secrets get-iam-policy db', /^etag: /m],
      ['secrets versions access 1 --secret db', /^db 1$/],
      ['pubsub topics get-iam-policy orders', /^etag: /m],
      ['pubsub subscriptions get-iam-policy orders-worker', /^etag: /m],
      ['artifacts repositories get-iam-policy apps --location europe-west1', /^etag: /m],
      ['artifacts repositories describe apps --location europe-west1', /^mode: STANDARD_REPOSITORY$/m],
      [`kms keys get-iam-policy ${key}`, /^etag: /m],
      [`kms keys describe ${key} --format=value(primary.state)`, /^ENABLED\n$/],
      ['spanner databases get-iam-policy shop --instance main', /^etag: /m],
      ['dns managed-zones get-iam-policy example', /^etag: /m],
      ['compute disks get-iam-policy data --zone asia-northeast1-a', /^etag: /m],
      ['compute instances get-iam-policy bastion --zone asia-northeast1-a', /^etag: /m],
      ['compute networks subnets get-iam-policy nodes --region asia-northeast1', /^etag: /m],
      [
        'iam workload-identity-pools providers describe actions --workload-identity-pool github --location global --format=value(name,attributeCondition)',
        /^projects\/333333333333\/locations\/global\/workloadIdentityPools\/github\/providers\/actions\tassertion\.ref != ""\n$/,
      ],
      [
        `policy-intelligence troubleshoot-policy ${troubleshooter} --format=value(overallAccessState)`,
        /^CAN_ACCESS\n$/,
      ],
      [
        `beta policy-intelligence troubleshoot-policy ${troubleshooter} --format=value(pabPolicyExplanation.principalAccessBoundaryAccessState)`,
        /^PAB_ACCESS_STATE_UNKNOWN_INFO\n$/,
      ],
      [`policy-troubleshoot ${troubleshooter} --format=value(access)`, /^GRANTED\n$/],
      [
        'iam list-grantable-roles //storage.googleapis.com/projects/_/buckets/reports --format=value(name)',
        /^roles\/storage\.legacyBucketReader$/m,
      ],
      [
        `asset search-all-iam-policies --scope=projects/${projectId} --query=policy:roles/storage.objectViewer --format=value(resource)`,
        /^\/\/storage\.googleapis\.com\/projects\/_\/buckets\/reports\n$/,
      ],
      ['access-context-manager policies list --organization 111111111111 --format=value(title)', /^default policy\n$/],
      ['access-context-manager perimeters list --policy 987654 --format=value(name)', /prod/],
      [
        `logging read "log_id(cloudaudit.googleapis.com/data_access) protoPayload.status.code=7" --format=value(protoPayload.authorizationInfo[0].permission)`,
        /^storage\.objects\.get\n$/,
      ],
    ])(
      '%s',
      async (line, expected) => {
        const { code, out, err } = await gcloud(line);
        expect([code, out], err).toEqual([0, expect.stringMatching(expected)]);
      },
      SLOW_MS,
    );

    test.each<[string, RegExp]>([
      [
        'storage buckets get-iam-policy gs://reports',
        /nobody@example\.com does not have storage\.buckets\.getIamPolicy access to the Google Cloud Storage bucket\./,
      ],
      [
        'storage cat gs://reports/daily/1.csv',
        /does not have storage\.objects\.get access to the Google Cloud Storage object/,
      ],
      [
        'secrets versions access latest --secret db',
        /PERMISSION_DENIED: Permission 'secretmanager\.versions\.access' denied for resource 'projects\/acme-1\/secrets\/db\/versions\/latest'/,
      ],
      ['pubsub topics publish orders --message=x', /PERMISSION_DENIED: User not authorized to perform this action\./],
      [
        'spanner databases get-iam-policy shop --instance main',
        /Caller is missing IAM permission spanner\.databases\.getIamPolicy/,
      ],
      ['dns managed-zones describe example', /HTTPError 403: Forbidden/],
      [
        'compute disks describe data --zone asia-northeast1-a',
        /Required 'compute\.disks\.get' permission for 'projects\/acme-1\/zones\/asia-northeast1-a\/disks\/data'/,
      ],
      [`kms keys get-iam-policy ${key}`, /Permission 'cloudkms\.cryptoKeys\.getIamPolicy' denied on resource/],
      [
        'artifacts repositories get-iam-policy apps --location europe-west1',
        /Permission 'artifactregistry\.repositories\.getIamPolicy' denied on resource '\/\/artifactregistry\.googleapis\.com\//,
      ],
    ])(
      '%s, by nobody: an error',
      async (line, expected) => {
        const { code, err } = await gcloud(line, 'nobody');
        expect([code, err]).toEqual([1, expect.stringMatching(expected)]);
      },
      SLOW_MS,
    );
  });

  /** The group of commands, the resource, and a role that it takes. */
  test.concurrent.each<[string, string, string]>([
    ['storage buckets', 'gs://reports', 'roles/storage.objectUser'],
    ['secrets', 'db', 'roles/secretmanager.secretAccessor'],
    ['pubsub topics', 'orders', 'roles/pubsub.publisher'],
    ['pubsub subscriptions', 'orders-worker', 'roles/pubsub.subscriber'],
    ['artifacts repositories', 'apps --location europe-west1', 'roles/artifactregistry.reader'],
    ['kms keys', key, 'roles/cloudkms.cryptoKeyEncrypterDecrypter'],
    ['spanner databases', 'shop --instance main', 'roles/spanner.databaseUser'],
    ['compute networks subnets', 'nodes --region asia-northeast1', 'roles/compute.networkUser'],
  ])(
    'gcloud %s: a binding comes and goes',
    async (group, resource, role) => {
      const member = `user:${group.replaceAll(' ', '-')}@example.com`;
      const held = (): string[] =>
        Object.values(cloud.cloud.world.projects[projectId]?.resources ?? {})
          .flatMap(({ policy }) => policy?.bindings ?? [])
          .filter(({ members }) => members.includes(member))
          .map(binding => binding.role);
      const binding = `${resource} --member=${member} --role=${role}`;
      expect(await gcloud(`${group} add-iam-policy-binding ${binding}`)).toMatchObject({ code: 0 });
      expect(held()).toEqual([role]);
      expect(await gcloud(`${group} remove-iam-policy-binding ${binding}`)).toMatchObject({ code: 0 });
      expect(held()).toEqual([]);
    },
    SLOW_MS,
  );

  test('nothing was asked that the sandbox does not know', async () => {
    expect(await cloud.control('GET', 'unknown')).toEqual({ unknown: [] });
  });
});
