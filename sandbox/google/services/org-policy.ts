import { errorInfo, GoogleError } from '../errors.ts';
import { ancestors, hierarchyResource } from '../iam/evaluate.ts';
import { effectiveRules } from '../iam/org-policy.ts';
import { type Call, listResponse, page, param, type Route } from '../route.ts';
import { type JsonObject, type OrgPolicyRule, own } from '../world.ts';

const service = 'orgpolicy.googleapis.com';
/** Constraints with lists of values. All others are boolean. */
const listConstraints = ['iam.allowedPolicyMemberDomains', 'gcp.resourceLocations', 'gcp.restrictServiceUsage'];

/** The node of the path, if the caller may read its policies. */
function nodeFor(call: Call, permission: string): { name: string; shown: string } {
  const name = `${param(call, 'kind')}/${param(call, 'id')}`;
  const [found] = ancestors(call.world, name);
  if (!found || !call.may(permission, hierarchyResource(call.world, name))) {
    const resource = `${name}${param(call, 'constraint') && `/policies/${param(call, 'constraint')}`}`;
    throw new GoogleError(
      'PERMISSION_DENIED',
      `Permission '${permission}' denied on resource '//${service}/${resource}' (or it may not exist).`,
      [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource })],
    );
  }
  const number = 'projectNumber' in found.node ? `projects/${found.node.projectNumber}` : found.name;
  return { name: found.name, shown: number };
}

function show(owner: string, constraint: string, rules: OrgPolicyRule[]): JsonObject {
  return { name: `${owner}/policies/${constraint}`, spec: { rules: rules.map(rule => ({ ...rule })) } };
}

/** The default without a policy: nothing is enforced, everything is allowed. */
function byDefault(constraint: string): OrgPolicyRule[] {
  return [listConstraints.includes(constraint) ? { allowAll: true } : { enforce: false }];
}

function getEffective(call: Call): JsonObject {
  const { name, shown } = nodeFor(call, 'orgpolicy.policy.get');
  const constraint = param(call, 'constraint');
  return show(shown, constraint, effectiveRules(call.world, name, constraint)?.rules ?? byDefault(constraint));
}

function get(call: Call): JsonObject {
  const { name, shown } = nodeFor(call, 'orgpolicy.policy.get');
  const constraint = param(call, 'constraint');
  const rules = own(ancestors(call.world, name)[0]?.node.orgPolicies ?? {}, constraint);
  if (!rules) throw new GoogleError('NOT_FOUND', `Requested entity was not found.`);
  return show(shown, constraint, rules);
}

function list(call: Call): JsonObject {
  const { name, shown } = nodeFor(call, 'orgpolicy.policies.list');
  const policies = ancestors(call.world, name)[0]?.node.orgPolicies ?? {};
  const items = Object.entries(policies).map(([constraint, rules]) => show(shown, constraint, rules));
  return listResponse('policies', page(call, items, { default: 100, max: 1_000 }));
}

const policies = '/v2/{kind:projects|folders|organizations}/{id}/policies';

export const orgPolicyRoutes: Route[] = [
  { service, id: 'policies.list', method: 'GET', path: policies, handle: list },
  { service, id: 'policies.get', method: 'GET', path: `${policies}/{constraint}`, handle: get },
  {
    service,
    id: 'policies.getEffectivePolicy',
    method: 'GET',
    path: `${policies}/{constraint}:getEffectivePolicy`,
    handle: getEffective,
  },
];
