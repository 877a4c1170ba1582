import type { JsonObject } from '../world.ts';

export type PerimeterOptions = {
  /** Numbers of the projects in it. */
  projects: string[];
  /** Service names, `storage.googleapis.com`. */
  services: string[];
  /** Ids of access levels of the same policy. */
  accessLevels?: string[];
  /** In the API's form. */
  ingressPolicies?: JsonObject[];
  egressPolicies?: JsonObject[];
  /** Only a dry run: it is `spec`, and there is no `status`. */
  dryRun?: boolean;
};

/** A regular service perimeter (accesscontextmanager v1, ServicePerimeter). */
export function servicePerimeter(policy: string, id: string, options: PerimeterOptions): JsonObject {
  const { accessLevels = [], ingressPolicies = [], egressPolicies = [] } = options;
  const configuration: JsonObject = {
    resources: options.projects.map(number => `projects/${number}`),
    restrictedServices: options.services,
    ...(accessLevels.length > 0 && { accessLevels: accessLevels.map(level => `${policy}/accessLevels/${level}`) }),
    ...(ingressPolicies.length > 0 && { ingressPolicies }),
    ...(egressPolicies.length > 0 && { egressPolicies }),
  };
  return {
    name: `${policy}/servicePerimeters/${id}`,
    title: id,
    perimeterType: 'PERIMETER_TYPE_REGULAR',
    ...(options.dryRun ? { spec: configuration, useExplicitDryRunSpec: true } : { status: configuration }),
  };
}
