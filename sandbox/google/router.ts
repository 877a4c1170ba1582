import type { Route } from './route.ts';
import { cloudAssetRoutes } from './services/cloud-asset.ts';
import { containerRoutes } from './services/container.ts';
import { credentialRoutes } from './services/credentials.ts';
import { denyPolicyRoutes } from './services/deny-policies.ts';
import { fleetRoutes } from './services/fleet.ts';
import { iamRoutes } from './services/iam.ts';
import { iamRoleRoutes } from './services/iam-roles.ts';
import { loggingRoutes } from './services/logging.ts';
import { orgPolicyRoutes } from './services/org-policy.ts';
import { policySearchRoutes } from './services/policy-search.ts';
import { policyTroubleshooterRoutes } from './services/policy-troubleshooter.ts';
import { recommenderRoutes } from './services/recommender.ts';
import { resourceManagerRoutes } from './services/resource-manager.ts';
import { resourceRoutes } from './services/resources/index.ts';
import { serviceUsageRoutes } from './services/service-usage.ts';
import { troubleshooterBetaRoutes } from './services/troubleshooter/v3beta.ts';

export const routes: Route[] = [
  ...containerRoutes,
  ...resourceManagerRoutes,
  ...iamRoutes,
  ...iamRoleRoutes,
  ...serviceUsageRoutes,
  ...cloudAssetRoutes,
  ...credentialRoutes,
  ...denyPolicyRoutes,
  ...fleetRoutes,
  ...loggingRoutes,
  ...orgPolicyRoutes,
  ...policySearchRoutes,
  ...policyTroubleshooterRoutes,
  ...recommenderRoutes,
  ...resourceRoutes,
  ...troubleshooterBetaRoutes,
];

/** `{name}` → one segment; `{name:a|b}` and `a|b` → one of these; `{name*}` → the rest. */
function patternOf(path: string): RegExp {
  const parts = path.split('/').map(segment =>
    segment
      .replace(/^([\w-]+(?:\|[\w-]+)+)$/, '(?:$1)')
      .replace(/\./g, '\\.')
      .replace(/\{(\w+)\*\}/g, '(?<$1>.+)')
      .replace(/\{(\w+):([^}]+)\}/g, '(?<$1>$2)')
      .replace(/\{(\w+)\}/g, '(?<$1>[^/:]+)'),
  );
  return new RegExp(`^${parts.join('/')}$`);
}

const table = new Map<string, { pattern: RegExp; route: Route }[]>();
for (const route of routes) {
  const known = table.get(route.method) ?? [];
  known.push({ pattern: patternOf(route.path), route });
  table.set(route.method, known);
}

/** Decodes a path segment. Invalid percent-encoding stays as it is, and then matches no resource. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Finds the route of a call and its decoded path parameters. `path` is the raw path without the query. */
export function findRoute(
  method: string,
  path: string,
): { route: Route; params: { [name: string]: string } } | undefined {
  for (const { pattern, route } of table.get(method) ?? []) {
    const found = pattern.exec(path);
    if (!found) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decoded(value ?? '')]);
    return { route, params: Object.fromEntries(params) };
  }
  return undefined;
}
