/** Which APIs are enabled in a project (serviceusage services.batchGet). */
import type { Fact } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

/** The APIs that GKE and its nodes need, and those that we read with (docs/domain/projects.md#api-enabled). */
export const APIS = [
  'container',
  'compute',
  'iamcredentials',
  'cloudresourcemanager',
  'iam',
  'serviceusage',
  'recommender',
  'orgpolicy',
  'logging',
  'monitoring',
  'policytroubleshooter',
].map(name => `${name}.googleapis.com`);

/** State by API: `ENABLED`, `DISABLED`. An API that Google did not answer about is not in it. */
export function readServices(session: Session, project: string): Promise<Fact<ReadonlyMap<string, string>>> {
  return session.once(`services ${project}`, () =>
    asFact(
      {
        source: 'serviceusage services.batchGet',
        permission: 'serviceusage.services.get',
        resource: `projects/${project}`,
        self: session.self,
      },
      async () => {
        const services = await session.google.getServices(project, APIS);
        return new Map(services.map(({ name, state }) => [name?.split('/').at(-1) ?? '', state ?? '']));
      },
    ),
  );
}
