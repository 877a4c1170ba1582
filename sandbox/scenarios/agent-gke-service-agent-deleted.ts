import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'agent-gke-service-agent-deleted',
  broken:
    'The GKE service agent of sandbox-1 is deleted with its role binding; IAM policies accept no member that does not exist.',
  shows: [{ check: 'agent-gke-service-agent', status: 'fail' }],
  world() {
    const { world, project } = healthyWorld({
      fields: {
        conditions: [
          {
            code: 'GKE_SERVICE_ACCOUNT_DELETED',
            message: 'The Kubernetes Engine service account has been deleted.',
          },
        ],
      },
    });
    const agent = project.agents.gke.replace('serviceAccount:', '');
    project.unbind('roles/container.serviceAgent');
    project.project.serviceAgents = project.project.serviceAgents.filter(email => email !== agent);
    return world.world;
  },
});
