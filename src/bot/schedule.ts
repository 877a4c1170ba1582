/** Watched clusters whose turn it is → jobs. Of several bots one gets each turn. */
import { parseClusterName } from '../contracts/cluster-name.ts';
import type { DiagnosisJob } from '../contracts/jobs.ts';
import type { Watch } from '../store/watches.ts';
import type { Services } from './services.ts';

type Needs = Pick<Services, 'watches' | 'queue' | 'redis' | 'log' | 'config'>;

export async function enqueueDue({ watches, queue, redis, log, config }: Needs): Promise<void> {
  if (redis.status !== 'ready') return;
  for (const { watch, at } of await watches.takeDue(Date.now())) {
    const job = watchJob(watch, at, config.projects);
    await queue
      .enqueueDiagnosis(job)
      .catch(error =>
        log.warn({ event: 'watch.enqueue_failed', err: error, trace: job.id }, 'failed to enqueue watch run'),
      );
  }
}

/** A target that can be both is taken for a cluster, unless it is a configured project. Pure. */
export function watchJob(
  { id, target, projects, requester, place }: Watch,
  at: number,
  known: readonly string[],
): DiagnosisJob {
  const common = { id: `${id}-${at}`, requestedAt: new Date(at).toISOString(), requester, place, watch: id };
  const name = parseClusterName(target);
  const isProject = 'problem' in name || known.includes(target);
  if (isProject) return { ...common, kind: 'scan', projects: [target] };
  return { ...common, kind: 'diagnose', request: { cluster: target, projects } };
}
