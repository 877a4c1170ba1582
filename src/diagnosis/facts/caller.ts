/** Who `--for` or an error text is about, with what has to be read to know it. */

import type { DiagnoseRequest } from '../../contracts/jobs.ts';
import type { Review } from '../../kubernetes/objects.ts';
import { type AccessRequest, accessRequest, type Caller, callerOf } from '../iam/kubernetes-access.ts';
import type { Fact } from './fact.ts';
import { readServiceAccount } from './google/service-account.ts';
import type { KubernetesReads } from './kubernetes/api-server.ts';
import type { Session } from './session.ts';

/** A numeric user is a service account, which IAM is asked about by its email (docs/domain/callers.md#rbac-forbidden). */
export async function readCaller(
  session: Session,
  project: string,
  request: Pick<DiagnoseRequest, 'principal' | 'symptom'>,
): Promise<Caller | undefined> {
  const who = request.principal ?? request.symptom?.entities.principal;
  const caller = who === undefined ? undefined : callerOf(who);
  if (caller?.kind !== 'numeric' || caller.user === undefined) return caller;
  const account = await readServiceAccount(session, project, caller.user);
  return account.known ? { ...caller, member: `serviceAccount:${account.value.email}` } : caller;
}

/** RBAC's answer to the request that is asked about; undefined where none is. */
export async function readReview(
  kubernetes: Fact<KubernetesReads>,
  request: DiagnoseRequest,
): Promise<Fact<Review['status']> | undefined> {
  const asked = accessRequest(request);
  if (!asked) return undefined;
  return kubernetes.known ? kubernetes.value.reviewAccess(attributesOf(asked)) : kubernetes;
}

function attributesOf({ caller, verb, resource, subresource, namespace }: AccessRequest) {
  return {
    user: caller.user ?? '',
    groups: caller.groups,
    verb,
    group: resource.group,
    resource: resource.plural,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
  };
}
