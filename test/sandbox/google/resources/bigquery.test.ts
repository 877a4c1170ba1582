import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, at, type Client, start } from '../client.ts';
import { resourceWorld, tokens } from './world.ts';

type Entry = {
  role?: string;
  userByEmail?: string;
  iamMember?: string;
  condition?: { title: string; expression: string };
};

let cloud: Client;
let app: string;
beforeEach(async () => {
  const arranged = resourceWorld();
  app = arranged.app;
  arranged.project.bind('roles/bigquery.jobUser', `serviceAccount:${app}`);
  cloud = await start(arranged.world.world);
});
afterEach(() => cloud.close());

const path = 'bigquery/v2/projects/acme-1/datasets/sales';
const get = (query = '', token: string = tokens.admin): Promise<Answer> => cloud.call(token, 'GET', `${path}${query}`);
const patch = (access: Entry[], query = '', token: string = tokens.admin): Promise<Answer> =>
  cloud.call(token, 'PATCH', `${path}${query}`, { access });
const entries = async (query = '?accessPolicyVersion=3'): Promise<Entry[]> => (await get(query)).body.access as Entry[];
const condition = { title: 'until 2030', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' };

describe('a dataset', () => {
  test('has an access list, with the basic roles of its project in it', async () => {
    expect(await entries()).toEqual([
      { role: 'WRITER', specialGroup: 'projectWriters' },
      { role: 'OWNER', specialGroup: 'projectOwners' },
      { role: 'READER', specialGroup: 'projectReaders' },
    ]);
  });

  test('has no policy calls', async () => {
    expect((await cloud.call(tokens.admin, 'POST', `${path}:getIamPolicy`, {})).status).toBe(501);
  });

  test.each([
    ['', ['access', 'creationTime', 'location']],
    ['?datasetView=ACL', ['access', 'datasetReference', 'etag', 'id', 'kind']],
    ['?datasetView=METADATA', ['creationTime', 'location']],
  ])('view %s shows its part', async (query, keys) => {
    const shown = Object.keys((await get(query)).body);
    expect(shown).toEqual(expect.arrayContaining(keys));
    expect(shown.includes('access')).toBe(keys.includes('access'));
    expect(shown.includes('location')).toBe(keys.includes('location'));
  });

  test('conditions show to who asks for version 3, and need it', async () => {
    const conditional = { role: 'roles/bigquery.dataViewer', iamMember: `serviceAccount:${app}`, condition };
    expect((await patch([...(await entries()), conditional])).status).toBe(400);
    expect((await patch([...(await entries()), conditional], '?accessPolicyVersion=3')).status).toBe(200);
    expect(await entries()).toContainEqual(conditional);
    const [last] = (await entries('')).slice(-1);
    expect(last?.role).toMatch(/^roles\/bigquery\.dataViewer_with_conditionalbinding_[0-9a-f]{10}$/);
    expect(last).not.toHaveProperty('condition');
    expect((await patch([])).status).toBe(400);
    expect((await get('?accessPolicyVersion=2')).status).toBe(400);
  });

  test('an update replaces the whole list, changes the etag and heeds If-Match', async () => {
    const { etag } = (await get()).body;
    const send = async (match: string): Promise<number> => {
      const answer = await fetch(`${cloud.url}${path}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json', 'if-match': match },
        body: JSON.stringify({ access: [{ role: 'READER', userByEmail: app }] }),
      });
      return answer.status;
    };
    expect(await send('stale')).toBe(412);
    expect(await send(String(etag))).toBe(200);
    expect(await entries()).toEqual([{ role: 'READER', userByEmail: app }]);
    expect((await get()).body.etag).not.toBe(etag);
  });

  test.each([
    ['a user who is not there', { role: 'READER', userByEmail: 'zed@elsewhere.test' }],
    [
      'a service account that is not there',
      { role: 'READER', iamMember: 'serviceAccount:no@acme-1.iam.gserviceaccount.com' },
    ],
  ])('%s is refused', async (_, entry) => {
    const { status, body } = await patch([entry]);
    expect([status, at(body, 'error.message')]).toEqual([
      400,
      expect.stringMatching(/^IAM setPolicy failed for Dataset acme-1:sales: .* does not exist\.$/),
    ]);
  });

  test('who may update it may grant anything there, limited or not', async () => {
    const { world, project } = resourceWorld();
    world.token('limited', 'limited@example.com');
    project.bind('roles/bigquery.dataOwner', 'user:limited@example.com', {
      title: 'limited',
      expression:
        "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/bigquery.dataViewer'])",
    });
    const mine = await start(world.world);
    const answer = await mine.call('limited', 'PATCH', path, {
      access: [{ role: 'OWNER', userByEmail: 'zed@example.com' }],
    });
    expect(answer.status).toBe(200);
    await mine.close();
  });

  test('a reader may not update it', async () => {
    expect((await patch([], '', tokens.reader)).status).toBe(403);
  });
});

describe('queries', () => {
  const query = (sql: string, token = 'token-app'): Promise<Answer> =>
    cloud.call(token, 'POST', 'bigquery/v2/projects/acme-1/queries', { query: sql });

  test.each(['SELECT * FROM `acme-1.sales.orders`', 'select 1 from sales.orders o join sales.other using (id)'])(
    '%s: the table is refused',
    async sql => {
      const { status, body } = await query(sql);
      expect([status, at(body, 'error.message')]).toEqual([
        403,
        'Access Denied: Table acme-1:sales.orders: User does not have permission to query table acme-1:sales.orders, or perhaps it does not exist.',
      ]);
    },
  );

  test('the project that pays is refused', async () => {
    const { status, body } = await query('SELECT 1', tokens.nobody);
    expect([status, at(body, 'error.message')]).toEqual([
      403,
      'Access Denied: Project acme-1: User does not have bigquery.jobs.create permission in project acme-1.',
    ]);
  });

  test('with rights on the dataset it runs', async () => {
    await patch([{ role: 'READER', userByEmail: app }]);
    expect((await query('SELECT * FROM sales.orders')).status).toBe(200);
    expect((await query('SELECT * FROM sales.missing')).status).toBe(403);
  });
});
