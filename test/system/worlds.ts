/** Worlds of simulated Google Cloud in which many things are broken in the same way, so that many can be mended at once. */
import type { World } from '../../sandbox/google/world.ts';
import { baseWorld, nodeRole } from '../../sandbox/scenarios/base.ts';

const identities = ['gke-auth-diagnoser', 'gke-auth-remediator'].map(
  name => `serviceAccount:${name}@sandbox-1.iam.gserviceaccount.com`,
);

export const LOCATION = 'asia-northeast1';
/** The full name of the cluster of the nth broken project. */
export const brokenCluster = (n: number) => `${brokenProject(n)}/${LOCATION}/cluster-x`;
export const brokenProject = (n: number) => `broken-${n}`;
/** The member that lacks its role in the nth broken project. */
export const brokenMember = (n: number) => `serviceAccount:nodes@${brokenProject(n)}.iam.gserviceaccount.com`;
export { nodeRole };

/** `count` projects besides sandbox-1, each with one cluster whose node account lacks its role. */
export function brokenProjects(count: number): World {
  const { world } = baseWorld();
  for (let n = 1; n <= count; n++) {
    const project = world.project(brokenProject(n), String(200_000_000_000 + n));
    for (const member of [...identities, 'user:bob@example.com', 'user:carol@example.com']) {
      project.bind('roles/owner', member);
    }
    // Who asks is looked at too, and is not what is broken.
    project.bind('roles/container.clusterViewer', 'user:alice@example.com');
    const account = project.serviceAccount('nodes');
    project.cluster({
      name: 'cluster-x',
      location: LOCATION,
      withoutApiServer: true,
      nodePools: [{ name: 'pool-a', serviceAccount: account }],
    });
  }
  return world.world;
}

/** One project with `count` clusters, each with an account of its own that lacks its role: all grants go into one policy. */
export function oneProjectManyAccounts(count: number): World {
  const { world, project } = baseWorld();
  for (let n = 1; n <= count; n++) {
    const account = project.serviceAccount(`nodes-${n}`);
    project.cluster({
      name: `cluster-${n}`,
      location: LOCATION,
      withoutApiServer: true,
      nodePools: [{ name: 'pool-a', serviceAccount: account }],
    });
  }
  return world.world;
}
