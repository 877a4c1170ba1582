import { asObject, asString, asStrings, type Json, type JsonObject, type Project, type World } from '../world.ts';
import { memberOf } from './members.ts';

function objects(value: Json): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

/** Whether an ingress policy lets an account call a service (accesscontextmanager v1, IngressPolicy). */
function letsIn(policy: JsonObject, account: string, service: string, project: string): boolean {
  const { identities, identityType } = asObject(policy.ingressFrom);
  const serviceAccount = memberOf(account).startsWith('serviceAccount:');
  const anyone =
    identityType === 'ANY_IDENTITY' || identityType === (serviceAccount ? 'ANY_SERVICE_ACCOUNT' : 'ANY_USER_ACCOUNT');
  if (!anyone && !asStrings(identities).includes(memberOf(account))) return false;
  const { resources, operations } = asObject(policy.ingressTo);
  const named = asStrings(resources);
  if (!named.includes('*') && !named.includes(project)) return false;
  return objects(operations).some(operation => ['*', service].includes(asString(operation.serviceName)));
}

/**
 * The service perimeter that refuses a call on a project. Every caller counts as outside and in no access level, so only
 * an ingress policy lets one in. Bridges and dry-run configurations refuse nothing.
 */
export function refusingPerimeter(
  world: World,
  project: Project,
  service: string,
  account: string,
): JsonObject | undefined {
  const name = `projects/${project.projectNumber}`;
  return Object.values(world.accessPolicies ?? {})
    .flatMap(policy => policy.servicePerimeters)
    .find(perimeter => {
      if (perimeter.perimeterType === 'PERIMETER_TYPE_BRIDGE') return false;
      const status = asObject(perimeter.status);
      if (!asStrings(status.resources).includes(name)) return false;
      if (!asStrings(status.restrictedServices).includes(service)) return false;
      return !objects(status.ingressPolicies).some(policy => letsIn(policy, account, service, name));
    });
}
