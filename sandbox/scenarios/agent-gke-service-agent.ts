import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'agent-gke-service-agent',
  broken: 'The GKE service agent of sandbox-1 has lost roles/container.serviceAgent.',
  shows: [{ check: 'agent-gke-service-agent', status: 'fail', subject: 'projects/sandbox-1' }],
  world() {
    const { world, project } = healthyWorld();
    project.unbind('roles/container.serviceAgent');
    return world.world;
  },
});
