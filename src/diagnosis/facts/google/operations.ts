/** What GKE is doing, or lately did, to clusters (container operations.list; docs/domain/projects.md#operations). */
import type { ContainerOperation } from '../../../google/answers.ts';
import type { Fact } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';
import type { Cluster } from './cluster.ts';

export interface Operation {
  /** Its id within the location: `operation-1735…`. */
  readonly name: string;
  /** `UPGRADE_NODES`, `UPDATE_CLUSTER` … */
  readonly type: string;
  /** `PENDING`, `RUNNING`, `DONE`, `ABORTING`; a value of the future reads `STATUS_UNSPECIFIED`. */
  readonly status: string;
  /** What it works on, as a URL that names the project by number. */
  readonly targetLink: string;
  /** The message of what made it fail. */
  readonly error?: string;
  /** RFC 3339. */
  readonly startTime?: string;
  readonly endTime?: string;
  readonly detail?: string;
}

/** Operations of one location, of all its clusters. */
export function readOperations(
  session: Session,
  project: string,
  location: string,
): Promise<Fact<readonly Operation[]>> {
  return session.once(`operations ${project} ${location}`, () =>
    asFact(
      {
        source: 'container operations.list',
        permission: 'container.operations.list',
        resource: `projects/${project}`,
        self: session.self,
      },
      async () => {
        const operations = await session.google.listOperations(`projects/${project}/locations/${location}`);
        return operations.map(toOperation);
      },
    ),
  );
}

function toOperation(raw: ContainerOperation): Operation {
  const error = raw.error?.message || (raw.error ? raw.statusMessage : undefined);
  return {
    name: raw.name ?? '',
    type: String(raw.operationType ?? 'TYPE_UNSPECIFIED'),
    status: String(raw.status ?? 'STATUS_UNSPECIFIED'),
    targetLink: raw.targetLink ?? '',
    error: error || undefined,
    startTime: raw.startTime || undefined,
    endTime: raw.endTime || undefined,
    detail: raw.detail || undefined,
  };
}

/** Whether it works on this cluster, or on something of it. */
export function isAbout({ targetLink }: Operation, { location, name }: Pick<Cluster, 'location' | 'name'>): boolean {
  const target = targetLink.match(/\/(?:locations|zones)\/([^/]+)\/clusters\/([^/]+)/);
  return target?.[1] === location && target[2] === name;
}

/** The node pool it works on, where it is one. */
export function poolOf({ targetLink }: Operation): string | undefined {
  return targetLink.match(/\/nodePools\/([^/]+)/)?.[1];
}

/** Operations in which GKE may replace a pool's nodes. Most changes of a pool are `UPGRADE_NODES`, also those that replace none. */
export function mayReplaceNodes({ type }: Operation): boolean {
  return type === 'UPGRADE_NODES' || type === 'AUTO_UPGRADE_NODES';
}

/** The node pool that GKE wants recreated before it goes on, if that is why the operation failed. */
export function poolToRecreate({ error }: Operation): string | undefined {
  return error?.match(/Node pool "([^"]+)" requires recreation/i)?.[1];
}

export function isRunning({ status }: Operation): boolean {
  return status === 'PENDING' || status === 'RUNNING' || status === 'ABORTING';
}
