/** What Compute Engine refused to GKE: the permission, and where; out of an error text or of an operation's error. */
import type { Fact } from '../../../facts/fact.ts';
import type { Cluster } from '../../../facts/google/cluster.ts';
import { isAbout, type Operation } from '../../../facts/google/operations.ts';
import type { Project } from '../../../facts/google/project.ts';
import type { CheckRequest } from '../../check.ts';
import type { EvidenceDraft } from '../../evidence.ts';

export interface Refusal {
  readonly permission: string;
  /** The project by id, where it is the cluster's own; else as Compute Engine names it. The host project, with a Shared VPC. */
  readonly project: string;
  /** Where the refused resource is a subnet: it has a policy of its own. */
  readonly subnet?: { readonly region: string; readonly name: string };
  /** Who is named beside it. */
  readonly principal?: string;
  readonly evidence: EvidenceDraft;
}

/** Google's documents have one order of the words, real messages the other as well. */
const SAYS = /Google Compute Engine:\s*Required (?:permission '([\w.]+)'|'([\w.]+)' permission) for '([^']+)'/i;

/** The refusal that the error text names; else that of the last operation of the cluster that failed so. */
export function refusalOf(
  cluster: Cluster,
  own: Project | undefined,
  operations: Fact<readonly Operation[]>,
  { symptom, project }: CheckRequest,
): Refusal | undefined {
  if (symptom?.problem === 'gce-permission-retry-budget' && symptom.entities.permission) {
    const { permission, resource, principal } = symptom.entities;
    const on = resource ?? `projects/${project}`;
    return {
      permission,
      ...placeOf(on, project, own),
      ...(principal ? { principal } : {}),
      evidence: quoted('the error text', `${permission} (${on})`),
    };
  }
  const [failed] = (operations.known ? operations.value : [])
    .filter(one => isAbout(one, cluster) && SAYS.test(one.error ?? ''))
    .sort((a, b) => ((a.startTime ?? '') < (b.startTime ?? '') ? 1 : -1));
  const [, quotedFirst, quotedLast, on = ''] = failed?.error?.match(SAYS) ?? [];
  const permission = quotedFirst ?? quotedLast;
  if (!failed || permission === undefined) return undefined;
  const says = `${failed.type} ${failed.name}: ${failed.error ?? ''}`;
  return { permission, ...placeOf(on, project, own), evidence: quoted('container operations.list', says) };
}

function placeOf(resource: string, project: string, own: Project | undefined): Pick<Refusal, 'project' | 'subnet'> {
  const named = resource.match(/projects\/([^/]+)/)?.[1] ?? project;
  const [, region, name] = resource.match(/regions\/([^/]+)\/subnetworks\/([^/]+)/) ?? [];
  return {
    project: named === own?.number ? own.id : named,
    ...(region !== undefined && name !== undefined ? { subnet: { region, name } } : {}),
  };
}

function quoted(source: string, says: string): EvidenceDraft {
  return { source, says: { en: says, ja: says } };
}

/** What has the policy that decides first: the subnet of a host project, else the project. */
export function resourceOf({ project, subnet }: Refusal, own: Project): string {
  if (!subnet || project === own.id) return `projects/${project}`;
  return `projects/${project}/regions/${subnet.region}/subnetworks/${subnet.name}`;
}
