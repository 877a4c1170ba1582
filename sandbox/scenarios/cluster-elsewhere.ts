import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'cluster-elsewhere',
  broken: 'Somebody looks for cluster-x in asia-northeast1, but it is in europe-west1.',
  shows: [{ check: 'cluster-not-found', status: 'fail' }],
  target: 'asia-northeast1/cluster-x',
  world() {
    const { world } = healthyWorld({ location: 'europe-west1' });
    return world.world;
  },
});
