import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'agent-gke-node-agent',
  broken: 'The GKE node service agent of sandbox-1 has lost roles/container.defaultNodeServiceAgent.',
  shows: [{ check: 'agent-gke-node-agent', status: 'fail', subject: 'projects/sandbox-1' }],
  world() {
    const { world, project } = healthyWorld();
    project.unbind('roles/container.defaultNodeServiceAgent');
    return world.world;
  },
});
