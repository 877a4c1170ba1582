import { containerLog } from '../google/build/container-log.ts';
import { nodeName, pod } from '../google/build/objects.ts';
import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-metadata-startup',
  broken:
    'The application of shop/checkout requests credentials right after its start and fails; it works after a restart.',
  shows: [{ check: 'wi-metadata-startup', status: 'warn' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const startedAt = new Date(Date.now() - 30 * 60_000).toISOString();
    const { world, project } = healthyWorld({
      objects: [
        pod({
          namespace: 'shop',
          name: 'checkout-7c9d8b6f5d-x2x4q',
          serviceAccount: 'checkout',
          node: nodeName('cluster-x', 'pool-a'),
          labels: { app: 'checkout' },
          containerStatus: { restartCount: 1, state: { running: { startedAt } } },
        }),
      ],
    });
    project.log(
      containerLog({
        minutesAgo: 29.95,
        text: 'google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found.',
      }),
    );
    return world.world;
  },
});
