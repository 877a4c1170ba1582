import type { JsonObject } from '../world.ts';

/** A log entry of a container of shop/checkout on cluster-x, in the form of Cloud Logging. */
export function containerLog(options: { minutesAgo: number; text: string; pod?: string }): JsonObject {
  const { minutesAgo, text, pod = 'checkout-7c9d8b6f5d-x2x4q' } = options;
  return {
    logName: 'projects/sandbox-1/logs/stderr',
    resource: {
      type: 'k8s_container',
      labels: {
        project_id: 'sandbox-1',
        location: 'asia-northeast1',
        cluster_name: 'cluster-x',
        namespace_name: 'shop',
        pod_name: pod,
        container_name: 'app',
      },
    },
    severity: 'ERROR',
    timestamp: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
    textPayload: text,
  };
}
