import type { ProjectBuilder } from '../google/build/project.ts';
import type { WorldBuilder } from '../google/build/world.ts';
import { baseWorld, nodeRole } from './base.ts';
import { scenario } from './scenario.ts';

const permissions = [
  'autoscaling.sites.writeMetrics',
  'logging.logEntries.create',
  'monitoring.metricDescriptors.create',
  'monitoring.timeSeries.create',
  'monitoring.metricDescriptors.list',
  'monitoring.timeSeries.list',
];

type Variant = {
  status: 'pass' | 'warn' | 'fail';
  /** Makes the account, and returns its email. */
  account(world: WorldBuilder, project: ProjectBuilder): string;
};

function conditional(expression: string): Variant['account'] {
  return (_, project) => {
    const email = project.serviceAccount(`conditional-${project.project.policy.bindings.length}`);
    project.bind(nodeRole, `serviceAccount:${email}`, { title: 'for a while', expression });
    return email;
  };
}

/** Every way in which a node's account can hold its rights, or seem to. Each is a node pool of its own. */
const variants: { [pool: string]: Variant } = {
  editor: { status: 'pass', account: (_, project) => project.serviceAccount('editor', { roles: ['roles/editor'] }) },
  // They may write all, but not list: that much of the role is only worth a warning.
  'three-writers': {
    status: 'warn',
    account: (_, project) =>
      project.serviceAccount('writers', {
        roles: ['roles/logging.logWriter', 'roles/monitoring.metricWriter', 'roles/autoscaling.metricsWriter'],
      }),
  },
  'two-writers': {
    status: 'fail',
    account: (_, project) =>
      project.serviceAccount('two-writers', { roles: ['roles/logging.logWriter', 'roles/monitoring.metricWriter'] }),
  },
  'custom-enough': {
    status: 'pass',
    account: (_, project) => project.serviceAccount('custom-enough', { roles: [project.role('enough', permissions)] }),
  },
  'custom-short': {
    status: 'fail',
    account: (_, project) =>
      project.serviceAccount('custom-short', { roles: [project.role('short', permissions.slice(1))] }),
  },
  'custom-disabled': {
    status: 'fail',
    account: (_, project) =>
      project.serviceAccount('custom-off', { roles: [project.role('off', permissions, { stage: 'DISABLED' })] }),
  },
  'from-folder': {
    status: 'pass',
    account(world, project) {
      const email = project.serviceAccount('from-folder');
      world.bindOnFolder(nodeRole, `serviceAccount:${email}`);
      return email;
    },
  },
  'from-organization': {
    status: 'pass',
    account(world, project) {
      const email = project.serviceAccount('from-organization');
      world.bindOnOrganization(nodeRole, `serviceAccount:${email}`);
      return email;
    },
  },
  'condition-expired': { status: 'fail', account: conditional('request.time < timestamp("2024-01-01T00:00:00Z")') },
  'condition-in-force': { status: 'pass', account: conditional('request.time < timestamp("2099-01-01T00:00:00Z")') },
  'condition-undecidable': {
    status: 'warn',
    account: conditional('"accessPolicies/199923665455/accessLevels/corp" in request.auth.access_levels'),
  },
  group: {
    status: 'pass',
    account(world, project) {
      const email = project.serviceAccount('in-group');
      world.group('nodes@example.com', [email]);
      project.bind(nodeRole, 'group:nodes@example.com');
      return email;
    },
  },
  disabled: {
    status: 'fail',
    account: (_, project) => project.serviceAccount('disabled', { roles: [nodeRole], disabled: true }),
  },
  deleted: {
    status: 'fail',
    account: (_, project) => project.serviceAccount('deleted', { roles: [nodeRole], deleted: true }),
  },
  recreated: {
    status: 'fail',
    account(_, project) {
      project.serviceAccount('recreated', { roles: [nodeRole], deleted: true });
      return project.serviceAccount('recreated');
    },
  },
  'look-alike': {
    status: 'fail',
    account(_, project) {
      project.serviceAccount('x-look-alike', { roles: [nodeRole] });
      return project.serviceAccount('look-alike');
    },
  },
  'other-project': {
    status: 'pass',
    account(world, project) {
      const email = world.project('sandbox-accounts', '210987654321').serviceAccount('from-elsewhere');
      project.bind(nodeRole, `serviceAccount:${email}`);
      return email;
    },
  },
  default: { status: 'pass', account: () => 'default' },
};

export default scenario({
  name: 'node-account-variants',
  broken:
    'Each node pool of cluster-x has another account, and each account holds its rights in another way, or only seems to.',
  shows: [
    ...Object.entries(variants).map(([pool, { status }]) => ({
      check: 'node-sa-permissions',
      status,
      subject: `nodePools/${pool}`,
    })),
    { check: 'node-sa-state', status: 'fail', subject: 'serviceAccounts/disabled@sandbox-1.iam.gserviceaccount.com' },
    { check: 'node-sa-state', status: 'fail', subject: 'serviceAccounts/deleted@sandbox-1.iam.gserviceaccount.com' },
    {
      check: 'node-sa-state',
      status: 'unknown',
      subject: 'serviceAccounts/from-elsewhere@sandbox-accounts.iam.gserviceaccount.com',
    },
  ],
  world() {
    const { world, project } = baseWorld();
    const nodePools = Object.entries(variants).map(([name, { account }]) => ({
      name,
      serviceAccount: account(world, project),
    }));
    project.cluster({ name: 'cluster-x', nodePools });
    return world.world;
  },
});
