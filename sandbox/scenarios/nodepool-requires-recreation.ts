import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'nodepool-requires-recreation',
  broken: 'An upgrade of cluster-x failed half an hour ago because pool-b has to be recreated first.',
  shows: [{ check: 'nodepool-requires-recreation', status: 'fail', subject: 'nodePools/pool-b' }],
  world() {
    const { world, project } = healthyWorld();
    project.operation({
      location: 'asia-northeast1',
      type: 'UPDATE_CLUSTER',
      target: 'clusters/cluster-x',
      minutesAgo: 30,
      minutes: 1,
      error: { code: 9, message: 'Node pool "pool-b" requires recreation.' },
    });
    return world.world;
  },
});
