/** What IAM conditions can name below a project. */
import type { Target } from './model.ts';

/**
 * A cluster. Google documents `projects/P/zones/Z/clusters/C` for a zonal one and `projects/P/locations/R/clusters/C` for a
 * regional one (https://cloud.google.com/iam/docs/conditions-resource-attributes); GKE's own API names both by location. No source
 * says whether P is the id or the number.
 * @param projectNumber where it is known
 */
export function clusterTarget(
  { project, location, name }: { readonly project: string; readonly location: string; readonly name: string },
  projectNumber?: string,
): Target {
  const kinds = /-[a-z]$/.test(location) ? ['zones', 'locations'] : ['locations'];
  const projects = [project, ...(projectNumber === undefined ? [] : [projectNumber])];
  return {
    type: 'container.googleapis.com/Cluster',
    service: 'container.googleapis.com',
    names: projects.flatMap(id => kinds.map(kind => `projects/${id}/${kind}/${location}/clusters/${name}`)),
  };
}
