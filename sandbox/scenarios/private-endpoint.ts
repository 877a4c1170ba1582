import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'private-endpoint',
  broken:
    'cluster-x has a private endpoint only, no DNS endpoint for outside traffic and no fleet membership: its objects can’t be read.',
  shows: [{ check: 'wi-control-plane-unavailable', status: 'unknown' }],
  world() {
    const fields = {
      controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: true, enablePublicEndpoint: false } },
      privateClusterConfig: { enablePrivateEndpoint: true },
    };
    return healthyWorld({ fields }).world.world;
  },
});
