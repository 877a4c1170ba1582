/** Every kind of remedy, and how a request becomes one. */
import type { Remedy } from '../contracts/report.ts';
import type { Language } from '../contracts/text.ts';
import type { RemedyRequest } from '../diagnosis/checks/check.ts';
import { annotateServiceAccount } from './kinds/annotate-service-account.ts';
import { command } from './kinds/command.ts';
import { createRoleBinding } from './kinds/create-role-binding.ts';
import { enableDnsEndpoint } from './kinds/enable-dns-endpoint.ts';
import { enableService } from './kinds/enable-service.ts';
import { enableServiceAccount } from './kinds/enable-service-account.ts';
import { enableWorkloadIdentity } from './kinds/enable-workload-identity.ts';
import { grantProjectRole } from './kinds/grant-project-role.ts';
import { grantResourceRole } from './kinds/grant-resource-role.ts';
import { grantServiceAccountRole } from './kinds/grant-service-account-role.ts';
import { manifest } from './kinds/manifest.ts';
import { recreateNodePool } from './kinds/recreate-node-pool.ts';
import { setNodeMetadataMode } from './kinds/set-node-metadata-mode.ts';
import type { Applied, ApplyContext, Authority, PlanContext, PlannedRemedy, RemedyDefinition } from './remedy.ts';

/** A kind with its parameters checked: what is left to do is to plan, or to write. */
interface Bound {
  readonly kind: Remedy['kind'];
  readonly risk: Remedy['risk'];
  plan(context: PlanContext): PlannedRemedy;
  readonly writing?: BoundWriting;
}

export interface BoundWriting {
  authority(): Authority;
  apply(context: ApplyContext): Promise<Applied>;
  readonly revoke?: (context: ApplyContext) => Promise<Applied>;
}

/** Binds parameters to a kind. @throws {z.ZodError} where they don't fit it. */
function kindOf<Params>(definition: RemedyDefinition<Params>) {
  return (raw: unknown): Bound => {
    const params = definition.params.parse(raw);
    const { kind, risk, writing } = definition;
    const { revoke } = writing ?? {};
    return {
      kind,
      risk,
      plan: context => definition.plan(params, context),
      ...(writing
        ? {
            writing: {
              authority: () => writing.authority(params),
              apply: context => writing.apply(params, context),
              ...(revoke ? { revoke: (context: ApplyContext) => revoke(params, context) } : {}),
            },
          }
        : {}),
    };
  };
}

const KINDS: Partial<Record<Remedy['kind'], (params: unknown) => Bound>> = {
  'grant-project-role': kindOf(grantProjectRole),
  'grant-service-account-role': kindOf(grantServiceAccountRole),
  'grant-resource-role': kindOf(grantResourceRole),
  'annotate-service-account': kindOf(annotateServiceAccount),
  'set-node-metadata-mode': kindOf(setNodeMetadataMode),
  manifest: kindOf(manifest),
  'enable-service': kindOf(enableService),
  'enable-dns-endpoint': kindOf(enableDnsEndpoint),
  'enable-service-account': kindOf(enableServiceAccount),
  'enable-workload-identity': kindOf(enableWorkloadIdentity),
  'create-role-binding': kindOf(createRoleBinding),
  'recreate-node-pool': kindOf(recreateNodePool),
  command: kindOf(command),
};

const WRITTEN: ReadonlySet<Remedy['kind']> = new Set(
  [
    createRoleBinding,
    enableService,
    enableDnsEndpoint,
    enableServiceAccount,
    grantProjectRole,
    recreateNodePool,
    annotateServiceAccount,
    enableWorkloadIdentity,
    grantServiceAccountRole,
    grantResourceRole,
    setNodeMetadataMode,
  ].map(({ kind }) => kind),
);

function bind({ kind, params }: Pick<Remedy, 'kind'> & { readonly params: unknown }): Bound {
  const known = KINDS[kind];
  if (!known) throw new Error(`no remedy of kind ${kind}`);
  return known(params);
}

/** Plans what a check asked for, and says it in one language. @throws where there is no such kind, or its parameters don't fit. */
export function planRemedy(
  request: RemedyRequest,
  context: Omit<PlanContext, 'wholeRole'>,
  language: Language,
): Remedy {
  const { kind, risk, plan } = bind(request);
  const { change, summary, params, ...rest } = plan({ ...context, wholeRole: request.wholeRole });
  return {
    kind,
    risk,
    ...rest,
    params: { ...params },
    summary: summary[language],
    ...(change ? { change: { ...change, disrupts: change.disrupts?.[language] } } : {}),
    ...(request.doubt ? { doubt: request.doubt[language] } : {}),
  };
}

/** How an approved remedy is written. @throws where its kind is one that people do themselves, or its parameters don't fit. */
export function writingOf(remedy: Pick<Remedy, 'kind' | 'params'>): BoundWriting {
  const { writing } = bind(remedy);
  if (!writing) throw new Error(`${remedy.kind} is not done by gke-auth`);
  return writing;
}

/** Whether gke-auth writes remedies of this kind itself, given a yes. */
export function isWritten(kind: Remedy['kind']): boolean {
  return WRITTEN.has(kind);
}
