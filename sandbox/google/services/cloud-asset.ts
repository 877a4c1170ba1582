import { errorInfo, GoogleError, invalid } from '../errors.ts';
import { hierarchyResource } from '../iam/evaluate.ts';
import { showPolicy } from '../iam/policy.ts';
import { type Call, param, type Route } from '../route.ts';
import type { JsonObject } from '../world.ts';

const service = 'cloudasset.googleapis.com';
const maxNames = 20;

/** The policies that apply to each resource, from itself up to the scope. */
function batchGet(call: Call): JsonObject {
  const scope = `${param(call, 'kind')}/${param(call, 'id')}`;
  for (const permission of ['cloudasset.assets.analyzeIamPolicy', 'cloudasset.assets.searchAllIamPolicies']) {
    if (call.may(permission, hierarchyResource(call.world, scope))) continue;
    throw new GoogleError(
      'PERMISSION_DENIED',
      `Failed to authorize: permission '${permission}' denied on '${scope}'.`,
      [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource: scope })],
    );
  }
  const names = call.query.getAll('names');
  if (names.length === 0 || names.length > maxNames) throw invalid(`Between 1 and ${maxNames} names are needed.`);
  return {
    policyResults: names.map(fullResourceName => {
      const resource = hierarchyResource(
        call.world,
        fullResourceName.replace('//cloudresourcemanager.googleapis.com/', ''),
      );
      const policies = (resource?.policies ?? []).map(({ fullName, policy }) => ({
        attachedResource: fullName,
        policy: showPolicy(policy, 3),
      }));
      return { fullResourceName, policies };
    }),
  };
}

export const cloudAssetRoutes: Route[] = [
  {
    service,
    id: 'effectiveIamPolicies.batchGet',
    method: 'GET',
    path: '/v1/{kind:projects|folders|organizations}/{id}/effectiveIamPolicies:batchGet',
    handle: batchGet,
  },
];
