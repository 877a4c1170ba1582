import { healthyWorld, projectId } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'compute-class-account',
  broken:
    'The compute class batch of cluster-x, an Autopilot cluster, gives its nodes the account node-batch, which may write no logs and no metrics.',
  shows: [{ check: 'node-sa-permissions', status: 'fail', subject: 'k8s/computeclasses/batch' }],
  world() {
    const { world, project } = healthyWorld({
      autopilot: true,
      autoprovisioningAccount: `node@${projectId}.iam.gserviceaccount.com`,
      objects: [
        {
          apiVersion: 'cloud.google.com/v1',
          kind: 'ComputeClass',
          metadata: { name: 'batch' },
          spec: {
            nodePoolConfig: { serviceAccount: `node-batch@${projectId}.iam.gserviceaccount.com` },
            nodePoolAutoCreation: { enabled: true },
            priorities: [{ machineFamily: 'n4' }],
          },
        },
      ],
    });
    project.serviceAccount('node-batch');
    return world.world;
  },
});
