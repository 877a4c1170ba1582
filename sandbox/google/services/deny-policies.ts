import { GoogleError } from '../errors.ts';
import { ancestors, hierarchyResource } from '../iam/evaluate.ts';
import { type Call, listResponse, page, param, type Route } from '../route.ts';
import type { DenyPolicy, JsonObject } from '../world.ts';
import { denied } from './iam.ts';

const service = 'iam.googleapis.com';

/** gcloud encodes the slashes of an attachment point twice. */
function decoded(point: string): string {
  return point.includes('%') ? decodeURIComponent(point) : point;
}

/** The node of an attachment point: `cloudresourcemanager.googleapis.com/projects/PN`. */
function attached(call: Call, permission: string): { point: string; policies: DenyPolicy[] } {
  const name = decoded(param(call, 'attachment')).replace('cloudresourcemanager.googleapis.com/', '');
  const [found] = ancestors(call.world, name);
  if (!found || !call.may(permission, hierarchyResource(call.world, name))) throw denied(permission);
  const owner = 'projectNumber' in found.node ? `projects/${found.node.projectNumber}` : found.name;
  return {
    point: encodeURIComponent(`cloudresourcemanager.googleapis.com/${owner}`),
    policies: found.node.denyPolicies,
  };
}

function show(point: string, policy: DenyPolicy, withRules: boolean): JsonObject {
  return {
    name: `policies/${point}/denypolicies/${policy.id}`,
    uid: policy.uid,
    kind: 'DenyPolicy',
    ...(policy.displayName && { displayName: policy.displayName }),
    etag: policy.etag,
    createTime: '2025-03-01T09:00:00Z',
    updateTime: '2025-03-01T09:00:00Z',
    ...(withRules && { rules: policy.rules }),
  };
}

/** A list leaves out the rules of the policies (iam v2, policies.listPolicies). */
function list(call: Call): JsonObject {
  const { point, policies } = attached(call, 'iam.denypolicies.list');
  return listResponse(
    'policies',
    page(
      call,
      policies.map(policy => show(point, policy, false)),
      { default: 50, max: 1_000 },
    ),
  );
}

function get(call: Call): JsonObject {
  const { point, policies } = attached(call, 'iam.denypolicies.get');
  const policy = policies.find(({ id }) => id === param(call, 'policy'));
  if (!policy) throw new GoogleError('NOT_FOUND', 'Requested entity was not found.');
  return show(point, policy, true);
}

const denyPolicies = '/v2/policies/{attachment}/denypolicies';

export const denyPolicyRoutes: Route[] = [
  { service, id: 'policies.listPolicies', method: 'GET', path: denyPolicies, handle: list },
  { service, id: 'policies.get', method: 'GET', path: `${denyPolicies}/{policy}`, handle: get },
];
