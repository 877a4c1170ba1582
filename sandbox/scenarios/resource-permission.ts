import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'resource-permission',
  broken: 'The workload shop/checkout has no role on the bucket receipts, whose objects it reads.',
  shows: [{ check: 'resource-permission', status: 'fail' }],
  arguments: ['--workload', 'shop/checkout', '--needs', 'storage.objects.get', '--on', 'gs://receipts'],
  world() {
    const { world, project, workloadAccount } = healthyWorld();
    project.unbind('roles/storage.objectViewer', `serviceAccount:${workloadAccount}`);
    project.bucket('receipts');
    return world.world;
  },
});
