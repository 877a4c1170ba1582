import { boundariesOf, holdsResource } from '../../iam/boundaries.ts';
import { hierarchyResource } from '../../iam/evaluate.ts';
import type { Call } from '../../route.ts';
import type { JsonObject } from '../../world.ts';
import type { AccessBoundary } from '../../world-resources.ts';
import type { Question } from '../policy-troubleshooter.ts';

const organizationOf = (call: Call): string => Object.keys(call.world.organizations)[0] ?? '';

const included = (held: boolean): string => `RESOURCE_INCLUSION_STATE_${held ? 'INCLUDED' : 'NOT_INCLUDED'}`;

/** The explanation of one boundary and its binding (ExplainedPABBindingAndPolicy). */
function explainBoundary(call: Call, boundary: AccessBoundary, question: Question): JsonObject {
  const organization = organizationOf(call);
  const policyName = `${organization}/locations/global/principalAccessBoundaryPolicies/${boundary.id}`;
  const holds = boundary.resources.some(resource => holdsResource(call.world, resource, question.resource));
  const state = `PAB_ACCESS_STATE_${boundary.operations ? 'UNKNOWN_INFO' : holds ? 'ALLOWED' : 'NOT_ALLOWED'}`;
  const rule: JsonObject = { effect: 'ALLOW', resources: boundary.resources };
  return {
    bindingAndPolicyAccessState: state,
    relevance: 'HEURISTIC_RELEVANCE_HIGH',
    explainedPolicy: {
      policyAccessState: state,
      relevance: 'HEURISTIC_RELEVANCE_HIGH',
      policy: {
        name: policyName,
        displayName: boundary.id,
        details: { rules: [rule], enforcementVersion: 'latest' },
      },
      policyVersion: { version: 3, enforcementState: 'PAB_POLICY_ENFORCEMENT_STATE_ENFORCED' },
      explainedRules: [
        {
          effect: 'ALLOW',
          ruleAccessState: state,
          combinedResourceInclusionState: included(holds),
          ...(boundary.operations && { pabUnsupportedFeatures: ['OPERATION'] }),
          explainedResources: boundary.resources.map(resource => ({
            resource,
            resourceInclusionState: included(holdsResource(call.world, resource, question.resource)),
          })),
        },
      ],
    },
    explainedPolicyBinding: {
      policyBindingState: 'POLICY_BINDING_STATE_ENFORCED',
      relevance: 'HEURISTIC_RELEVANCE_HIGH',
      policyBinding: {
        name: `${organization}/locations/global/policyBindings/${boundary.id}`,
        policyKind: 'PRINCIPAL_ACCESS_BOUNDARY',
        policy: policyName,
        target: { principalSet: `//cloudresourcemanager.googleapis.com/${organization}` },
      },
    },
  };
}

/**
 * The explanation of all boundaries of a principal (policytroubleshooter v3beta, PABPolicyExplanation): UNKNOWN_INFO for a
 * caller who may not read them, NOT_ENFORCED for a principal without any.
 */
export function explainBoundaries(call: Call, question: Question): JsonObject {
  const organization = hierarchyResource(call.world, organizationOf(call));
  const readable = ['get', 'searchPolicyBindings'].every(verb =>
    call.may(`iam.principalaccessboundarypolicies.${verb}`, organization),
  );
  if (!readable) return { principalAccessBoundaryAccessState: 'PAB_ACCESS_STATE_UNKNOWN_INFO' };
  const explained = boundariesOf(call.world, question.principal).map(boundary =>
    explainBoundary(call, boundary, question),
  );
  if (explained.length === 0) return { principalAccessBoundaryAccessState: 'PAB_ACCESS_STATE_NOT_ENFORCED' };
  const states = explained.map(({ bindingAndPolicyAccessState }) => String(bindingAndPolicyAccessState));
  const order = ['PAB_ACCESS_STATE_ALLOWED', 'PAB_ACCESS_STATE_UNKNOWN_INFO'];
  return {
    principalAccessBoundaryAccessState: order.find(state => states.includes(state)) ?? 'PAB_ACCESS_STATE_NOT_ALLOWED',
    explainedBindingsAndPolicies: explained,
    relevance: 'HEURISTIC_RELEVANCE_HIGH',
  };
}
