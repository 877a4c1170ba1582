import { nodeName, pod, serviceAccount } from '../google/build/objects.ts';
import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-metadata-server-oom',
  broken:
    'The GKE metadata server of a node was OOM-killed an hour ago; the cluster has more than 3,000 Kubernetes service accounts.',
  shows: [{ check: 'wi-metadata-server-oom', status: 'fail' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const finishedAt = new Date(Date.now() - 3_600_000).toISOString();
    const { world } = healthyWorld({
      objects: [
        pod({
          namespace: 'kube-system',
          name: 'gke-metadata-server-8sm2l',
          serviceAccount: 'gke-metadata-server',
          node: nodeName('cluster-x', 'pool-a'),
          labels: { 'k8s-app': 'gke-metadata-server' },
          spec: { hostNetwork: true },
          containerStatus: {
            ready: false,
            restartCount: 194,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt } },
          },
        }),
        ...Array.from({ length: 3_001 }, (_, index) => serviceAccount(`tenant-${index % 50}`, `job-${index}`)),
      ],
    });
    return world.world;
  },
});
