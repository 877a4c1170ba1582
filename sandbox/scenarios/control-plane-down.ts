import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'control-plane-down',
  broken: 'The API server of cluster-x, a zonal cluster, refuses connections while its control plane is upgraded.',
  shows: [{ check: 'wi-control-plane-unavailable', status: 'fail' }],
  world() {
    const { world, project } = healthyWorld({ location: 'asia-northeast1-a', apiServer: { down: true } });
    project.operation({
      location: 'asia-northeast1-a',
      type: 'UPGRADE_MASTER',
      target: 'clusters/cluster-x',
      minutesAgo: 2,
      minutes: 600,
    });
    return world.world;
  },
});
