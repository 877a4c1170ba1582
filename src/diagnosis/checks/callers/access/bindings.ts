/** What is offered to allow a request: the smallest binding, or commands where a person has to decide (docs/domain/remedies.md#create-role-binding). */
import type { Cluster } from '../../../facts/google/cluster.ts';
import { type AccessRequest, isCoveredByView, isEscalating, rbacResource } from '../../../iam/kubernetes-access.ts';
import type { RemedyRequest } from '../../check.ts';

/** The bindings that would allow it; commands where whoever holds it can take any other right. */
export function bindingsFor(cluster: Cluster, asked: AccessRequest): RemedyRequest[] {
  return isEscalating(asked.verb) ? byHand(asked) : [binding(cluster, asked)];
}

/** The smallest binding that allows it: `view` where that covers it, else a role with this one rule. */
function binding({ project, location, name }: Cluster, asked: AccessRequest): RemedyRequest {
  const { caller, verb, resource, namespace } = asked;
  const rule = { apiGroups: [resource.group], resources: [rbacResource(asked)], verbs: [verb] };
  return {
    kind: 'create-role-binding',
    params: {
      project,
      location,
      cluster: name,
      ...(namespace ? { namespace } : {}),
      subject: caller.subject,
      role: isCoveredByView(asked) ? { clusterRole: 'view' } : { rule },
    },
  };
}

/** For named objects only: NAME is for whoever runs it to say. */
function byHand({ caller, verb, resource }: AccessRequest): RemedyRequest[] {
  const name = `gke-auth-${verb}-${resource.plural}`;
  const kubectl = (...words: string[]): RemedyRequest => ({
    kind: 'command',
    params: { command: ['kubectl', ...words] },
  });
  const { subject } = caller;
  const who =
    subject.kind === 'ServiceAccount'
      ? `--serviceaccount=${subject.namespace}:${subject.name}`
      : `--${subject.kind.toLowerCase()}=${subject.name}`;
  const grouped = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  return [
    kubectl('create', 'clusterrole', name, `--verb=${verb}`, `--resource=${grouped}`, '--resource-name=NAME'),
    kubectl('create', 'clusterrolebinding', name, `--clusterrole=${name}`, who),
  ];
}
