import { baseWorld, nodeRole, shopWorkload } from './base.ts';
import { scenario } from './scenario.ts';

export default scenario({
  name: 'default',
  broken:
    'pool-b of cluster-x runs as node-b, which may write metrics but no logs; the other node accounts have their permissions through a custom role, the folder, a condition and a group.',
  shows: [
    { check: 'node-sa-permissions', status: 'fail', subject: 'nodePools/pool-b' },
    { check: 'node-sa-permissions', status: 'pass', subject: 'nodePools/pool-a' },
    { check: 'node-sa-permissions', status: 'pass', subject: 'nodePools/pool-c' },
    { check: 'node-sa-permissions', status: 'warn', subject: 'nodePools/pool-d' },
  ],
  world() {
    const { world, project } = baseWorld();

    const nodeMinimal = project.role('nodeMinimal', [
      'autoscaling.sites.writeMetrics',
      'logging.logEntries.create',
      'monitoring.metricDescriptors.create',
      'monitoring.metricDescriptors.list',
      'monitoring.timeSeries.create',
      'monitoring.timeSeries.list',
    ]);
    const accounts = {
      custom: project.serviceAccount('node-a', { roles: [nodeMinimal] }),
      broken: project.serviceAccount('node-b', { roles: ['roles/monitoring.metricWriter'] }),
      inherited: project.serviceAccount('node-c'),
      conditional: project.serviceAccount('node-d'),
      group: project.serviceAccount('node-e'),
      healthy: project.serviceAccount('node-healthy', { roles: [nodeRole] }),
      autopilot: project.serviceAccount('node-autopilot', { roles: [nodeRole] }),
    };
    world.bindOnFolder(nodeRole, `serviceAccount:${accounts.inherited}`);
    project.bind(nodeRole, `serviceAccount:${accounts.conditional}`, {
      title: 'From the corporate network',
      expression: '"accessPolicies/199923665455/accessLevels/corp" in request.auth.access_levels',
    });
    world.group('gke-nodes@example.com', [accounts.group]);
    project.bind(nodeRole, 'group:gke-nodes@example.com');

    const checkout = project.serviceAccount('checkout', { roles: ['roles/storage.objectViewer'] });
    project.bindOn(checkout, 'roles/iam.workloadIdentityUser', `serviceAccount:${project.pool}[shop/checkout]`);
    project
      .cluster({
        name: 'cluster-x',
        nodePools: [
          { name: 'pool-a', serviceAccount: accounts.custom },
          { name: 'pool-b', serviceAccount: accounts.broken },
          { name: 'pool-c', serviceAccount: accounts.inherited },
          { name: 'pool-d', serviceAccount: accounts.conditional },
        ],
        autoprovisioningAccount: accounts.group,
        objects: shopWorkload(checkout),
      })
      .cluster({
        name: 'cluster-autopilot',
        autopilot: true,
        autoprovisioningAccount: accounts.autopilot,
        nodePools: [{ name: 'nap-1', serviceAccount: accounts.autopilot }],
      })
      .cluster({
        name: 'cluster-healthy',
        location: 'us-central1',
        nodePools: [{ name: 'default-pool', serviceAccount: accounts.healthy }],
      });
    return world.world;
  },
});
