import type { Authorizer, Caller, Decision } from './authorizer.ts';
import { at, isJson, type Json, textAt, textsAt } from './manifest.ts';
import { type Attributes, type PolicyStore, rulesFor } from './rbac.ts';
import type { ResourceType } from './resources.ts';
import { badRequest } from './status.ts';

export interface ReviewContext {
  policy: PolicyStore;
  authorizer: Authorizer;
  caller: Caller;
  namespace: string;
}

/**
 * Answers a review. On GKE a SubjectAccessReview about another user checks RBAC only, because IAM is checked with the
 * caller's own credentials; a review about oneself checks both.
 */
export function answerReview(type: ResourceType, body: Json, context: ReviewContext): Json {
  const { caller, authorizer } = context;
  const answer = (status: Json): Json => ({ ...body, metadata: { creationTimestamp: null }, status });
  switch (type.kind) {
    case 'SelfSubjectAccessReview':
      return answer(statusOf(authorizer.decide(caller, attributesOf(body, type, ''))));
    case 'SelfSubjectRulesReview':
      return answer(rulesStatus(context, textAt(body, 'spec', 'namespace')));
    case 'SelfSubjectReview':
      return answer({ userInfo: { username: caller.name, uid: caller.uid, groups: caller.groups } });
    default: {
      const asked = attributesOf(body, type, context.namespace);
      const name = textAt(body, 'spec', 'user');
      const groups = textsAt(body, 'spec', 'groups');
      if (name === '' && groups.length === 0)
        throw badRequest('spec.user: at least one of user or group must be specified');
      const aboutOneself = name === caller.name && caller.account !== undefined;
      return answer(
        statusOf(
          aboutOneself ? authorizer.decide({ ...caller, groups }, asked) : authorizer.rbac({ name, groups }, asked),
        ),
      );
    }
  }
}

const statusOf = ({ allowed, reason }: Decision): Json => ({ allowed, ...(reason === '' ? {} : { reason }) });

function attributesOf(body: Json, type: ResourceType, namespace: string): Attributes {
  const empty = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' };
  const path = at(body, 'spec', 'nonResourceAttributes');
  if (isJson(path)) return { ...empty, verb: textAt(path, 'verb'), path: textAt(path, 'path') };
  const asked = at(body, 'spec', 'resourceAttributes');
  if (!isJson(asked)) {
    throw badRequest('spec: exactly one of nonResourceAttributes or resourceAttributes must be specified');
  }
  const local = type.namespaced ? namespace : textAt(asked, 'namespace');
  return {
    verb: textAt(asked, 'verb'),
    group: textAt(asked, 'group'),
    version: textAt(asked, 'version'),
    resource: textAt(asked, 'resource'),
    subresource: textAt(asked, 'subresource'),
    namespace: local,
    name: textAt(asked, 'name'),
  };
}

/** The rules from RBAC. The webhook that checks IAM can't list rules, so the answer is marked incomplete. */
function rulesStatus({ policy, caller }: ReviewContext, namespace: string): Json {
  const rules = rulesFor(policy, caller, namespace).map(({ rule }) => rule);
  return {
    resourceRules: rules
      .filter(rule => rule.resources.length > 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
    nonResourceRules: rules
      .filter(rule => rule.nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: true,
    evaluationError: 'webhook authorizer does not support user rule resolution',
  };
}
