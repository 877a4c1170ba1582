import { containerLog } from '../google/build/container-log.ts';
import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'wi-metadata-dns',
  broken: 'The containers of shop/checkout can’t resolve metadata.google.internal, as their logs show.',
  shows: [{ check: 'wi-metadata-dns', status: 'warn' }],
  arguments: ['--workload', 'shop/checkout'],
  world() {
    const { world, project } = healthyWorld();
    project.log(
      ...[3, 10, 17].map(minutes =>
        containerLog({
          minutesAgo: minutes,
          text: 'dial tcp: lookup metadata.google.internal on 10.8.0.10:53: no such host',
        }),
      ),
    );
    return world.world;
  },
});
