import { expect, test } from 'vitest';
import { type Arrange, asked, future, on } from './arranged.ts';
import { projectNumber } from './world.ts';

const p = 'projects/acme-1';
const ring = `//cloudkms.googleapis.com/${p}/locations/asia-northeast1/keyRings/gke`;
const queue = `//pubsub.googleapis.com/${p}/topics/orders`;
const uses = 'roles/cloudkms.cryptoKeyEncrypterDecrypter';
const encrypt = `v1/${p}/locations/asia-northeast1/keyRings/gke/cryptoKeys/etcd:encrypt`;

/** A call, what makes it possible, and its status. */
const elsewhere: [string, [string, string, unknown?], Arrange, number][] = [
  [
    'a key, by its ring',
    ['POST', encrypt, { plaintext: 'eA==' }],
    ({ project, member }) => project.bindOnResource(ring, uses, member),
    200,
  ],
  [
    'a key, by itself',
    ['POST', encrypt, {}],
    ({ project, member }) => project.bindOnResource(`${ring}/cryptoKeys/etcd`, uses, member),
    200,
  ],
  [
    'a key, by another key',
    ['POST', encrypt, {}],
    ({ project, member }) => project.bindOnResource(project.key('other', { ring: 'gke' }), uses, member),
    403,
  ],
  [
    'a key that is off',
    ['POST', encrypt, {}],
    ({ project, member }) =>
      project.bindOnResource(project.key('etcd', { ring: 'gke', state: 'DISABLED' }), uses, member),
    400,
  ],
  [
    'a database, by its instance',
    ['POST', `v1/${p}/instances/main/databases/shop/sessions`, {}],
    ({ project, member }) =>
      project.bindOnResource(`//spanner.googleapis.com/${p}/instances/main`, 'roles/spanner.databaseReader', member),
    200,
  ],
  [
    'a table, by its dataset’s access list',
    ['GET', `bigquery/v2/${p}/datasets/sales/tables/orders`],
    ({ project, app }) =>
      project.dataset('sales', { access: [{ role: 'READER', userByEmail: app }], tables: { orders: {} } }),
    200,
  ],
  [
    'a table, by nothing',
    ['GET', `bigquery/v2/${p}/datasets/sales/tables/orders`],
    ({ project }) =>
      project.dataset('sales', {
        access: [{ role: 'READER', userByEmail: 'zed@example.com' }],
        tables: { orders: {} },
      }),
    403,
  ],
  [
    'a table, by projectReaders',
    ['GET', `bigquery/v2/${p}/datasets/sales/tables/orders`],
    ({ project, member }) => project.bind('roles/viewer', member),
    200,
  ],
  [
    'a version of a secret, by the secret',
    ['GET', `v1/${p}/secrets/db/versions/1:access`],
    ({ project, member }) =>
      project.bindOnResource(
        `//secretmanager.googleapis.com/${p}/secrets/db`,
        'roles/secretmanager.secretAccessor',
        member,
      ),
    200,
  ],
  [
    'a version that a condition names, by the number of the project',
    ['GET', `v1/${p}/secrets/db/versions/1:access`],
    ({ project, member }) =>
      project.bind(
        'roles/secretmanager.secretAccessor',
        member,
        on(`resource.name.startsWith("projects/${projectNumber}/secrets/db/")`),
      ),
    200,
  ],
  [
    'a version that is disabled',
    ['GET', `v1/${p}/secrets/db/versions/latest:access`],
    ({ project, member }) => project.bind('roles/secretmanager.secretAccessor', member),
    400,
  ],
  [
    'a topic, by itself',
    ['POST', `v1/${p}/topics/orders:publish`, { messages: [{}] }],
    ({ project, member }) => project.bindOnResource(queue, 'roles/pubsub.publisher', member),
    200,
  ],
  [
    'a topic, by a condition on its name, which Pub/Sub does not tell',
    ['POST', `v1/${p}/topics/orders:publish`, { messages: [{}] }],
    ({ project, member }) =>
      project.bind('roles/pubsub.publisher', member, on('resource.name.startsWith("projects/acme-1/topics/")')),
    403,
  ],
  [
    'a topic, by a condition on time',
    ['POST', `v1/${p}/topics/orders:publish`, { messages: [{}] }],
    ({ project, member }) => project.bind('roles/pubsub.publisher', member, future),
    200,
  ],
  [
    'a subscription is not its topic',
    ['POST', `v1/${p}/subscriptions/orders-worker:pull`, {}],
    ({ project, member }) => project.bindOnResource(queue, 'roles/pubsub.subscriber', member),
    403,
  ],
];

test.each(elsewhere)('%s', async (_, [method, path, body], arrange, expected) => {
  expect(await asked(arrange, cloud => cloud.call('token-app', method, path, body))).toBe(expected);
});
