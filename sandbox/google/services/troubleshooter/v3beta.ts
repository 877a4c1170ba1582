import { GoogleError, invalid } from '../../errors.ts';
import type { Call, Route } from '../../route.ts';
import { asString, type JsonObject, own } from '../../world.ts';
import type { DeniedRequest } from '../../world-resources.ts';
import { after, askedTuple, explain, type Question, readQuestion, resourceOf } from '../policy-troubleshooter.ts';
import { explainBoundaries } from './boundaries.ts';

const service = 'policytroubleshooter.googleapis.com';

/** The explanation of v3, with principal access boundaries taken into account. */
function explainAll(call: Call, question: Question): JsonObject {
  const explained = explain(call, question);
  const boundaries = explainBoundaries(call, question);
  const state = boundaries.principalAccessBoundaryAccessState;
  const allowed = explained.overallAccessState;
  const unread = state === 'PAB_ACCESS_STATE_UNKNOWN_INFO' && allowed !== 'CANNOT_ACCESS';
  return {
    ...explained,
    overallAccessState: state === 'PAB_ACCESS_STATE_NOT_ALLOWED' ? 'CANNOT_ACCESS' : unread ? 'UNKNOWN_INFO' : allowed,
    pabPolicyExplanation: boundaries,
  };
}

function troubleshoot(call: Call): JsonObject {
  const question = readQuestion(call);
  return { ...explainAll(call, question), accessTuple: askedTuple(call, question) };
}

/** The denied request of an id; NOT_FOUND while its record is not available yet. */
function deniedRequest(call: Call): DeniedRequest {
  const id = asString(call.body.errorInfoId);
  if (id === '') throw invalid('error_info_id is required.');
  const denied = own(call.world.deniedRequests ?? {}, id);
  if (!denied || denied.notFound > 0) {
    if (denied) denied.notFound -= 1;
    throw new GoogleError('NOT_FOUND', `No access data was found for the error info id ${id}.`);
  }
  return denied;
}

function troubleshootError(call: Call): JsonObject {
  const { principal, permission, fullResourceName } = deniedRequest(call);
  const resource = resourceOf(call.world, fullResourceName);
  if (!resource) throw new GoogleError('NOT_FOUND', `The resource ${fullResourceName} was not found.`);
  const account = principal.replace(/^(?:user|serviceAccount):/, '');
  const accessContext = {
    principal: account,
    permission,
    name: fullResourceName.replace(/^\/\/[^/]+\//, ''),
    parent: resource.policies.find(({ fullName }) => fullName !== fullResourceName)?.fullName ?? fullResourceName,
  };
  return {
    ...explainAll(call, { principal: account, permission, resource, time: call.clock.now() }),
    accessContext,
  };
}

export const troubleshooterBetaRoutes: Route[] = [
  {
    service,
    id: 'iam.troubleshoot',
    method: 'POST',
    path: '/v3beta/iam:troubleshoot',
    handle: after(troubleshoot),
  },
  {
    service,
    id: 'iam.troubleshootError',
    method: 'POST',
    path: '/v3beta/iam:troubleshootError',
    handle: troubleshootError,
  },
];
