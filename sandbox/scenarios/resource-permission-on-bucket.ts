import { healthyWorld } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'resource-permission-on-bucket',
  broken: 'Nothing: the project grants the workload no role, and the bucket receipts itself does.',
  shows: [{ check: 'resource-permission', status: 'pass' }],
  arguments: ['--workload', 'shop/checkout', '--needs', 'storage.objects.get', '--on', 'gs://receipts'],
  world() {
    const { world, project, workloadAccount } = healthyWorld();
    const member = `serviceAccount:${workloadAccount}`;
    project.unbind('roles/storage.objectViewer', member);
    project.bucket('receipts', { bindings: [{ role: 'roles/storage.objectViewer', members: [member] }] });
    return world.world;
  },
});
