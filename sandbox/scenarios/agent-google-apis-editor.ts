import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'agent-google-apis-editor',
  broken: 'The Google APIs service agent of sandbox-1 has lost roles/editor.',
  shows: [{ check: 'agent-google-apis-editor', status: 'fail', subject: 'projects/sandbox-1' }],
  world() {
    const { world, project } = healthyWorld();
    project.unbind('roles/editor', project.agents.googleApis);
    return world.world;
  },
});
