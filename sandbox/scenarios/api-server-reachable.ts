import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

/** Authorized networks as container v1 has them. */
const onlyOffice = {
  controlPlaneEndpointsConfig: {
    ipEndpointsConfig: {
      authorizedNetworksConfig: {
        enabled: true,
        cidrBlocks: [{ displayName: 'office', cidrBlock: '198.51.100.0/24' }],
      },
    },
  },
};

export default scenario({
  name: 'api-server-reachable',
  broken: 'The public endpoint of cluster-x admits one network, and the caller’s address is not in it.',
  shows: [{ check: 'api-server-reachable', status: 'fail' }],
  arguments: ['--from', '203.0.113.77'],
  world: () => healthyWorld({ fields: onlyOffice }).world.world,
});

export const apiServerReachableFromOffice = scenario({
  name: 'api-server-reachable-from-office',
  broken: 'Nothing: the caller’s address is in the one network that the public endpoint of cluster-x admits.',
  shows: [{ check: 'api-server-reachable', status: 'pass' }],
  arguments: ['--from', '198.51.100.7'],
  world: () => healthyWorld({ fields: onlyOffice }).world.world,
});
